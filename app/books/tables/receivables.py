"""Delivery notes and invoices as they were issued. What is open of them is in the ledger of resources."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from app.books.tables.base import metadata

delivery_notes = Table(
    "delivery_notes",
    metadata,
    Column("delivery_note_no", Text, primary_key=True),
    Column("receipt_no", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("customer_no", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("resource", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("delivery_notes_by_customer", "customer_no", "delivery_note_no"),
)

collective_invoices = Table(
    "collective_invoices",
    metadata,
    Column("invoice_no", Text, primary_key=True),
    Column("customer_no", Text, nullable=False),
    Column("till_no", BigInteger, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("resource", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("collective_invoices_by_customer", "customer_no", "invoice_no"),
)

invoiced_notes = Table(
    "invoiced_notes",
    metadata,
    Column("delivery_note_no", Text, primary_key=True),
    Column("invoice_no", Text, primary_key=True),
)

invoices = Table(
    "invoices",
    metadata,
    Column("invoice_no", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)
"""Every invoice whole, as it was printed: of one receipt, or of delivery notes together."""
