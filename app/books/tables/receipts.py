"""Receipts, whole and in rows for sums; aborted sales."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from app.books.tables.base import metadata

receipts = Table(
    "receipts",
    metadata,
    Column("receipt_no", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", Integer, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("z_no", BigInteger, nullable=False),
    Column("receipt_type", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("finished_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("customer_no", Text, nullable=False),
    Column("voids", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("change_minor", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("receipts_by_period", "till_no", "z_no", "sequence"),
    Index("receipts_by_number", "prefix", "sequence"),
    Index("receipts_by_day", "business_day", "till_no"),
)


def _part_of_receipt(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        Column("receipt_no", Text, primary_key=True),
        Column("member_id", Text, primary_key=True),
        Column("row", Integer, primary_key=True),
        *columns,
        ForeignKeyConstraint(["receipt_no", "member_id"], ["receipts.receipt_no", "receipts.member_id"]),
        sqlite_with_rowid=False,  # the key is the table: most rows of the books are these
    )


receipt_lines = _part_of_receipt(
    "receipt_lines",
    Column("business_case", Text, nullable=False),
    Column("ident_no", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("discounts_minor", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("vat_key", Text, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    # The first of the article's groups: what reports sum by.
    Column("article_group", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reference_line", Integer, nullable=False),
)

receipt_taxes = _part_of_receipt(
    "receipt_taxes",
    Column("vat_key", Text, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
)

receipt_tenders = _part_of_receipt(
    "receipt_tenders",
    Column("tender", Text, nullable=False),
    Column("tender_kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    # Of foreign cash, in its own currency.
    Column("foreign_minor", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
)

aborted_sales = Table(
    "aborted_sales",
    metadata,
    Column("sale_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", Integer, nullable=False),
    Column("z_no", BigInteger, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("aborted_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("stamp", Text, nullable=False),
)
