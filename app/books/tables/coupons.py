"""Single-use coupons as they were issued; whether one is used is in the ledger of resources."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from app.books.tables.base import metadata

coupons = Table(
    "coupons",
    metadata,
    Column("code", Text, primary_key=True),
    Column("campaign_id", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("receipt_no", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("valid_until", Text, nullable=False),
    Column("customer_no", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
