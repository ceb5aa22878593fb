"""Travelling catalogues (Messeverkauf): a selection of articles with prices, and what of the office's data goes where.

A travelling catalogue is a feed of its own, which goes only to the tills that it is assigned to: by their plan, or by a
device group that they are in. With it go its articles, so that a till to which the office's articles do not go has
those of its catalogues and no others.

* A till sells what is in a catalogue that is assigned to it and good on the day, at the catalogue's price or else at
  the article's own. If one of its catalogues is not ``beside`` all else, it sells nothing else.
* What the office withholds from a till (``TillPlan.withheld``) does not come to it: of articles it then knows those of
  its catalogues. Vouchers and all else that can be used up go to every till: a claim is good for nothing unless
  whoever promises knows what was used before.
* Of a till that is taken off a catalogue, what came before stays on its disk; it does not sell it any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from app.domain.article import is_name
from app.domain.branch import DeviceGroup, is_catalogue_id, plan_of
from app.domain.codes import is_ident_no
from app.domain.instant import parse_day
from app.domain.money import MAX_AMOUNT_MINOR

if TYPE_CHECKING:
    from app.domain.reference import Reference

MAX_ARTICLES = 20_000
"""Of one catalogue."""


class TravellingCatalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A catalogue, good from a day to a day (ISO, inclusive; empty: open)."""

    catalogue: str
    name: str
    valid_from: str = ""
    valid_until: str = ""
    beside: bool = False
    """Its tills go on selling everything else that they have."""

    @property
    def key(self) -> str:
        return self.catalogue

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not is_catalogue_id(self.catalogue) or not is_name(self.name):
            raise ValueError("catalogue: up to 20 letters, digits and . _ -; name: 1 to 100 characters")
        for day in (self.valid_from, self.valid_until):
            if day and parse_day(day) != day:
                raise ValueError(f"{day[:20]!r} is no day; write it as 2026-11-22")
        if self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until: not before valid_from")

    def is_good_on(self, day: str) -> bool:
        """Whether it is good on the day (ISO)."""
        return self.valid_from <= day and (not self.valid_until or day <= self.valid_until)


class CatalogueArticle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An article of a catalogue. ``price_minor`` None: it costs there what it costs everywhere."""

    catalogue: str
    ident_no: str
    price_minor: int | None = None
    of: str = ""
    """The newest word on the article and its prices that went along."""

    @property
    def key(self) -> str:
        return f"{self.catalogue}/{self.ident_no}"

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not is_catalogue_id(self.catalogue) or not is_ident_no(self.ident_no):
            raise ValueError("catalogue, ident_no: the id of a catalogue and an ident number")
        if self.price_minor is not None and not 0 <= self.price_minor <= MAX_AMOUNT_MINOR:
            raise ValueError(f"price_minor: 0 to {MAX_AMOUNT_MINOR}")


class Offer(NamedTuple):
    """What a till's catalogues let it sell on a day: prices by ident number (None: the article's own)."""

    prices: Mapping[str, int | None]
    alone: bool
    """Nothing else is sold."""


NO_OFFER = Offer({}, alone=False)


def catalogues_for(known: Reference, till_no: int) -> tuple[str, ...]:
    """The ids of the catalogues assigned to the till, whether it has them yet or not, in order."""
    plan = plan_of(known, till_no)
    groups = known.all(DeviceGroup)
    by_group = (groups[name].catalogues for name in plan.groups if name in groups)
    return tuple(sorted({*plan.catalogues, *(each for catalogues in by_group for each in catalogues)}))


def offer_of(known: Reference, till_no: int, day: str) -> Offer:
    """What the till's catalogues let it sell on the day. Of two prices that of the catalogue that began last counts."""
    withheld = "articles" in plan_of(known, till_no).withheld
    assigned = catalogues_for(known, till_no)
    if not assigned:
        return Offer({}, alone=withheld)
    headers = known.all(TravellingCatalogue)
    mine = [headers[each] for each in assigned if each in headers]
    good = sorted((each for each in mine if each.is_good_on(day)), key=lambda each: (each.valid_from, each.catalogue))
    place = {each.catalogue: number for number, each in enumerate(good)}
    prices: dict[str, int | None] = {}
    last: dict[str, int] = {}
    for article in known.all(CatalogueArticle).values():
        at = place.get(article.catalogue)
        if at is None:
            continue
        prices.setdefault(article.ident_no, None)
        if article.price_minor is not None and at >= last.get(article.ident_no, 0):
            prices[article.ident_no], last[article.ident_no] = article.price_minor, at
    return Offer(prices, alone=withheld or any(not each.beside for each in mine))
