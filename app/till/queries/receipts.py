"""One receipt as it was journalled."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.domain.vat import format_rate
from app.facts.sales import ReceiptCompleted, ReceiptCoverage, ReceiptLine
from app.till import charging, typed
from app.till.completing import vouchers_of
from app.till.figures import vat_rows
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskReceipt(Query, frozen=True):
    """``pdf``: as a file too."""

    receipt_no: str
    pdf: bool = False


async def receipt(desk: Desk, query: AskReceipt) -> dict[str, Any]:
    receipt_no = query.receipt_no.strip()
    await desk.engine.settled()
    found = desk.books.receipt(receipt_no)
    if found is None:
        raise Refusal("unknown_receipt", {"receipt_no": typed.shown(receipt_no)})
    fields = receipt_fields(found.receipt)
    file = {"pdf": await _pdf(desk, found.receipt)} if query.pdf else {}
    return {**fields, "member": found.member_id, "text": desk.runner.receipt_text(found.receipt), **file}


async def _pdf(desk: Desk, receipt: ReceiptCompleted) -> str:
    """The file in base 64."""
    if desk.runner.receipt_pdf is None:
        raise Refusal("pdf_not_possible", {"reason": "-"})
    try:
        return base64.b64encode(await asyncio.to_thread(desk.runner.receipt_pdf, receipt)).decode()
    except ValueError as error:
        raise Refusal("pdf_not_possible", {"reason": str(error)}) from None


def _weights(line: ReceiptLine) -> dict[str, Any]:
    """Of a line that was weighed, or whose weight was typed where it could have been."""
    if not line.weighed:
        return {}
    weights = {"weighed": line.weighed, "gross_g": str(line.gross_g), "tare_g": str(line.tare_g)}
    return {**weights, "tare_class": line.tare_class or None}


def receipt_fields(receipt: ReceiptCompleted) -> dict[str, Any]:
    """A receipt for programs, amounts and quantities as text."""

    def text(amount_minor: int) -> str:
        return format_minor(amount_minor, receipt.currency)

    return {
        "receipt_no": receipt.receipt_no,
        "till_no": receipt.till_no,
        "sale_id": receipt.sale_id,
        "started_at": receipt.started_at,
        "finished_at": receipt.finished_at,
        "business_day": receipt.business_day,
        "cashier": receipt.cashier,
        "currency": receipt.currency,
        "total": text(receipt.total_minor),
        "change": text(receipt.change_minor),
        "lines": [
            {
                "line": line.line,
                "business_case": line.business_case,
                "ident_no": line.ident_no,
                "name": line.name,
                "quantity": format_milli(line.quantity_milli),
                "unit": line.unit,
                "price": text(line.unit_price_minor),
                "gross": text(line.gross_minor),
                "vat_key": line.vat_key,
                "vat_rate": format_rate(line.vat_rate_bp) if line.vat_key else None,
                "voucher_code": line.voucher_code or None,
                "list_price": text(line.list_price_minor) if line.list_price_minor else None,
                **_weights(line),
                "discounts": [
                    {
                        "rule": given.rule,
                        "rule_id": given.rule_id or None,
                        "name": given.name,
                        "amount": text(given.amount_minor),
                    }
                    for given in line.discounts
                ],
            }
            for line in receipt.lines
        ],
        "by_vat": vat_rows(receipt.tax_table, receipt.currency),
        "tenders": [
            {
                "tender": row.tender,
                "role": row.role,
                "currency": row.currency,
                # Foreign money of receipts without a rate is an amount of its own.
                "amount": text(row.amount_minor) if row.rate else format_minor(row.amount_minor, row.currency),
                "foreign_amount": format_minor(row.foreign_minor, row.currency) if row.rate else None,
                "rate": row.rate or None,
                "reference": row.reference or None,
                "card": None if row.card is None else charging.fields_of(row.card),
            }
            for row in receipt.tenders
        ],
        "coupons": [coupon.code for coupon in receipt.coupons],
        "coverage": [_coverage(row) for row in receipt.coverage],
        "vouchers": vouchers_of(receipt),
    }


def _coverage(row: ReceiptCoverage) -> dict[str, Any]:
    override = {"by": row.override_by, "reason": row.override_reason} if row.override_reason else None
    return {
        "resource": row.resource,
        "promised": row.promised,
        "of": row.of,
        "missing_tills": list(row.missing_tills),
        "override": override,
    }
