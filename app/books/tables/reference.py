"""Reference data: one row per subject and key, the value as JSON."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from app.books.tables.base import metadata

reference_data = Table(
    "reference_data",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("stamp", Text, nullable=False),
)
