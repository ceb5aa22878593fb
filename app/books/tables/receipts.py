"""Receipts, whole and in rows for sums; aborted sales."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, Text

from app.books.tables.base import metadata

receipts = Table(
    "receipts",
    metadata,
    Column("receipt_no", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", BigInteger, nullable=False),
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
    Column("customer_group", Text, nullable=False),
    Column("cost_centre", Text, nullable=False),
    Column("voids", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("change_minor", BigInteger, nullable=False),
    # Summed up of its parts, so that reports on days, tills and cashiers need not read those: the gross of goods,
    # what was taken off prices, and the tax of everything on it.
    Column("goods_minor", BigInteger, nullable=False),
    Column("discounts_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("receipts_by_period", "till_no", "z_no", "sequence"),
    Index("receipts_by_number", "prefix", "sequence"),
    # Everything that reports ask of a receipt and, to join its parts, its key: the table has the whole receipts in
    # it and is twenty times as long.
    Index(
        "receipts_by_day",
        "business_day",
        "till_no",
        "receipt_no",
        "member_id",
        "receipt_type",
        "finished_at",
        "cashier",
        "customer_no",
        "customer_group",
        "cost_centre",
        "currency",
        "total_minor",
        "goods_minor",
        "discounts_minor",
        "tax_minor",
    ),
)


def _part_of_receipt(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        Column("receipt_no", Text, primary_key=True),
        Column("member_id", Text, primary_key=True),
        Column("row", BigInteger, primary_key=True),
        *columns,
        # Says how parts are joined to receipts. A server would look after every row what the fold writes together.
        ForeignKeyConstraint(["receipt_no", "member_id"], ["receipts.receipt_no", "receipts.member_id"]).ddl_if(
            dialect="sqlite"
        ),
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
    Column("vat_rate_bp", BigInteger, nullable=False),
    # The first of the article's groups is what reports sum by, where nobody asks for another.
    Column("article_group", Text, nullable=False),
    Column("article_group_2", Text, nullable=False),
    Column("article_group_3", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reference_line", BigInteger, nullable=False),
)

receipt_taxes = _part_of_receipt(
    "receipt_taxes",
    Column("vat_key", Text, nullable=False),
    Column("vat_rate_bp", BigInteger, nullable=False),
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

receipt_discounts = _part_of_receipt(
    "receipt_discounts",
    # The receipt's line that it was taken off.
    Column("line", BigInteger, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
)

aborted_sales = Table(
    "aborted_sales",
    metadata,
    Column("sale_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", BigInteger, nullable=False),
    Column("z_no", BigInteger, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("aborted_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("stamp", Text, nullable=False),
)
