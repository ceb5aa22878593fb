"""The tables of the books, and how books are opened.

Every fact's row keeps its *stamp*, ``hybrid time/member/sequence``: text whose order is the
order of facts, the same at every till. Where facts compete, the newest stamp wins (articles,
rates: the last word counts) or the oldest (what happens only once: the first word counts).
That makes every fold independent of the order of arrival.

``SCHEMA_VERSION`` grows with any change of tables or folds; books of another version are
emptied when opened and so folded anew, since their positions begin at nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DatabaseError

SCHEMA_VERSION = "1"

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
    Column("search_text", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

article_barcodes = Table(
    "article_barcodes",
    metadata,
    Column("barcode", Text, primary_key=True),
    Column("ident_no", Text, primary_key=True),
    Column("stamp", Text, primary_key=True),
    Index("article_barcodes_by_ident", "ident_no"),
)

vat_rates = Table(
    "vat_rates",
    metadata,
    Column("vat_key", Text, primary_key=True),
    Column("valid_from", Text, primary_key=True),
    Column("rate_bp", Integer, nullable=False),
    Column("stamp", Text, nullable=False),
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("code", Text, primary_key=True),
    Column("voucher_kind", Text, nullable=False),
    Column("value_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("till_no", Integer, nullable=False),
    Column("receipt_no", Text, nullable=False),
    Column("vat_key", Text, nullable=False),
    Column("expires_on", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

voucher_holds = Table(
    "voucher_holds",
    metadata,
    Column("code", Text, primary_key=True),
    Column("hold_id", Text, primary_key=True),
    # voucher.held
    Column("held_stamp", Text),
    Column("held_by", Text),
    Column("held_minor", BigInteger),
    Column("sale_id", Text),
    Column("till_no", Integer),
    Column("held_at", Text),
    Column("coverage", Text),
    # voucher.hold_released
    Column("released_stamp", Text),
    Column("released_at", Text),
    Column("release_reason", Text),
    # voucher.redeemed
    Column("redeemed_stamp", Text),
    Column("redeemed_minor", BigInteger),
    Column("receipt_no", Text),
    Column("redeemed_at", Text),
)

receipts = Table(
    "receipts",
    metadata,
    Column("receipt_no", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("sale_id", Text, nullable=False),
    Column("business_day", Text, nullable=False),
    Column("finished_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("change_minor", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Index("receipts_by_till", "till_no", "sequence"),
    Index("receipts_by_day", "business_day", "till_no"),
)


def _part_of_receipt(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        Column("receipt_no", Text, primary_key=True),
        Column("member_id", Text, primary_key=True),
        Column("row", Integer, primary_key=True),
        *columns,
        ForeignKeyConstraint(["receipt_no", "member_id"], ["receipts.receipt_no", "receipts.member_id"]),
    )


receipt_lines = _part_of_receipt(
    "receipt_lines",
    Column("business_case", Text, nullable=False),
    Column("ident_no", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("vat_key", Text, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
)

receipt_taxes = _part_of_receipt(
    "receipt_taxes",
    Column("vat_key", Text, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
)

receipt_tenders = _part_of_receipt(
    "receipt_tenders",
    Column("tender", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
)

aborted_sales = Table(
    "aborted_sales",
    metadata,
    Column("sale_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("till_no", Integer, nullable=False),
    Column("aborted_at", Text, nullable=False),
    Column("cashier", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("stamp", Text, nullable=False),
)

CONTENTS = tuple(table for table in metadata.sorted_tables if table not in (meta, positions, passed_over))
"""What is the same at every till that knows the same facts."""


class BooksDamaged(Exception):
    """The books' file cannot be read; they can be folded anew from the feeds."""


def open_books(place: Path | str) -> Engine:
    """Open or make the books: a file, or a database URL. ``BooksDamaged`` if the file is no database."""
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    try:
        with engine.begin() as connection:
            _prepare(connection)
    except DatabaseError as error:
        engine.dispose()
        reason = f"the books {place} cannot be read ({error.orig}); move that file away and run: tillmesh rebuild"
        raise BooksDamaged(reason) from None
    return engine


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """WAL lets the screens read while the engine writes. NORMAL: the feeds are durable, the books follow them."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare(connection: Connection) -> None:
    if inspect(connection).has_table("meta"):
        version = connection.execute(select(meta.c.value).where(meta.c.key == "schema_version")).scalar()
        if version == SCHEMA_VERSION:
            return
        metadata.drop_all(connection)
    metadata.create_all(connection)
    connection.execute(insert(meta).values(key="schema_version", value=SCHEMA_VERSION))
