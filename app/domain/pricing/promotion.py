"""A promotion (Aktion): a price rule with validity and conditions; a value of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.domain.article import is_name
from app.domain.instant import Moment, day_before, parse_day, weekday_of
from app.domain.money import MAX_AMOUNT_MINOR

MAX_ID_LENGTH = 40
MAX_PIECES = 1000
MAX_PARTS = 20


class BundlePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of the articles or groups named; a bundle has several parts."""

    pieces: int
    articles: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()


class Promotion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which lines it touches, when, for whom, and what it gives.

    ``rule``: ``percent`` (``percent_bp`` off), ``amount`` (``amount_minor`` off each piece),
    ``price`` (each piece for ``amount_minor``), ``n_for_m`` (of ``n`` pieces ``m`` are paid, the dearest),
    ``bundle`` (``parts`` together for ``amount_minor``), ``from_quantity`` (``percent_bp`` or
    ``amount_minor`` off each piece from ``n`` pieces on).
    ``combine``: ``best`` competes with the other ``best`` promotions for a line, and the customer gets the
    best; ``stack`` comes on top of whatever else is given. A price that a cashier typed gets no promotion.
    """

    promotion_id: str
    name: str
    rule: Literal["percent", "amount", "price", "n_for_m", "bundle", "from_quantity"]
    combine: Literal["best", "stack"] = "best"
    percent_bp: int = 0
    amount_minor: int = 0
    n: int = 0
    m: int = 0
    parts: tuple[BundlePart, ...] = ()
    articles: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()
    """Neither articles nor groups: every discountable line."""
    customer_groups: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    """Days, inclusive; empty: open."""
    weekdays: tuple[int, ...] = ()
    """1 (Monday) to 7; none: every day."""
    from_minute: int = 0
    until_minute: int = 1440
    """Minutes of the day, the end exclusive; from 1320 until 120 is a window over midnight."""
    active: bool = True

    @property
    def key(self) -> str:
        return self.promotion_id

    def check(self) -> None:
        """``ValueError`` for a rule that could never apply, or would cost the shop more than the goods."""
        if not (is_name(self.name) and 0 < len(self.promotion_id) <= MAX_ID_LENGTH):
            raise ValueError("a promotion needs an id of at most 40 and a name of at most 100 characters")
        if not 0 <= self.percent_bp <= 10_000 or not 0 <= self.amount_minor <= MAX_AMOUNT_MINOR:
            raise ValueError("a promotion takes 0 to 100 percent and an amount of at least zero")
        wanted, complete = self._needs()
        if not complete:
            raise ValueError(f"{self.rule} needs {wanted}")
        if any(not 1 <= weekday <= 7 for weekday in self.weekdays):
            raise ValueError("weekdays are 1 (Monday) to 7")
        if not (0 <= self.from_minute < 1440 and 0 <= self.until_minute <= 1440):
            raise ValueError("minutes of the day are 0 to 1440")
        for day in (self.valid_from, self.valid_until):
            if day:
                parse_day(day)

    def _needs(self) -> tuple[str, bool]:
        """What its rule needs, and whether it has that."""
        match self.rule:
            case "percent":
                return "percent_bp", self.percent_bp > 0
            case "amount":
                return "amount_minor", self.amount_minor > 0
            case "n_for_m":
                return "m below n, and n of at most 1000", 0 <= self.m < self.n <= MAX_PIECES
            case "bundle":
                pieces = [part.pieces for part in self.parts]
                fits = 0 < len(pieces) <= MAX_PARTS and all(0 < each <= MAX_PIECES for each in pieces)
                return "1 to 20 parts of at least one piece each", fits
            case "from_quantity":
                one = bool(self.percent_bp) != bool(self.amount_minor)
                return "n from 1 to 1000, and percent_bp or amount_minor", one and 0 < self.n <= MAX_PIECES
            case "price":
                return "amount_minor", True

    def applies(self, when: Moment, customer_group: str) -> bool:
        """Whether it is valid at the moment and for a customer of this group.

        A window over midnight (``from_minute`` above ``until_minute``) belongs to the day on which it begins: "Friday
        22:00 to 02:00" lasts into Saturday, and its last day ends at 02:00 of the next.
        """
        if not self.active or (self.customer_groups and customer_group not in self.customer_groups):
            return False
        day = when.day
        if self.from_minute < self.until_minute:
            if not self.from_minute <= when.minute < self.until_minute:
                return False
        elif when.minute < self.until_minute:
            day = day_before(day)
        elif when.minute < self.from_minute:
            return False
        if (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return False
        return not self.weekdays or weekday_of(day) in self.weekdays
