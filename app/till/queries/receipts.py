"""One receipt as it was journalled."""

from __future__ import annotations

from typing import Any

from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.domain.vat import format_rate
from app.facts.sales import ReceiptCompleted
from app.till import typed
from app.till.completing import vouchers_of
from app.till.figures import vat_rows
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskReceipt(Query, frozen=True):
    receipt_no: str


async def receipt(desk: Desk, query: AskReceipt) -> dict[str, Any]:
    receipt_no = query.receipt_no.strip()
    await desk.engine.settled()
    found = desk.books.receipt(receipt_no)
    if found is None:
        raise Refusal("unknown_receipt", {"receipt_no": typed.shown(receipt_no)})
    fields = receipt_fields(found.receipt)
    return {**fields, "member": found.member_id, "text": desk.runner.receipt_text(found.receipt)}


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
            }
            for row in receipt.tenders
        ],
        "coupons": [coupon.code for coupon in receipt.coupons],
        "vouchers": vouchers_of(receipt),
    }
