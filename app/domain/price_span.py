"""Which entered prices a price in force may come from: the rules of ``price_list``, followed backwards."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from app.domain.money import MAX_AMOUNT_MINOR
from app.domain.price_list import BASE_LIST, PURCHASE, PriceList, derived


class PriceSpan(NamedTuple):
    """Prices in minor units, both ends included."""

    low: int
    high: int


class Sources(NamedTuple):
    """Where own prices, purchase prices and entries of a list lie if prices in force are to lie in a span."""

    own: tuple[PriceSpan, ...]
    purchase: tuple[PriceSpan, ...]
    entries: tuple[tuple[int, PriceSpan], ...]


def sources_of(span: PriceSpan, price_list: int, lists: Mapping[str, PriceList]) -> Sources:
    """Where prices in the span may come from in this list; what is found by them is still to be priced.

    >>> sources_of(PriceSpan(400, 450), 2, {"2": PriceList(2, "Personal", 1, percent_bp=-1000)}).own
    (PriceSpan(low=444, high=500), PriceSpan(low=400, high=450))
    """
    own: dict[PriceSpan, None] = {}
    purchase: dict[PriceSpan, None] = {}
    entries: dict[tuple[int, PriceSpan], None] = {}

    def follow(number: int, wanted: PriceSpan, passed: tuple[int, ...]) -> None:
        if wanted.low > wanted.high or number in passed:
            return
        entries[number, wanted] = None
        if number == BASE_LIST:
            own[wanted] = None
        by = lists.get(str(number))
        if by is None or by.derived_from is None:
            return
        source = before(wanted, by)
        if by.derived_from != PURCHASE:
            follow(int(by.derived_from), source, (*passed, number))
            # What has no price in the source falls back to the base list.
            follow(BASE_LIST, source, (*passed, number))
        elif source.low <= source.high:
            purchase[source] = None

    follow(price_list, span, ())
    follow(BASE_LIST, span, ())
    return Sources(tuple(own), tuple(purchase), tuple(entries))


def before(span: PriceSpan, by: PriceList) -> PriceSpan:
    """The prices that the list makes prices of the span from; none of them: ``low`` is above ``high``."""
    prices = range(MAX_AMOUNT_MINOR + 1)
    low = bisect_left(prices, span.low, key=lambda price: derived(price, by))
    return PriceSpan(low, bisect_right(prices, span.high, key=lambda price: derived(price, by)) - 1)
