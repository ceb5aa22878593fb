"""Cash beside receipts: moved, and counted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from app.books.tables.base import metadata

cash_movements = Table(
    "cash_movements",
    metadata,
    Column("movement_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", BigInteger, nullable=False),
    Column("z_no", BigInteger, nullable=False),
    Column("movement", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("moved_at", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("cash_movements_by_period", "till_no", "z_no"),
    Index("cash_movements_by_day", "business_day", "till_no"),
)

cash_counts = Table(
    "cash_counts",
    metadata,
    Column("count_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", BigInteger, nullable=False),
    Column("z_no", BigInteger, nullable=False),
    Column("counted_at", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    # The drawers as JSON: what was expected and counted of each currency.
    Column("drawers", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
