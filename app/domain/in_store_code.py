"""In-store EANs that hold a price, a weight or a count; their masks are reference data."""

from __future__ import annotations

from typing import Literal

import msgspec


class InStoreMask(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How codes of a prefix are read. ``mask`` has 13 characters: the prefix's digits, then ``I`` for the
    article's digits, ``V`` for those of the value, ``C`` a price check digit, ``0``
    passed over, ``K`` the EAN's own check digit.

    ``holds``: ``price`` (minor units), ``weight`` (``decimals`` of a kilogram), ``count``.
    """

    prefix: str
    mask: str
    holds: Literal["price", "weight", "count"]
    decimals: int = 3

    @property
    def key(self) -> str:
        return self.prefix
