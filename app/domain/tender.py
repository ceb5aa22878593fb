"""Tenders (Zahlarten), exchange rates and cash rounding; values of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec

TenderKind = Literal[
    "cash", "foreign_cash", "cheque", "card", "voucher", "token", "customer_credit", "delivery_note", "purse",
    "bonus_purse", "cost_centre", "other",
]  # fmt: skip


class Tender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A way to pay. ``excess`` says what becomes of more than is due: it is refused, given back as cash, or a tip."""

    tender: str
    name: str
    kind: TenderKind
    currency: str = ""
    """Of foreign cash: its ISO code."""
    excess: Literal["refuse", "change", "tip"] = "refuse"
    change_limit_minor: int = 0
    """Most that is given back; 0: no limit."""
    refundable: bool = True
    """Whether money for returned goods may be given back this way."""
    needs_reference: bool = False
    opens_drawer: bool = False
    active: bool = True
    order: int = 0

    @property
    def key(self) -> str:
        return self.tender


class ExchangeRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this day on one unit of the currency is worth ``rate`` of the till's currency (decimal text: "1.0432")."""

    currency: str
    valid_from: str
    rate: str
    source: str = ""

    @property
    def key(self) -> str:
        return f"{self.currency}/{self.valid_from}"


class CashRounding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this day on cash totals in the currency are rounded to multiples of ``step_minor`` (0 or 1: none)."""

    currency: str
    valid_from: str
    step_minor: int
    country: str = ""

    @property
    def key(self) -> str:
        return f"{self.currency}/{self.valid_from}"
