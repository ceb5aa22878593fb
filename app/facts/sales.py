"""Facts of the ``sales`` feed: what was sold and how it was paid, the cash in the drawer, day ends."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from app.facts.base import Fact


class LineDiscount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one rule took off a line; ``amount_minor`` is above zero, and below in a void.

    ``rule`` is ``promotion``, ``coupon``, ``line_discount`` or ``receipt_discount``; ``rule_id`` names the
    promotion or campaign (empty for what a cashier typed), ``name`` is what the receipt calls it.
    """

    rule: str
    name: str
    amount_minor: int
    rule_id: str = ""


class ReceiptLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line as printed; untaxed lines have no ``vat_key``.

    ``business_case`` is one of ``app.domain.business_case``. ``unit_price_minor`` is before
    discounts, ``gross_minor`` after them, so ``gross = price × quantity − Σ discounts``. Goods that came back
    with their receipt are worth what was paid for them; there the price is that of one piece, rounded.
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
    discounts: tuple[LineDiscount, ...] = ()
    list_price_minor: int = 0
    """The price before a cashier changed it; 0 if it was not changed."""
    price_origin: str = ""
    """``""`` price list, ``manual``, ``embedded`` (in the barcode), ``open``."""
    price_list: int = 1
    article_groups: tuple[str, ...] = ()
    of_line: int = 0
    """The line that this container deposit belongs to."""
    reference: str = ""
    """Number of the receipt, order, delivery note or invoice that this line is about."""
    reference_line: int = 0
    reason: str = ""
    weighed: str = ""
    """How a weight came about: ``scale``, ``manual`` (typed, at a till that has a scale); empty: not weighed there."""
    gross_g: int = 0
    tare_g: int = 0
    """Grams of a weighed line: the quantity is gross less tare."""
    tare_class: str = ""


class TaxRow(msgspec.Struct, frozen=True):
    """Gross, net and tax of one rate; ``vat_key`` is empty for what is untaxed (multi-purpose vouchers)."""

    vat_key: str
    vat_rate_bp: int
    gross_minor: int
    net_minor: int
    tax_minor: int


class CardRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the card terminal said of the money: its id, its numbers, the card's name, and the customer's slip.

    ``read_by``: the line was lost and the terminal could not tell; who read it there.
    """

    charge_id: str
    terminal_id: str = ""
    trace: int = 0
    receipt_no: int = 0
    card_name: str = ""
    slip: tuple[str, ...] = ()
    read_by: str = ""


class TenderRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One payment as booked, in the receipt's currency. Change is a cash row of its own with a negative amount.

    Foreign cash names its ``currency``, the amount handed over in it (``foreign_minor``), and the
    rate that was frozen (``rate`` as text: receipt currency per unit of the foreign one) with its source.
    """

    tender: str
    currency: str
    amount_minor: int
    reference: str = ""
    """Voucher code, card slip, customer number: whatever the tender is about."""
    hold_id: str = ""
    role: str = "payment"
    """``payment``, ``change`` or ``refund`` (below zero: money given back for goods)."""
    tender_kind: str = ""
    name: str = ""
    foreign_minor: int = 0
    rate: str = ""
    rate_source: str = ""
    opens_drawer: bool = False
    """What was taken lies in the drawer, beside cash and cheques."""
    voucher_expires_on: str = ""
    """Of a voucher that was given back: its last day."""
    card: CardRow | None = None
    """Of what a card terminal moved."""


class ReceiptCoupon(msgspec.Struct, frozen=True):
    """A coupon that came with this receipt; its slip is printed with it."""

    code: str
    campaign_id: str
    name: str
    valid_until: str = ""
    terms: str = ""


class ReceiptCoverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who confirmed something that was used up on this receipt: ``promised`` of the ``of`` other members.

    ``override_by``: who took it all the same although the policy refused it, and why.
    """

    resource: str
    promised: int
    of: int
    missing_tills: tuple[int, ...] = ()
    override_by: str = ""
    override_reason: str = ""


class ReceiptCompleted(Fact, frozen=True, omit_defaults=True):
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
    receipt_type: str = "receipt"
    """``receipt``, ``void`` (of the receipt ``voids``), ``training``."""
    z_no: int = 0
    """The Z report that this receipt belongs to: the till's last one when it was written, plus one."""
    user: str = ""
    approved_by: str = ""
    voids: str = ""
    customer_no: str = ""
    customer_group: str = ""
    supply: str = ""
    """``eat_in`` or ``take_away`` where the shop tells them apart."""
    cost_centre: str = ""
    profit_centre: str = ""
    company: str = ""
    guests: int = 0
    hospitality: bool = False
    invoice_no: str = ""
    delivery_note_no: str = ""
    order_no: str = ""
    buyer_id: str = ""
    """Whose key seals ``buyer``: a customer's number, or an id of this invoice's own."""
    buyer: str = ""
    """The buyer's name and address on an invoice, sealed (``app.domain.persons``)."""
    coupons: tuple[ReceiptCoupon, ...] = ()
    coverage: tuple[ReceiptCoverage, ...] = ()
    """Of everything that was claimed for it while there was somebody to ask."""


class TrainingCompleted(Fact, frozen=True):
    """A receipt made in training: counted nowhere. ``receipt`` is its whole body."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "training.completed/1"

    receipt_no: str
    till_no: int
    user: str
    finished_at: str
    total_minor: int
    lines: int


class SaleAborted(Fact, frozen=True, omit_defaults=True):
    """A sale given up before completion (Belegabbruch); it has no receipt number."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "sale.aborted/1"

    till_no: int
    sale_id: str
    aborted_at: str
    cashier: str
    lines: int
    total_minor: int
    z_no: int = 0
    business_day: str = ""


class CashMoved(Fact, frozen=True):
    """Cash that came into the drawer (above zero) or left it, beside receipts.

    ``movement``: ``opening_float`` (Anfangsbestand), ``pay_in`` (Einlage), ``pay_out`` (Entnahme),
    ``cash_transfer`` (Geldtransit to the safe), ``difference`` (DifferenzSollIst at a Z report).
    """

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "cash.moved/1"

    movement_id: str
    till_no: int
    z_no: int
    movement: str
    currency: str
    amount_minor: int
    moved_at: str
    business_day: str
    cashier: str
    reason: str = ""
    approved_by: str = ""


class CountedCash(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a currency's drawer held: expected by the books, counted by hand. ``pieces``: (minor units, how many)."""

    currency: str
    expected_minor: int
    counted_minor: int | None = None
    difference_minor: int = 0
    pieces: tuple[tuple[int, int], ...] = ()


class CashCounted(Fact, frozen=True):
    """Cash counted between Z reports (Kassensturz); it moves nothing."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "cash.counted/1"

    count_id: str
    till_no: int
    z_no: int
    counted_at: str
    business_day: str
    cashier: str
    drawers: tuple[CountedCash, ...]


class Sum(msgspec.Struct, frozen=True):
    """One row of a report: how often, how much."""

    key: str
    count: int
    amount_minor: int


class TenderSum(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one tender brought in, in the till's currency; foreign cash in its own as well."""

    tender: str
    currency: str
    count: int
    amount_minor: int
    foreign_minor: int = 0


class Period(msgspec.Struct, frozen=True, omit_defaults=True):
    """The figures between two Z reports, as an X or Z report prints them."""

    currency: str
    receipts: int
    gross_minor: int
    first_receipt_no: str
    last_receipt_no: str
    tax_table: tuple[TaxRow, ...]
    tenders: tuple[TenderSum, ...]
    business_cases: tuple[Sum, ...]
    article_groups: tuple[Sum, ...]
    movements: tuple[Sum, ...]
    drawers: tuple[CountedCash, ...]
    discounts_minor: int = 0
    returns: int = 0
    voids: int = 0
    aborted: int = 0
    vouchers_sold_minor: int = 0
    vouchers_redeemed_minor: int = 0


class ZReportClosed(Fact, frozen=True):
    """A day end (Tagesabschluss), as printed. Its receipts are those that carry its number."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "z_report.closed/1"

    z_no: int
    till_no: int
    closed_at: str
    business_day: str
    cashier: str
    figures: Period
    z_report_no: str = ""
    """As printed, out of the till's number range."""


class AuditLogged(Fact, frozen=True):
    """Who did what that needs a right, logged in, or started the program.

    ``action`` is ``login``, ``login_failed``, ``logout``, ``program_start``, ``training_on``,
    ``training_off``, or a right's name.
    """

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "audit.logged/1"

    audit_id: str
    till_no: int
    action: str
    user: str
    at: str
    business_day: str
    detail: str = ""
    approved_by: str = ""
    sale_id: str = ""


class InvoiceIssued(Fact, frozen=True):
    """An invoice: of one receipt (cash invoice), or of delivery notes together (collective invoice)."""

    topic: ClassVar[str] = "sales"
    kind: ClassVar[str] = "invoice.issued/1"

    invoice_no: str
    till_no: int
    customer_no: str
    issued_at: str
    business_day: str
    cashier: str
    currency: str
    total_minor: int
    tax_table: tuple[TaxRow, ...]
    delivery_notes: tuple[str, ...] = ()
    receipt_nos: tuple[str, ...] = ()
    buyer_id: str = ""
    buyer: str = ""
