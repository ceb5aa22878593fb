"""Metadata, and what the books know about themselves."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

positions = Table(
    "positions",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

passed_over = Table(
    "passed_over",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("records", BigInteger, nullable=False),
)
