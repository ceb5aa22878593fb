"""The lines of the open sale looked up again, because the customer, the supply or the day has changed.

Goods get the price of the sale's price list and the VAT of its supply and customer group. What a
cashier typed or a barcode held stays the price; ``fixed`` lines stay as they are altogether. A container
deposit is taxed like the goods that it goes along with. Discounts are ``counter.repriced``'s to apply anew.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import msgspec

from app.books.views import ForSale
from app.domain.business_case import GOODS
from app.domain.quantity import gross_of
from app.domain.sale import OpenSale, SaleLine
from app.till.effects import Effect, Event
from app.till.finding import price_of, question, rate_of
from app.till.steps import look

if TYPE_CHECKING:
    from app.till.counter import Counter

KEPT_PRICES = ("manual", "embedded", "open")
"""Origins of prices that no price list may change."""


def relooked(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """The sale with prices and VAT of its price list, supply and customer group; typed prices stay as they are.

    Refused if an article has no price in that list, or its VAT key no rate today.
    """
    lines: dict[int, SaleLine] = {}
    for line in sale.lines:
        lines[line.line] = line
        if line.business_case not in GOODS or line.fixed or not line.ident_no:
            continue
        found = yield from look(question(counter, sale, line.ident_no, removed_too=True))
        if found is not None:
            lines[line.line] = _again(counter, line, found, lines.get(line.of_line))
    return msgspec.structs.replace(sale, lines=tuple(lines.values()))


def _again(counter: Counter, line: SaleLine, found: ForSale, goods: SaleLine | None) -> SaleLine:
    vat_key, rate_bp, own_key = found.vat_key, rate_of(counter, found), found.article.vat_key
    if goods is not None:
        vat_key, rate_bp, own_key = goods.vat_key, goods.vat_rate_bp, goods.article_vat_key or goods.vat_key
    price, price_list = line.unit_price_minor, line.price_list
    if line.price_origin not in KEPT_PRICES:
        price, price_list = price_of(found), found.price_list
    return msgspec.structs.replace(
        line,
        unit_price_minor=price,
        gross_minor=gross_of(price, line.quantity_milli),
        discounts=(),
        price_list=price_list,
        vat_key=vat_key,
        vat_rate_bp=rate_bp,
        article_vat_key=own_key if own_key != vat_key else "",
    )
