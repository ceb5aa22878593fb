"""Price lists 1 to 15, some derived from another or from the purchase price; values of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec

PRICE_LISTS = range(1, 16)


class PriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A list's name, and what it is derived from if not every price is entered.

    ``derived_from``: another list's number, or ``purchase``; ``percent_bp`` is added (below zero: taken off).
    The result is rounded to a multiple of ``round_to_minor``, then ``ending_minor`` is taken off (9 → x.x9 with 10).
    """

    no: int
    name: str
    derived_from: int | Literal["purchase"] | None = None
    percent_bp: int = 0
    round_to_minor: int = 1
    rounding: Literal["half_up", "up", "down"] = "half_up"
    ending_minor: int = 0
    fall_back: bool = True
    """An article without a price here costs what list 1 says; False: it is refused."""

    @property
    def key(self) -> str:
        return str(self.no)
