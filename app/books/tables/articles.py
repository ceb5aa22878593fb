"""Articles, their barcodes, VAT rates."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from app.books.tables.base import metadata

articles = Table(
    "articles",
    metadata,
    Column("ident_no", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("vat_key", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("barcodes", Text, nullable=False),
    Column("article_groups", Text, nullable=False),
    Column("open_price", Boolean, nullable=False),
    Column("purchase_price_minor", BigInteger, nullable=False),
    Column("age_limit", BigInteger, nullable=False),
    Column("discountable", Boolean, nullable=False),
    Column("container_deposit", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("bare_ident", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("articles_by_bare_ident", "bare_ident"),
    Index("articles_by_price", "price_minor", "ident_no"),
)
"""``search_text``: what an article is searched by (``app.domain.search_text``); empty if it was removed.
``bare_ident``: the ident number without leading zeros, which need not be typed."""

article_barcodes = Table(
    "article_barcodes",
    metadata,
    Column("barcode", Text, primary_key=True),
    Column("ident_no", Text, primary_key=True),
    Column("stamp", Text, primary_key=True),
    Index("article_barcodes_by_ident", "ident_no"),
)

article_sources = Table(
    "article_sources",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("stamp", Text, nullable=False),
)
"""The newest fact about an article of each member that has written any: what has changed if any article has."""

vat_rates = Table(
    "vat_rates",
    metadata,
    Column("vat_key", Text, primary_key=True),
    Column("valid_from", Text, primary_key=True),
    Column("rate_bp", BigInteger, nullable=False),
    Column("stamp", Text, nullable=False),
)
