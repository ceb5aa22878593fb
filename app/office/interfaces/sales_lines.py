"""A receipt's lines as a merchandise system takes them. Pure: a receipt in, rows of text out.

A row per line, in the order of the receipt. Amounts and quantities are decimal text with a point; they are below zero
where goods came back or a receipt voids another. ``price`` is that of one unit as it was sold, before discounts,
``list_price`` what it was before a cashier changed it (the same where nobody did) and ``price_change`` the difference;
``discount`` is what was taken off the line, and ``gross`` what is left. ``vat`` is the tax in ``gross`` at the line's
rate; on the receipt tax is reckoned from the sum of each rate, so that its lines may differ from it by cents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.domain.vat import format_rate, net_of
from app.facts.sales import ReceiptCompleted

COLUMNS = (
    "branch", "till_no", "receipt_no", "receipt_type", "voids", "line", "date", "time", "business_day", "seller",
    "customer_no", "customer_group", "ident_no", "barcode", "name", "article_group", "quantity", "unit", "price",
    "list_price", "price_change", "discount", "gross", "vat_key", "vat_rate", "vat", "business_case", "currency",
)  # fmt: skip


def rows_of(receipt: ReceiptCompleted, branch: str, zone: tzinfo | None = None) -> Iterator[tuple[str, ...]]:
    """The rows; ``zone`` of date and time, None: this machine's."""
    at = datetime.fromisoformat(receipt.finished_at).astimezone(zone)
    currency = receipt.currency

    def money(amount_minor: int) -> str:
        return format_minor(amount_minor, currency)

    for line in receipt.lines:
        before = line.list_price_minor or line.unit_price_minor
        yield (
            branch, str(receipt.till_no), receipt.receipt_no, receipt.receipt_type, receipt.voids, str(line.line),
            at.strftime("%Y-%m-%d"), at.strftime("%H:%M:%S"), receipt.business_day, receipt.user or receipt.cashier,
            receipt.customer_no, receipt.customer_group, line.ident_no, line.barcode, line.name,
            line.article_groups[0] if line.article_groups else "", format_milli(line.quantity_milli), line.unit,
            money(line.unit_price_minor), money(before), money(line.unit_price_minor - before),
            money(sum(each.amount_minor for each in line.discounts)), money(line.gross_minor), line.vat_key,
            format_rate(line.vat_rate_bp) if line.vat_key else "",
            money(line.gross_minor - net_of(line.gross_minor, line.vat_rate_bp)), line.business_case, currency,
        )  # fmt: skip
