"""What the books answer with: frozen values, no SQL."""

from __future__ import annotations

import msgspec

from app.facts.sales import ReceiptCompleted


class ArticleView(msgspec.Struct, frozen=True):
    """An article as it is now; price in minor units."""

    ident_no: str
    name: str
    price_minor: int
    currency: str
    vat_key: str
    unit: str
    barcodes: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()
    open_price: bool = False


class VoucherView(msgspec.Struct, frozen=True):
    """A voucher's ledger summed up. ``balance_minor`` = value less holds and redemptions; below zero is an overdraw.

    ``state``: ``open``, ``used_up``, ``expired`` or ``overdrawn``.
    """

    code: str
    voucher_kind: str
    value_minor: int
    held_minor: int
    redeemed_minor: int
    balance_minor: int
    currency: str
    issued_by: str
    """Member id of the issuing till."""
    issued_at: str
    expires_on: str
    till_no: int
    receipt_no: str
    state: str
    vat_key: str = ""
    """Of a single-purpose voucher: what it was taxed as, and so what it pays for."""


class ReceiptView(msgspec.Struct, frozen=True):
    """A receipt as it was journalled, and the member that wrote it."""

    receipt: ReceiptCompleted
    member_id: str


class TurnoverView(msgspec.Struct, frozen=True):
    """Sums over receipts. By VAT: (key, rate in basis points, gross, net, tax). By tender: (tender, amount)."""

    gross_minor: int
    receipts: int
    currency: str
    by_vat: tuple[tuple[str, int, int, int, int], ...]
    by_tender: tuple[tuple[str, int], ...]
