"""Customers, who is forgotten, what they paid of their credit and bought. Whatever is personal is sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from app.books.tables.base import metadata

customers = Table(
    "customers",
    metadata,
    Column("customer_no", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("customer_group", Text, nullable=False),
    Column("credit_limit_minor", BigInteger, nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("stamp", Text, nullable=False),
)

forgotten_persons = Table(
    "forgotten_persons",
    metadata,
    # The customer's number, and the ids that the customer's invoices were sealed with.
    Column("person_id", Text, primary_key=True),
    Column("customer_no", Text, nullable=False),
    Column("forgotten_at", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

credit_payments = Table(
    "credit_payments",
    metadata,
    Column("paid_id", Text, primary_key=True),
    Column("customer_no", Text, nullable=False),
    # Below zero: the receipt was voided, and the debt is back.
    Column("amount_minor", BigInteger, nullable=False),
    Column("receipt_no", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("paid_at", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("credit_payments_by_customer", "customer_no"),
)

customer_receipts = Table(
    "customer_receipts",
    metadata,
    Column("receipt_no", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("customer_no", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    # 1, or -1 for a receipt that voids another.
    Column("counts", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Index("customer_receipts_by_customer", "customer_no", "business_day"),
)

customer_buyers = Table(
    "customer_buyers",
    metadata,
    Column("customer_no", Text, primary_key=True),
    Column("buyer_id", Text, primary_key=True),
)
