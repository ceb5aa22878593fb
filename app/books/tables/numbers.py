"""Every number of a document that was ever given out, taken apart; receipts keep theirs in ``receipts``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from app.books.tables.base import metadata

document_numbers = Table(
    "document_numbers",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("prefix", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("member_id", Text, primary_key=True),
)
"""The key finds the last number of a range without reading any other."""

assigned_ranges = Table(
    "assigned_ranges",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("till_no", BigInteger, primary_key=True),
    Column("prefix", Text, primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("end", BigInteger, primary_key=True),
    Column("stamp", Text, nullable=False),
)
"""Every range that was ever assigned to a till, with when it was first: an import that repeats it changes nothing."""
