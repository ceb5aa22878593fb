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
