"""Prices as they were entered: one row per article, price list and period."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from app.books.tables.base import metadata

prices = Table(
    "prices",
    metadata,
    Column("ident_no", Text, primary_key=True),
    Column("price_list", BigInteger, primary_key=True),
    Column("valid_from", Text, primary_key=True),
    Column("valid_until", Text, primary_key=True),
    Column("price_minor", BigInteger),
    Column("stamp", Text, nullable=False),
)
"""``price_minor`` NULL: taken back. The row stays, or an older fact that comes late would bring the price back."""
