"""Orders as they were placed and changed, the deposits on them, cancellations. What became of them is in the ledger."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from app.books.tables.base import metadata

orders = Table(
    "orders",
    metadata,
    Column("order_no", Text, primary_key=True),
    Column("till_no", BigInteger, nullable=False),
    Column("placed_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("lines", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("customer_no", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("paid_minor", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("orders_by_sale", "sale_id"),
    Index("orders_by_due", "due_on", "order_no"),
    Index("orders_by_customer", "customer_no", "order_no"),
)

order_changes = Table(
    "order_changes",
    metadata,
    Column("order_no", Text, primary_key=True),
    Column("lines", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("customer_no", Text, nullable=False),
    Column("paid_minor", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
"""What web shops have changed of their orders: of each the newest, in the place of what was placed."""

order_deposits = Table(
    "order_deposits",
    metadata,
    Column("order_no", Text, primary_key=True),
    Column("receipt_no", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("lines", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

order_cancellations = Table(
    "order_cancellations",
    metadata,
    Column("order_no", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("receipt_no", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
