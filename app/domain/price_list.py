"""Price lists 1 to 15, some derived from another or from the purchase price; values of reference data.

A price is looked for in this order; the first that is there counts:

1. what was entered for the article in the list, from a day to a day, in advance if need be. Of several that
   are valid the one that begins latest counts, of those the one entered last. In list 1 the article's own
   price is such an entry, without beginning or end;
2. if the list is derived: the source's price plus ``percent_bp``, rounded. In list 1 this comes before the
   article's own price;
3. if the list falls back: list 1's price.

Nothing derived is ever stored: it is reckoned when it is asked for, so a change of the source or of the
percentage counts at once, at every till. A list that is derived from itself over others has no source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from app.domain.article import is_name
from app.domain.money import MAX_AMOUNT_MINOR, divide_half_up

PRICE_LISTS = range(1, 16)
BASE_LIST = 1
PURCHASE = "purchase"
ONE_BP = 10_000
MAX_PERCENT_BP = 100_000
"""Ten times the source is no price but a slip."""
MAX_ROUND_TO_MINOR = 100_000

Rounding = Literal["half_up", "up", "down"]


class PriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A list's name, and what it is derived from if not every price is entered.

    ``derived_from``: another list's number, or ``purchase``; ``percent_bp`` is added (below zero: taken off).
    The result is rounded to a price that ends in ``ending_minor``, in steps of ``round_to_minor``: with 10 and 9
    prices are x.x9, with 100 and 99 x.99, with 5 and 0 x.x0 or x.x5.
    """

    no: int
    name: str
    derived_from: int | Literal["purchase"] | None = None
    percent_bp: int = 0
    round_to_minor: int = 1
    rounding: Rounding = "half_up"
    ending_minor: int = 0
    fall_back: bool = True
    """An article without a price here costs what list 1 says; False: it is refused."""

    @property
    def key(self) -> str:
        return str(self.no)

    def check(self) -> None:
        """``ValueError`` for numbers that no price list can have."""
        if self.no not in PRICE_LISTS or not is_name(self.name):
            raise ValueError("a price list has a number from 1 to 15 and a name")
        if isinstance(self.derived_from, int) and self.derived_from not in PRICE_LISTS:
            raise ValueError("a price list is derived from a list from 1 to 15, or from purchase")
        if self.derived_from == self.no:
            raise ValueError("a price list cannot be derived from itself")
        if not -ONE_BP <= self.percent_bp <= MAX_PERCENT_BP:
            raise ValueError("percent_bp lies between -10000 and 100000")
        if not 1 <= self.round_to_minor <= MAX_ROUND_TO_MINOR or not 0 <= self.ending_minor < self.round_to_minor:
            raise ValueError("round_to_minor lies between 1 and 100000, ending_minor below it")


class Entry(NamedTuple):
    """A price as it was entered: in which list, from which day on (ISO; empty: always), and when."""

    price_list: int
    valid_from: str
    stamp: str
    price_minor: int


class Prices(NamedTuple):
    """What is known of one article's prices on a day. ``entries`` are those valid on it, in any order."""

    own: Entry
    """The article's own price, which is that of list 1."""
    purchase_minor: int
    entries: tuple[Entry, ...] = ()


class Priced(NamedTuple):
    """A price (None: there is none) and the list that it comes from."""

    price_minor: int | None
    price_list: int


def derived(source_minor: int, by: PriceList) -> int:
    """The price that the list makes of its source's: exact until one rounding at the end, never below zero.

    >>> nines = PriceList(2, "Neuner", 1, percent_bp=1000, round_to_minor=10, ending_minor=9)
    >>> [derived(price, nines) for price in (0, 100, 499, 1234)]
    [0, 109, 549, 1359]
    >>> derived(499, PriceList(3, "Personal", 1, percent_bp=-2000, round_to_minor=5, rounding="down"))
    395
    """
    exact = source_minor * (ONE_BP + by.percent_bp)
    if exact <= 0:
        return 0
    above, step = exact - by.ending_minor * ONE_BP, by.round_to_minor * ONE_BP
    match by.rounding:
        case "up":
            steps = -(-above // step)
        case "down":
            steps = above // step
        case _:
            steps = divide_half_up(above, step)
    # The cheapest price that ends so is the ending itself: a price never becomes nothing by rounding.
    return min(MAX_AMOUNT_MINOR, max(0, steps) * by.round_to_minor + by.ending_minor)


def price_in(wanted: int, lists: Mapping[str, PriceList], prices: Prices) -> Priced:
    """The article's price in a list, by the rules of this module."""
    own_list = lists.get(str(wanted))
    price = _without_fall_back(wanted, lists, prices, ())
    if price is None and wanted != BASE_LIST and (own_list is None or own_list.fall_back):
        return Priced(_without_fall_back(BASE_LIST, lists, prices, ()), BASE_LIST)
    return Priced(price, wanted)


def makes_a_ring(new: PriceList, lists: Mapping[str, PriceList]) -> bool:
    """Whether the list would be derived from itself over others."""
    known = {**lists, new.key: new}
    passed: set[str] = set()
    at: PriceList | None = new
    while at is not None and at.key not in passed:
        passed.add(at.key)
        at = known.get(str(at.derived_from))
    return at is not None and at.key == new.key


def newest(entries: Iterable[Entry]) -> Entry | None:
    """Of entries that are valid on a day the one that counts: it begins latest, or was entered last."""
    return max(entries, key=lambda entry: (entry.valid_from, entry.stamp, entry.price_minor), default=None)


def _without_fall_back(
    wanted: int, lists: Mapping[str, PriceList], prices: Prices, passed: tuple[int, ...]
) -> int | None:
    """Rules 1 and 2; ``passed`` are the lists on the way here."""
    by = lists.get(str(wanted))
    is_derived = by is not None and by.derived_from is not None
    entries = [entry for entry in prices.entries if entry.price_list == wanted]
    if wanted == BASE_LIST and not is_derived:
        entries.append(prices.own)
    entered = newest(entries)
    if entered is not None:
        return entered.price_minor
    source = _source(by, lists, prices, (*passed, wanted)) if by is not None else None
    if source is not None and by is not None:
        return derived(source, by)
    return prices.own.price_minor if wanted == BASE_LIST else None


def _source(by: PriceList, lists: Mapping[str, PriceList], prices: Prices, passed: tuple[int, ...]) -> int | None:
    if by.derived_from is None:
        return None
    if by.derived_from == PURCHASE:
        return prices.purchase_minor or None
    if by.derived_from in passed:
        return None
    source = _without_fall_back(int(by.derived_from), lists, prices, passed)
    source_list = lists.get(str(by.derived_from))
    if source is None and BASE_LIST not in passed and (source_list is None or source_list.fall_back):
        return _without_fall_back(BASE_LIST, lists, prices, passed)
    return source
