"""Receipts and aborted sales. A receipt is kept whole, as journalled, and in rows for sums.

Receipts are never changed: the first fact of a number and member stays, whatever comes after it
(and it does come first everywhere, since both are in one feed). Rows are only ever added, so a
batch of receipts costs four statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, select

from app.books.folds.stamped import Folding, Rows, Stamped, Upserts
from app.books.tables.receipts import aborted_sales, receipt_lines, receipt_taxes, receipt_tenders, receipts
from app.domain.receipt_no import of_till, split_receipt_no
from app.facts.base import Fact
from app.facts.codec import FactUnreadable
from app.facts.sales import ReceiptCompleted, ReceiptLine, SaleAborted, TaxRow, TenderRow

Part = TypeVar("Part")

FIRST_Z = 1
"""Where receipts of before there were Z reports belong."""


class ReceiptsFold:
    """Folds ``receipt.completed`` and ``sale.aborted``."""

    def __init__(self, upserts: Upserts) -> None:
        self._add_receipt = upserts.once(receipts)
        self._add_line = upserts.once(receipt_lines)
        self._add_tax = upserts.once(receipt_taxes)
        self._add_tender = upserts.once(receipt_tenders)
        self._add_aborted = upserts.oldest(aborted_sales)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {ReceiptCompleted: self._completed, SaleAborted: self._aborted}

    def _completed(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        heads = [_head_row(fact, member_id, stamp) for fact, member_id, stamp in facts]
        if connection.execute(self._add_receipt, heads).rowcount != len(heads):
            facts = [stamped for stamped in facts if _is_first(connection, stamped)]
        lines: Rows = []
        taxes: Rows = []
        tenders: Rows = []
        for fact, member_id, _ in facts:
            lines += _part_rows(fact, member_id, fact.lines, _line_row)
            taxes += _part_rows(fact, member_id, fact.tax_table, _tax_row)
            tenders += _part_rows(fact, member_id, fact.tenders, _tender_row)
        for statement, rows in ((self._add_line, lines), (self._add_tax, taxes), (self._add_tender, tenders)):
            if rows:
                connection.execute(statement, rows)

    def _aborted(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "sale_id": fact.sale_id,
                "member_id": member_id,
                "till_no": fact.till_no,
                "z_no": fact.z_no or FIRST_Z,
                "business_day": fact.business_day,
                "aborted_at": fact.aborted_at,
                "cashier": fact.cashier,
                "lines": fact.lines,
                "total_minor": fact.total_minor,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        connection.execute(self._add_aborted, rows)


def check_receipt(fact: ReceiptCompleted) -> None:
    """A receipt that does not belong to its number or does not add up never enters: ``FactUnreadable``."""
    try:
        belongs = of_till(fact.receipt_no, fact.till_no)
    except ValueError as error:
        raise FactUnreadable(str(error)) from None
    if not belongs:
        raise FactUnreadable(f"receipt {fact.receipt_no} is not of till {fact.till_no}")
    sums = (
        sum(line.gross_minor for line in fact.lines),
        sum(row.gross_minor for row in fact.tax_table),
        sum(row.net_minor + row.tax_minor for row in fact.tax_table),
        sum(row.amount_minor for row in fact.tenders),
    )
    rows_hold = all(row.net_minor + row.tax_minor == row.gross_minor for row in fact.tax_table)
    if not rows_hold or any(part != fact.total_minor for part in sums):
        raise FactUnreadable(f"receipt {fact.receipt_no} does not add up")


def _is_first(connection: Connection, stamped: Stamped) -> bool:
    """Whether the receipt in the books is this fact, and not an earlier one of the same number and member."""
    mine = (receipts.c.receipt_no == stamped.fact.receipt_no) & (receipts.c.member_id == stamped.member_id)
    return connection.execute(select(receipts.c.stamp).where(mine)).scalar() == stamped.stamp


def _head_row(fact: ReceiptCompleted, member_id: str, stamp: str) -> dict[str, Any]:
    prefix, sequence = split_receipt_no(fact.receipt_no)
    return {
        "receipt_no": fact.receipt_no,
        "member_id": member_id,
        "till_no": fact.till_no,
        "prefix": prefix,
        "sequence": sequence,
        "sale_id": fact.sale_id,
        "z_no": fact.z_no or FIRST_Z,
        "receipt_type": fact.receipt_type,
        "business_day": fact.business_day,
        "finished_at": fact.finished_at,
        "cashier": fact.cashier,
        "user": fact.user,
        "customer_no": fact.customer_no,
        "voids": fact.voids,
        "currency": fact.currency,
        "total_minor": fact.total_minor,
        "change_minor": fact.change_minor,
        "body": msgspec.json.encode(fact).decode(),
        "stamp": stamp,
    }


def _part_rows(
    fact: ReceiptCompleted, member_id: str, parts: Sequence[Part], row_of: Callable[[Part], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for row, part in enumerate(parts, 1):
        yield {"receipt_no": fact.receipt_no, "member_id": member_id, "row": row, **row_of(part)}


def _line_row(line: ReceiptLine) -> dict[str, Any]:
    return {
        "business_case": line.business_case,
        "ident_no": line.ident_no,
        "name": line.name,
        "quantity_milli": line.quantity_milli,
        "unit_price_minor": line.unit_price_minor,
        "discounts_minor": sum(discount.amount_minor for discount in line.discounts),
        "gross_minor": line.gross_minor,
        "vat_key": line.vat_key,
        "vat_rate_bp": line.vat_rate_bp,
        "article_group": line.article_groups[0] if line.article_groups else "",
        "reference": line.reference,
        "reference_line": line.reference_line,
    }


def _tax_row(row: TaxRow) -> dict[str, Any]:
    return {
        "vat_key": row.vat_key,
        "vat_rate_bp": row.vat_rate_bp,
        "gross_minor": row.gross_minor,
        "net_minor": row.net_minor,
        "tax_minor": row.tax_minor,
    }


def _tender_row(row: TenderRow) -> dict[str, Any]:
    # Receipts of before tenders had kinds name the kind as the tender.
    return {
        "tender": row.tender,
        "tender_kind": row.tender_kind or row.tender,
        "role": row.role,
        "currency": row.currency,
        "amount_minor": row.amount_minor,
        "foreign_minor": row.foreign_minor,
        "reference": row.reference,
    }
