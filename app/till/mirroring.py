"""A receipt's mirror: the receipt that takes it back as a whole. Pure; ``voiding.py`` journals it.

Every amount and quantity comes again with the other sign, under the numbers of the lines it takes back, so
that the two sum to nothing in every column: lines, discounts, tax table, tenders, change.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.domain.business_case import DEPOSIT, DEPOSIT_SETTLEMENT, GOODS, RECEIVABLE_SETTLEMENT
from app.facts.sales import CardRow, LineDiscount, ReceiptCompleted, ReceiptLine, TaxRow, TenderRow

STANDING_CASES = (DEPOSIT, DEPOSIT_SETTLEMENT, RECEIVABLE_SETTLEMENT)
"""Lines about a document that stands: an order, an invoice."""
STANDING_TENDERS = ("foreign_cash", "delivery_note", "cost_centre")
"""What cannot be given back the way it came."""

_OTHER_ROLE = {"payment": "refund", "refund": "payment"}


class Head(msgspec.Struct, frozen=True):
    """What a void's receipt has of its own; fields as in ``ReceiptCompleted``."""

    receipt_no: str
    till_no: int
    sale_id: str
    started_at: str
    finished_at: str
    business_day: str
    cashier: str
    user: str
    approved_by: str
    z_no: int
    receipt_type: str


def what_stands(receipt: ReceiptCompleted) -> str:
    """The name of what keeps the receipt from being voided (a line, a tender, a document); empty if nothing does."""
    for line in receipt.lines:
        if line.business_case in STANDING_CASES or (line.business_case in GOODS and line.reference):
            return line.name
    for row in receipt.tenders:
        if (row.tender_kind or row.tender) in STANDING_TENDERS:
            return row.name or row.tender
    return receipt.delivery_note_no or receipt.order_no


def mirrored(
    receipt: ReceiptCompleted, head: Head, reason: str, cards: Mapping[int, CardRow] | None = None
) -> ReceiptCompleted:
    """The receipt that takes this one back; ``cards``: what a terminal said of its tenders, by their places."""
    own = msgspec.structs.asdict(head)
    return msgspec.structs.replace(
        receipt,
        **own,
        voids=receipt.receipt_no,
        lines=tuple(_line(line, receipt.receipt_no, reason) for line in receipt.lines),
        tax_table=tuple(_tax_row(row) for row in receipt.tax_table),
        tenders=tuple(_tender_row(row, (cards or {}).get(place)) for place, row in enumerate(receipt.tenders)),
        total_minor=-receipt.total_minor,
        change_minor=-receipt.change_minor,
        invoice_no="",
        buyer_id="",
        buyer="",
        coupons=(),
    )


def _line(line: ReceiptLine, receipt_no: str, reason: str) -> ReceiptLine:
    return msgspec.structs.replace(
        line,
        quantity_milli=-line.quantity_milli,
        gross_minor=-line.gross_minor,
        discounts=tuple(
            LineDiscount(given.rule, given.name, -given.amount_minor, given.rule_id) for given in line.discounts
        ),
        reference=receipt_no,
        reference_line=line.line,
        reason=reason,
        gross_g=-line.gross_g,
        tare_g=-line.tare_g,
    )


def _tax_row(row: TaxRow) -> TaxRow:
    return TaxRow(row.vat_key, row.vat_rate_bp, -row.gross_minor, -row.net_minor, -row.tax_minor)


def _tender_row(row: TenderRow, card: CardRow | None) -> TenderRow:
    return msgspec.structs.replace(
        row,
        amount_minor=-row.amount_minor,
        foreign_minor=-row.foreign_minor,
        role=_OTHER_ROLE.get(row.role, row.role),
        hold_id="",
        voucher_expires_on="",
        card=card,
    )
