"""What a cashier or a program can ask of the session. Text as typed; the session checks it.

Money and quantities stay strings here ("12.34", "3"), so that every shell gets the
same refusals for the same slips.
"""

from __future__ import annotations

import msgspec


class Command(msgspec.Struct, frozen=True):
    """Base of all commands."""


class Scan(Command, frozen=True):
    """An article by barcode or ident number."""

    code: str
    quantity: str = "1"
    price: str | None = None


class VoidLine(Command, frozen=True):
    """Take back a line: a sale line, or the hold of a voucher payment."""

    line: str


class VoidSale(Command, frozen=True):
    """Give up the open sale."""


class SellVoucher(Command, frozen=True):
    """Put a new voucher of this value on the receipt. ``kind``: ``multi_purpose`` or ``single_purpose``."""

    value: str
    kind: str = "multi_purpose"
    expires: str | None = None
    vat_key: str | None = None


class Redeem(Command, frozen=True):
    """Pay with a voucher; without an amount as much as is due."""

    code: str
    amount: str | None = None


class Pay(Command, frozen=True):
    """Pay; without an amount what is due."""

    tender: str = "cash"
    amount: str | None = None
    currency: str | None = None


class UndoPayment(Command, frozen=True):
    """Take the last payment back (tender mode's ``-``)."""
