"""How books are opened. Their tables are in ``tables/``.

``SCHEMA_VERSION`` grows with any change of tables or folds; books of another version are
emptied when opened and so folded anew, since their positions begin at nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from app.books.tables import (
    articles,
    audit,
    cash,
    coupons,
    customers,
    numbers,
    orders,
    parked,
    periods,
    prices,
    receipts,
    receivables,
    reference,
    resources,
    users,
    vouchers,
)
from app.books.tables.base import meta, metadata, passed_over, positions

SCHEMA_VERSION = "6"

SUBJECTS = (
    articles,
    audit,
    cash,
    coupons,
    customers,
    numbers,
    orders,
    parked,
    periods,
    prices,
    receipts,
    receivables,
    reference,
    resources,
    users,
    vouchers,
)
"""Every module of tables: importing them is what fills the metadata."""

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
