"""All promotions, indexed once for a version of the reference data, and those that apply at a moment.

``PriceRules`` is made once per version and kept by whoever prices; which promotions are in force changes with the
minute and the customer's group only, so what follows from that (which ones touch an article, the best single one
for it) is remembered from scan to scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.domain.coupon import Campaign
from app.domain.instant import Moment
from app.domain.pricing.promotion import BundlePart, Promotion
from app.domain.quantity import gross_of

SCALE = 10_000
"""Savings are compared in ten-thousandths of a minor unit, so that percentages compare exactly."""

MAX_REMEMBERED = 20_000
"""Articles and prices that the memory of one moment's promotions holds; beyond that it begins anew."""


class Single(NamedTuple):
    """The best promotion for one piece by itself. Nothing: ``promotion`` is None."""

    promotion: Promotion | None
    saving: int
    """Per piece, scaled."""


NOTHING = Single(None, 0)


class Touching(NamedTuple):
    """The promotions in force that touch an article, by how they are reckoned; each in the order of ids."""

    singles: tuple[Promotion, ...]
    together: tuple[Promotion, ...]
    """``n_for_m``, ``bundle`` and ``from_quantity``: what else is on the sale counts."""
    stacking: tuple[Promotion, ...]


class InForce:
    """The promotions that apply now, with what is known of them per article."""

    def __init__(self, promotions: tuple[Promotion, ...]) -> None:
        """``promotions`` in the order of their ids."""
        self._everything: list[int] = []
        self._by_article: dict[str, list[int]] = {}
        self._by_group: dict[str, list[int]] = {}
        self._promotions = promotions
        for place, promotion in enumerate(promotions):
            self._file(place, promotion)
        self._touching: dict[tuple[str, tuple[str, ...]], Touching] = {}
        self._singles: dict[tuple[str, tuple[str, ...], int, int], Single] = {}

    @property
    def empty(self) -> bool:
        """Whether no promotion applies."""
        return not self._promotions

    def touching(self, ident_no: str, article_groups: tuple[str, ...]) -> Touching:
        """Those that touch an article of these groups."""
        key = (ident_no, article_groups)
        found = self._touching.get(key)
        if found is None:
            found = self._find(ident_no, article_groups)
            if len(self._touching) >= MAX_REMEMBERED:
                self._touching.clear()
            self._touching[key] = found
        return found

    def single(self, ident_no: str, article_groups: tuple[str, ...], price_minor: int, milli: int) -> Single:
        """The best one that needs no other piece, for a piece (or lump of ``milli``) at this price."""
        key = (ident_no, article_groups, price_minor, milli)
        found = self._singles.get(key)
        if found is None:
            found = NOTHING
            for promotion in self.touching(ident_no, article_groups).singles:
                saving = saving_of(promotion, price_minor, milli)
                if saving > found.saving:
                    found = Single(promotion, saving)
            if len(self._singles) >= MAX_REMEMBERED:
                self._singles.clear()
            self._singles[key] = found
        return found

    def _file(self, place: int, promotion: Promotion) -> None:
        named = promotion.parts if promotion.rule == "bundle" else (promotion,)
        if not all(each.articles or each.article_groups for each in named):
            self._everything.append(place)
            return
        for each in named:
            for ident_no in each.articles:
                self._by_article.setdefault(ident_no, []).append(place)
            for group in each.article_groups:
                self._by_group.setdefault(group, []).append(place)

    def _find(self, ident_no: str, article_groups: tuple[str, ...]) -> Touching:
        places = set(self._everything).union(self._by_article.get(ident_no, ()))
        for group in article_groups:
            places.update(self._by_group.get(group, ()))
        found = [self._promotions[place] for place in sorted(places)]
        best = [promotion for promotion in found if promotion.combine == "best"]
        return Touching(
            tuple(promotion for promotion in best if promotion.rule in ("percent", "amount", "price")),
            tuple(promotion for promotion in best if promotion.rule in ("n_for_m", "bundle", "from_quantity")),
            tuple(promotion for promotion in found if promotion.combine == "stack"),
        )


class PriceRules:
    """Promotions and campaigns of one version of the reference data."""

    def __init__(self, promotions: Mapping[str, Promotion], campaigns: Mapping[str, Campaign]) -> None:
        self.campaigns = campaigns
        self._promotions = tuple(promotions[key] for key in sorted(promotions))
        self._in_force: dict[tuple[str, ...], InForce] = {}

    def in_force(self, when: Moment, customer_group: str) -> InForce:
        """The promotions that apply at the moment to a customer of the group."""
        now = tuple(each for each in self._promotions if each.applies(when, customer_group))
        key = tuple(each.promotion_id for each in now)
        found = self._in_force.get(key)
        if found is None:
            if len(self._in_force) >= 100:
                self._in_force.clear()
            found = self._in_force[key] = InForce(now)
        return found


def touches(promotion: Promotion | BundlePart | Campaign, ident_no: str, article_groups: tuple[str, ...]) -> bool:
    """Whether it is for this article: named itself or by a group, or nothing is named at all."""
    if not promotion.articles and not promotion.article_groups:
        return True
    if ident_no in promotion.articles:
        return True
    for group in article_groups:  # noqa: SIM110 - twice as fast as any() where it matters, in every scan
        if group in promotion.article_groups:
            return True
    return False


def saving_of(promotion: Promotion, value_minor: int, milli: int) -> int:
    """What it takes off a piece or lump of this value and quantity, scaled; never more than the value."""
    if promotion.rule == "price":
        return max(0, value_minor - gross_of(promotion.amount_minor, milli)) * SCALE
    if promotion.percent_bp and promotion.rule != "amount":
        return value_minor * promotion.percent_bp
    return min(value_minor, gross_of(promotion.amount_minor, milli)) * SCALE
