"""An article as the open sale sells it: looked up, or refused with what is wrong."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.articles import FindForSale
from app.books.views import ForSale
from app.domain import codes, element_string, in_store_code
from app.domain.element_string import Elements
from app.domain.in_store_code import InStoreMask, WrongCheckDigit, masks_of
from app.domain.money import MINOR_DIGITS
from app.domain.quantity import MILLI
from app.domain.sale import OpenSale
from app.domain.weighing import by_weight
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.steps import look, reference

if TYPE_CHECKING:
    from app.till.counter import Counter


def find_for_sale(counter: Counter, sale: OpenSale, code: str) -> Generator[Effect, Event, ForSale]:
    """The article of the code, with price and VAT of this sale; refused if this till does not sell it."""
    asked = question(counter, sale, code)
    found = yield from look(asked)
    if found is None:
        # Whoever scans does not wait for the books; whoever is refused does: it may have been set a moment ago.
        found = yield from look(asked, fresh=True)
    if found is None:
        misread = codes.has_wrong_check_digit(code) or (yield from _misread_in_store(code))
        raise Refusal("wrong_check_digit" if misread else "unknown_article", {"code": code})
    if not found.in_assortment:
        raise Refusal("not_in_assortment", {"name": found.article.name})
    return found


def read_elements(counter: Counter, text: str) -> Generator[Effect, Event, Elements | None]:
    """What a GS1 element string says; None for any other code, and for one that is a barcode of ours as a whole."""
    text = text.strip()
    try:
        elements = element_string.read(text, MINOR_DIGITS[counter.till.currency])
    except element_string.WrongCheckDigit as error:
        raise Refusal("wrong_check_digit", {"code": str(error)}) from None
    if elements is not None and element_string.GS not in text:
        known = yield from look(FindForSale(text, counter.now.day))
        return elements if known is None else None
    return elements


def with_elements(found: ForSale, elements: Elements | None) -> ForSale:
    """The article with what its label holds: a price, else a weight of goods by the kilogram, else a count."""
    if elements is None or found.quantity_milli is not None or found.embedded_price_minor is not None:
        return found
    if elements.price_minor is not None:
        return msgspec.structs.replace(found, embedded_price_minor=elements.price_minor)
    if by_weight(found.article.unit):
        return msgspec.structs.replace(found, quantity_milli=elements.weight_milli)
    held = None if elements.count is None else elements.count * MILLI
    return msgspec.structs.replace(found, quantity_milli=held)


def question(counter: Counter, sale: OpenSale, code: str, *, removed_too: bool = False) -> FindForSale:
    """What the books are asked for an article of this sale."""
    return FindForSale(
        code,
        counter.now.day,
        sale.price_list,
        sale.supply,
        sale.customer_group,
        counter.till.till_no,
        removed_too,
    )


def rate_of(counter: Counter, found: ForSale) -> int:
    """The rate of the article's VAT key today; refused if there is none."""
    if found.vat_rate_bp is None:
        values = {"name": found.article.name, "vat_key": found.vat_key, "day": counter.now.day}
        raise Refusal("vat_rate_missing", values)
    return found.vat_rate_bp


def price_of(found: ForSale) -> int:
    """What the article costs in the price list; refused if it has no price there."""
    if found.price_minor is None:
        raise Refusal("no_price_in_list", {"name": found.article.name, "price_list": str(found.price_list)})
    return found.price_minor


def _misread_in_store(code: str) -> Generator[Effect, Event, bool]:
    """Whether it is an in-store code whose embedded value does not fit its check digit."""
    if not codes.looks_like_gtin(code):
        return False
    known = yield from reference()
    try:
        in_store_code.read(code, masks_of(known.all(InStoreMask)))
    except WrongCheckDigit:
        return True
    return False
