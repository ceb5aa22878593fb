"""Cost centres, and the table that says what typed numbers stand for; values of reference data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from app.domain.reference import Reference

MAX_NUMBER = 40
"""Characters of a number, a profit centre or a company."""
MAX_GUESTS = 9_999


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

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not self.no.strip() or self.no != self.no.strip():
            raise ValueError("no: not empty, without blanks around it")
        for field in (self.no, self.name, self.profit_centre, self.company):
            if len(field) > MAX_NUMBER or not field.isprintable():
                raise ValueError(f"no, name, profit_centre, company: at most {MAX_NUMBER} printable characters")


class TypedNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a number that somebody types stands for: ``what`` is ``cost_centre`` or ``profit_centre``."""

    what: str
    typed: str
    stands_for: str

    @property
    def key(self) -> str:
        return f"{self.what}/{self.typed}"

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if self.what not in ("cost_centre", "profit_centre"):
            raise ValueError("what: cost_centre or profit_centre")
        if not self.typed.strip() or not self.stands_for.strip() or len(self.typed + self.stands_for) > 2 * MAX_NUMBER:
            raise ValueError("typed, stands_for: not empty, and short")


def meant(known: Reference, what: str, typed: str) -> str:
    """What the typed number stands for; itself if the table does not have it."""
    entry = known.get(TypedNumber, f"{what}/{typed}")
    return typed if entry is None else entry.stands_for
