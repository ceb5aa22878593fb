"""Z reports as they were printed. What belongs to one are the receipts and movements that carry its number."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from app.books.tables.base import metadata

z_reports = Table(
    "z_reports",
    metadata,
    Column("till_no", BigInteger, primary_key=True),
    Column("z_no", BigInteger, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("z_report_no", Text, nullable=False),
    Column("closed_at", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("receipts", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
