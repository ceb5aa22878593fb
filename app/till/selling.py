"""Commands that change the lines: scan, void a line, void the sale."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from app.books.views import ForSale
from app.domain.article import DEFAULT_UNIT
from app.domain.business_case import CONTAINER_DEPOSIT, SALE
from app.domain.quantity import MAX_QUANTITY_MILLI, MILLI, format_milli, gross_of
from app.domain.sale import OpenSale, SaleLine
from app.domain.sale_steps import line_of, numbers_of
from app.domain.weighing import Tare
from app.till import typed, weighing
from app.till.commands import Scan, VoidLine, VoidSale
from app.till.counter import Counter
from app.till.effects import Effect, Event
from app.till.finding import find_for_sale, price_of, question, rate_of, read_elements, with_elements
from app.till.refusals import Refusal
from app.till.steps import Steps, look


def scan(counter: Counter, command: Scan) -> Steps:
    """An article by barcode or ident number becomes a line, and its container deposit one more."""
    elements = yield from read_elements(counter, command.code)
    code = typed.article_code(command.code) if elements is None else elements.gtin
    if counter.till.weighs and (tare := (yield from weighing.plate(command, code))) is not None:
        return weighing.with_tare(counter, tare)
    quantity = MILLI if command.quantity is None else typed.quantity_milli(command.quantity)
    price = None if command.price is None else counter.amount(command.price, "price")
    sale = counter.begun()
    found = with_elements((yield from find_for_sale(counter, sale, code)), elements)
    if price is not None and not found.article.open_price:
        yield from counter.allowed("price_change", found.article.name)
    if counter.till.weighs and weighing.is_weighed(found):
        line = yield from _weighed_line(counter, found, code, command, price, sale)
        sale = msgspec.structs.replace(sale, tare_g=0, tare_class="")
    else:
        line = _line(counter, found, code, _quantity(found, code, quantity), price)
    sale = counter.with_line(line, sale)
    goods = sale.lines[-1]
    if found.article.container_deposit:
        sale = yield from _with_deposit(counter, sale, found)
    sale = yield from counter.repriced(sale)
    counter.keep(sale)
    return _fields(counter, sale, goods)


def _fields(counter: Counter, sale: OpenSale, goods: SaleLine) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "line": goods.line,
        "name": goods.name,
        "quantity": format_milli(goods.quantity_milli),
        "price": counter.text(goods.unit_price_minor),
        "total": counter.text(sale.total_minor),
    }
    deposit = line_of(sale, goods.line + 1)
    if deposit is not None and deposit.of_line == goods.line:
        fields["container_deposit"] = counter.text(deposit.gross_minor)
    if goods.age_limit:
        fields["age_limit"] = goods.age_limit
    if goods.weighed:
        fields |= weighing.fields_of(goods)
    return fields


def _weighed_line(
    counter: Counter, found: ForSale, code: str, command: Scan, price: int | None, sale: OpenSale
) -> Generator[Effect, Event, SaleLine]:
    """The line of goods by the kilogram. Everything else that could refuse it does so before the scale is asked."""
    line = _line(counter, found, code, MILLI, price)
    counter.with_line(line, sale)
    typed_milli = None if command.quantity is None else typed.quantity_milli(command.quantity)
    return (yield from weighing.weighed(counter, line, Tare(sale.tare_g, sale.tare_class), typed_milli))


def _quantity(found: ForSale, code: str, typed_milli: int) -> int:
    """How much is sold. Of what a label holds, the typed quantity counts the labels: so many packs alike."""
    held = found.quantity_milli
    if held is None and found.embedded_price_minor is None:
        return typed_milli
    if typed_milli % MILLI:
        raise Refusal("quantity_of_labels", {"text": format_milli(typed_milli)})
    if held == 0 or found.embedded_price_minor == 0:
        raise Refusal("label_without_value", {"code": code})
    quantity = typed_milli if held is None else held * (typed_milli // MILLI)
    if quantity > MAX_QUANTITY_MILLI:
        values = {"text": format_milli(quantity), "limit": format_milli(MAX_QUANTITY_MILLI)}
        raise Refusal("quantity_too_large", values)
    return quantity


def _line(counter: Counter, found: ForSale, code: str, quantity: int, price: int | None) -> SaleLine:
    article = found.article
    if article.currency != counter.till.currency:
        raise Refusal("other_currency", {"name": article.name, "currency": article.currency})
    rate_bp = rate_of(counter, found)
    embedded = found.embedded_price_minor
    unit, listed = article.unit, 0
    if price is not None:
        # A code that holds a price says what the article would have cost, as the list does for others.
        unit_price, listed = price, found.price_minor or 0 if embedded is None else embedded
        origin = "open" if article.open_price else "manual"
    elif embedded is not None:
        unit_price, origin = embedded, "embedded"
    elif article.open_price:
        raise Refusal("price_needed", {"name": article.name})
    else:
        unit_price, origin = price_of(found), ""
    if embedded is not None:
        # Whatever the scale weighed is one piece at the price on its label.
        unit = DEFAULT_UNIT
    return SaleLine(
        line=0,
        business_case=SALE,
        name=article.name,
        quantity_milli=quantity,
        unit=unit,
        unit_price_minor=unit_price,
        gross_minor=gross_of(unit_price, quantity),
        ident_no=article.ident_no,
        barcode=code if code != article.ident_no else "",
        vat_key=found.vat_key,
        vat_rate_bp=rate_bp,
        article_vat_key=article.vat_key if article.vat_key != found.vat_key else "",
        article_groups=article.article_groups,
        discountable=article.discountable,
        price_origin=origin,
        price_list=found.price_list,
        list_price_minor=listed,
        age_limit=article.age_limit,
    )


def _with_deposit(counter: Counter, sale: OpenSale, found: ForSale) -> Generator[Effect, Event, OpenSale]:
    """The sale with the deposit on the containers of its last line, taxed like what is in them."""
    goods, ident_no = sale.lines[-1], found.article.container_deposit
    deposit = yield from look(question(counter, sale, ident_no))
    if deposit is None or deposit.article.currency != sale.currency:
        raise Refusal("deposit_missing", {"name": goods.name, "ident_no": ident_no})
    price = price_of(deposit)
    line = SaleLine(
        line=0,
        business_case=CONTAINER_DEPOSIT,
        name=deposit.article.name,
        quantity_milli=goods.quantity_milli,
        unit=deposit.article.unit,
        unit_price_minor=price,
        gross_minor=gross_of(price, goods.quantity_milli),
        ident_no=deposit.article.ident_no,
        vat_key=goods.vat_key,
        vat_rate_bp=goods.vat_rate_bp,
        article_vat_key=goods.article_vat_key,
        article_groups=deposit.article.article_groups,
        discountable=False,
        price_list=deposit.price_list,
        of_line=goods.line,
    )
    return counter.with_line(line, sale)


def void_line(counter: Counter, command: VoidLine) -> Steps:
    """Take a line, a payment or a coupon back; goods take their container deposit along."""
    sale = counter.open_sale()
    number = typed.line_number(command.line)
    if number not in numbers_of(sale):
        raise Refusal("unknown_line", {"line": str(number)})
    line = line_of(sale, number)
    if line is not None:
        yield from counter.allowed("void_line", line.name)
    yield from counter.take_back(sale, number)
    return counter.sums()


def void_sale(counter: Counter, _: VoidSale) -> Steps:
    """Give the sale up: the abort is a fact, and every hold is given back."""
    counter.open_sale()
    yield from counter.allowed("void_sale")
    yield from counter.abort()
    return counter.sums()


def goods_line(counter: Counter, found: ForSale, code: str, quantity_milli: int, price_minor: int | None) -> SaleLine:
    """The line that scanning the article makes, for other commands; refused where a scan would be."""
    return _line(counter, found, code, quantity_milli, price_minor)
