"""The audit log of all tills."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from app.books.tables.base import metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("audit_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("audit_by_time", "at"),
)
