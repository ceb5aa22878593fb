"""The ledger of resources: what they were granted, who holds and uses them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from app.books.tables.base import metadata

resource_grants = Table(
    "resource_grants",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("grant_id", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("granted_at", Text, nullable=False),
    Column("till_no", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

resource_holds = Table(
    "resource_holds",
    metadata,
    Column("resource", Text, primary_key=True),
    Column("hold_id", Text, primary_key=True),
    # resource.held
    Column("held_stamp", Text),
    Column("held_by", Text),
    Column("held_amount", BigInteger),
    Column("sale_id", Text),
    Column("till_no", Integer),
    Column("held_at", Text),
    Column("coverage", Text),
    Column("value_minor", BigInteger),
    # resource.hold_released
    Column("released_stamp", Text),
    Column("released_at", Text),
    Column("release_reason", Text),
    # resource.used
    Column("used_stamp", Text),
    Column("used_amount", BigInteger),
    Column("reference", Text),
    Column("used_at", Text),
)
