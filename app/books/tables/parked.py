"""Parked sales as they were put aside; whether one is still there is in the ledger of resources."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from app.books.tables.base import metadata

parked_sales = Table(
    "parked_sales",
    metadata,
    Column("park_no", Text, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("parked_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("sale", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("parked_sales_by_sale", "sale_id"),
)
