"""Receipts and aborted sales. A receipt is kept whole, as journalled, and in rows for sums.

Receipts are never changed: the first fact of a number and member stays, whatever comes after it
(and it does come first everywhere, since both are in one feed). Rows are only ever added, so a
batch of receipts costs four statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.receipts import (
    aborted_sales,
    receipt_discounts,
    receipt_lines,
    receipt_taxes,
    receipt_tenders,
    receipts,
)
from app.domain.business_case import GOODS
from app.domain.receipt_no import of_till, split_receipt_no
from app.facts.base import Fact
from app.facts.codec import FactUnreadable
from app.facts.sales import ReceiptCompleted, SaleAborted

Row = tuple[Any, ...]
"""Values in the order of the table's columns: hundreds of thousands of rows come this way when a till catches up."""

FIRST_Z = 1
"""Where receipts of before there were Z reports belong."""


class ReceiptsFold:
    """Folds ``receipt.completed`` and ``sale.aborted``."""

    def __init__(self, upserts: Upserts) -> None:
        self._add_receipt = upserts.once(receipts)
        self._add_line = upserts.once(receipt_lines)
        self._add_tax = upserts.once(receipt_taxes)
        self._add_tender = upserts.once(receipt_tenders)
        self._add_discount = upserts.once(receipt_discounts)
        self._add_aborted = upserts.oldest(aborted_sales)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {ReceiptCompleted: self._completed, SaleAborted: self._aborted}

    def _completed(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        heads = [_head_row(fact, member_id, stamp) for fact, member_id, stamp in facts]
        if self._add_receipt.write_tuples(connection, heads) != len(heads):
            facts = _first(connection, facts)
        lines: list[Row] = []
        taxes: list[Row] = []
        tenders: list[Row] = []
        discounts: list[Row] = []
        for fact, member_id, _ in facts:
            _add_parts(fact, member_id, lines, taxes, tenders)
            discounts += _discount_rows(fact, member_id)
        self._add_line.write_tuples(connection, lines)
        self._add_tax.write_tuples(connection, taxes)
        self._add_tender.write_tuples(connection, tenders)
        self._add_discount.write_tuples(connection, discounts)

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
        self._add_aborted.write(connection, rows)


def check_receipt(fact: ReceiptCompleted) -> None:
    """A receipt that does not belong to its number or does not add up never enters: ``FactUnreadable``."""
    try:
        belongs = of_till(fact.receipt_no, fact.till_no)
    except ValueError as error:
        raise FactUnreadable(str(error)) from None
    if not belongs:
        raise FactUnreadable(f"receipt {fact.receipt_no} is not of till {fact.till_no}")
    taxes = fact.tax_table
    sums = {
        fact.total_minor,
        sum([line.gross_minor for line in fact.lines]),
        sum([row.gross_minor for row in taxes]),
        sum([tender.amount_minor for tender in fact.tenders]),
    }
    if len(sums) > 1 or any(row.net_minor + row.tax_minor != row.gross_minor for row in taxes):
        raise FactUnreadable(f"receipt {fact.receipt_no} does not add up")


def _first(connection: Connection, facts: Sequence[Stamped]) -> list[Stamped]:
    """Those that are the receipt in the books, and not a later one of the same number and member."""
    numbers = {stamped.fact.receipt_no for stamped in facts}
    kept = select(receipts.c.stamp).where(receipts.c.receipt_no.in_(numbers))
    stamps = set(connection.execute(kept).scalars())
    return [stamped for stamped in facts if stamped.stamp in stamps]


def _head_row(fact: ReceiptCompleted, member_id: str, stamp: str) -> Row:
    prefix, sequence = split_receipt_no(fact.receipt_no)
    return (
        fact.receipt_no,
        member_id,
        fact.till_no,
        prefix,
        sequence,
        fact.sale_id,
        fact.z_no or FIRST_Z,
        fact.receipt_type,
        fact.business_day,
        fact.finished_at,
        fact.cashier,
        fact.user,
        fact.customer_no,
        fact.customer_group,
        fact.cost_centre,
        fact.voids,
        fact.currency,
        fact.total_minor,
        fact.change_minor,
        sum([line.gross_minor for line in fact.lines if line.business_case in GOODS]),
        sum([discount.amount_minor for line in fact.lines for discount in line.discounts]),
        sum([row.tax_minor for row in fact.tax_table]),
        msgspec.json.encode(fact).decode(),
        stamp,
    )


def _discount_rows(fact: ReceiptCompleted, member_id: str) -> list[Row]:
    given = [(row, discount) for row, line in enumerate(fact.lines, 1) for discount in line.discounts]
    return [
        (fact.receipt_no, member_id, number, row, discount.rule, discount.rule_id, discount.name, discount.amount_minor)
        for number, (row, discount) in enumerate(given, 1)
    ]


def _add_parts(fact: ReceiptCompleted, member_id: str, lines: list[Row], taxes: list[Row], tenders: list[Row]) -> None:
    receipt_no = fact.receipt_no
    for row, line in enumerate(fact.lines, 1):
        groups = line.article_groups
        lines.append(
            (
                receipt_no,
                member_id,
                row,
                line.business_case,
                line.ident_no,
                line.name,
                line.quantity_milli,
                line.unit_price_minor,
                sum([discount.amount_minor for discount in line.discounts]),
                line.gross_minor,
                line.vat_key,
                line.vat_rate_bp,
                groups[0] if groups else "",
                groups[1] if len(groups) > 1 else "",
                groups[2] if len(groups) > 2 else "",
                line.reference,
                line.reference_line,
            )
        )
    for row, tax in enumerate(fact.tax_table, 1):
        taxes.append(
            (receipt_no, member_id, row, tax.vat_key, tax.vat_rate_bp, tax.gross_minor, tax.net_minor, tax.tax_minor)
        )
    for row, tender in enumerate(fact.tenders, 1):
        tenders.append(
            (
                receipt_no,
                member_id,
                row,
                tender.tender,
                # Receipts of before tenders had kinds name the kind as the tender.
                tender.tender_kind or tender.tender,
                tender.role,
                tender.currency,
                tender.amount_minor,
                tender.foreign_minor,
                tender.reference,
            )
        )
