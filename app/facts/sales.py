"""Facts of the ``sales`` feed: what was sold and how it was paid."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from app.facts.base import Fact


class ReceiptLine(msgspec.Struct, frozen=True):
    """One line as printed; untaxed lines have no ``vat_key``.

    ``business_case`` is ``sale``, ``voucher_sale`` or ``voucher_redemption`` (a single-purpose
    voucher taking the goods it paid for out of the tax base; its gross is below zero).
    """

    line: int
    business_case: str
    name: str
    quantity_milli: int
    unit: str
    unit_price_minor: int
    gross_minor: int
    ident_no: str = ""
    barcode: str = ""
    vat_key: str = ""
    vat_rate_bp: int = 0
    voucher_code: str = ""
    voucher_kind: str = ""
    voucher_expires_on: str = ""


class TaxRow(msgspec.Struct, frozen=True):
    """Gross, net and tax of one rate; ``vat_key`` is empty for what is untaxed (multi-purpose vouchers)."""

    vat_key: str
    vat_rate_bp: int
    gross_minor: int
    net_minor: int
    tax_minor: int


class TenderRow(msgspec.Struct, frozen=True):
    """One payment as booked. Change is a cash row of its own with a negative amount."""

    tender: str
    currency: str
    amount_minor: int
    reference: str = ""
    """Voucher code for tender ``voucher``."""
    hold_id: str = ""
    role: str = "payment"
    """``payment`` or ``change``."""


class ReceiptCompleted(Fact, frozen=True):
    """A finished receipt, as printed; totals are never computed anew."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "receipt.completed/1"

    receipt_no: str
    till_no: int
    sale_id: str
    started_at: str
    finished_at: str
    business_day: str
    cashier: str
    currency: str
    lines: tuple[ReceiptLine, ...]
    tax_table: tuple[TaxRow, ...]
    tenders: tuple[TenderRow, ...]
    total_minor: int
    change_minor: int


class SaleAborted(Fact, frozen=True):
    """A sale given up before completion (Belegabbruch); it has no receipt number."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "sale.aborted/1"

    till_no: int
    sale_id: str
    aborted_at: str
    cashier: str
    lines: int
    total_minor: int
