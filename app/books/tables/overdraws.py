"""Settlements of what was used beyond its resource."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from app.books.tables.base import metadata

overdraw_settlements = Table(
    "overdraw_settlements",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("hold_id", Text, primary_key=True),
    Column("settlement_id", Text, primary_key=True),
    Column("settled_before", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("how", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("settled_at", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
