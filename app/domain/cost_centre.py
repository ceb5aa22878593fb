"""Cost centres, and the table that says what typed numbers stand for; values of reference data."""

from __future__ import annotations

import msgspec


class CostCentre(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a sale without money is booked to."""

    no: str
    name: str
    profit_centre: str = ""
    company: str = ""
    hospitality: bool = False
    """Its receipts are hospitality receipts with guests and signature fields."""
    active: bool = True

    @property
    def key(self) -> str:
        return self.no


class TypedNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a number that somebody types stands for: ``what`` is ``cost_centre`` or ``profit_centre``."""

    what: str
    typed: str
    stands_for: str

    @property
    def key(self) -> str:
        return f"{self.what}/{self.typed}"
