"""Accounts of the accounting program, and who the accountant knows us as; values of reference data.

Which account something is booked to is found from what is exact to what is general: a business case with its VAT key,
then the business case (``sale/1``, ``sale``); a tender, then its kind (``visa``, ``card``); a cash movement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

Origin = Literal["case", "tender", "movement"]

MAX_NAME = 40
_NUMBER = re.compile(r"[0-9]{1,9}")
_TAX_KEY = re.compile(r"[0-9]{0,4}")
_MONTH_AND_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where one origin of money is booked to.

    ``origin`` and ``name``: a business case (``sale``), a tender or its kind (``visa``, ``card``), a cash movement
    (``pay_out``). ``vat_key`` is for business cases; empty: for all keys that have no account of their own.
    """

    origin: Origin
    name: str
    no: str
    vat_key: str = ""
    tax_key: str = ""
    """The accounting program's key of the tax (DATEV: BU-Schlüssel); empty for accounts that know their tax."""
    cost_centre: str = ""

    @property
    def key(self) -> str:
        return "/".join(part for part in (self.origin, self.name, self.vat_key) if part)

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not self.name.strip() or len(self.name) > MAX_NAME or "/" in self.name:
            raise ValueError(f"name: 1 to {MAX_NAME} characters without /")
        if not _NUMBER.fullmatch(self.no):
            raise ValueError("no: an account number of 1 to 9 digits")
        if not _TAX_KEY.fullmatch(self.tax_key):
            raise ValueError("tax_key: at most 4 digits")
        if self.vat_key and self.origin != "case":
            raise ValueError("vat_key: only business cases have one")
        if len(self.vat_key) > MAX_NAME or len(self.cost_centre) > MAX_NAME:
            raise ValueError(f"vat_key, cost_centre: at most {MAX_NAME} characters")


class Accounting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the accountant's program knows this shop; there is one value.

    ``consultant`` and ``client``: DATEV's Berater- and Mandantennummer. ``clearing``: every receipt is booked to it
    and paid from it, so that it is zero after every Z report.
    """

    consultant: int
    client: int
    clearing: str
    account_digits: int = 4
    chart: Literal["", "03", "04"] = ""
    year_begins: str = "01-01"
    """Month and day on which the business year begins."""
    finalised: bool = False
    """Whether what is imported can be changed there no more (Festschreibung)."""

    @property
    def key(self) -> str:
        return "datev"

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not 1001 <= self.consultant <= 9_999_999:
            raise ValueError("consultant: 1001 to 9999999")
        if not 1 <= self.client <= 99_999:
            raise ValueError("client: 1 to 99999")
        if not _NUMBER.fullmatch(self.clearing):
            raise ValueError("clearing: an account number of 1 to 9 digits")
        if not 4 <= self.account_digits <= 8:
            raise ValueError("account_digits: 4 to 8")
        if not _MONTH_AND_DAY.fullmatch(self.year_begins) or self.year_begins == "02-29":
            raise ValueError("year_begins: a month and a day, like 01-01")


class Chart:
    """All accounts, and how one is found."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts

    def of_case(self, case: str, vat_key: str) -> Account | None:
        """Of a business case at a VAT key; None if there is neither."""
        return self._accounts.get(f"case/{case}/{vat_key}") or self._accounts.get(f"case/{case}")

    def of_tender(self, tender: str, kind: str) -> Account | None:
        """Of a tender, or of its kind."""
        return self._accounts.get(f"tender/{tender}") or self._accounts.get(f"tender/{kind}")

    def of_movement(self, movement: str) -> Account | None:
        """Of cash that comes or goes beside receipts."""
        return self._accounts.get(f"movement/{movement}")

    @property
    def cash(self) -> Account | None:
        """Where the drawer is."""
        return self._accounts.get("tender/cash")


def year_of(day: str, year_begins: str) -> tuple[str, str]:
    """First day of the business year that the day is in, and of the next.

    >>> year_of("2026-11-22", "01-01"), year_of("2026-03-31", "04-01")
    (('2026-01-01', '2027-01-01'), ('2025-04-01', '2026-04-01'))
    """
    year = int(day[:4]) - (day[5:] < year_begins)
    return f"{year:04}-{year_begins}", f"{year + 1:04}-{year_begins}"
