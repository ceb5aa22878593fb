"""Vouchers as they were issued, and which are blocked; what is left of them is in the ledger of resources."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Table, Text

from app.books.tables.base import metadata

vouchers = Table(
    "vouchers",
    metadata,
    Column("code", Text, primary_key=True),
    Column("voucher_kind", Text, nullable=False),
    Column("value_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("receipt_no", Text, nullable=False),
    Column("vat_key", Text, nullable=False),
    Column("expires_on", Text, nullable=False),
    Column("ident_no", Text, nullable=False),
    Column("replaces", Text, nullable=False),
    Column("reloadable", Boolean, nullable=False),
    Column("vat_rate_bp", BigInteger, nullable=False),
    Column("stamp", Text, nullable=False),
)

voucher_blocks = Table(
    "voucher_blocks",
    metadata,
    Column("code", Text, primary_key=True),
    Column("blocked", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("user", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
