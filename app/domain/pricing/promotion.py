"""A promotion (Aktion): a price rule with validity and conditions; a value of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec


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
    best; ``stack`` comes on top of whatever else is given.
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
    """Minutes of the day, the end exclusive."""
    active: bool = True

    @property
    def key(self) -> str:
        return self.promotion_id
