"""Users as they are now: what is needed to log in and to say what somebody may do."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table, Text

from app.books.tables.base import metadata

users = Table(
    "users",
    metadata,
    Column("user", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("badge_hash", Text, nullable=False),
    Column("valid_until", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("users_by_badge", "badge_hash"),
)
"""``roles`` and ``rights`` are JSON lists."""
