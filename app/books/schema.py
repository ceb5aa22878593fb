"""How books are opened. Their tables are in ``tables/``.

``SCHEMA_VERSION`` grows with any change of tables or folds, and each version has its file in ``migrations/versions``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import DatabaseError, DBAPIError

from app.books import postgres
from app.books.address import is_url
from app.books.tables import (
    articles,
    audit,
    cash,
    coupons,
    customers,
    numbers,
    orders,
    overdraws,
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
from app.books.versions import Unknown, prepare, version_of
from app.text import gettext as _

SCHEMA_VERSION = "14"

SUBJECTS = (
    articles,
    audit,
    cash,
    coupons,
    customers,
    numbers,
    orders,
    overdraws,
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


NETWORK = "network"
"""In ``meta``, of books that several may write: whose they are."""
LOCK = 0x7469_6C6C
"""Of PostgreSQL's advisory locks: whoever writes these books, or makes their tables, holds it to the end of his
transaction."""

AT_ONCE_S = 4
"""So long somebody waits who has other things to do than to open these books."""


class BooksDamaged(Exception):
    """The books' file cannot be read; they can be folded anew from the feeds."""


def open_books(place: Path | str, *, at_once: bool = False) -> Engine:
    """Open or make the books: a file, or a database's address.

    ``BooksDamaged`` if the file is no database, ``postgres.BooksUnavailable`` if the server cannot be used;
    ``at_once``: it is given up after some seconds if it does not answer.
    """
    if isinstance(place, str) and is_url(place):
        if at_once:
            _open_server(place, patience_s=AT_ONCE_S).dispose()
            return postgres.engine_of(place)
        return _open_server(place)
    engine = create_engine(place if isinstance(place, str) and "://" in place else f"sqlite:///{place}")
    event.listen(engine, "connect", _tune_sqlite)
    try:
        with engine.begin() as connection:
            prepare(connection, SCHEMA_VERSION)
    except Unknown as error:
        engine.dispose()
        advice = "update this program, or fold them anew: tillmesh rebuild"
        reason = f"the books {place} were written by a newer version ({error}); {advice}"
        raise BooksDamaged(reason) from None
    except DatabaseError as error:
        engine.dispose()
        reason = f"the books {place} cannot be read ({error.orig}); move that file away and run: tillmesh rebuild"
        raise BooksDamaged(reason) from None
    return engine


def version_at(place: Path | str) -> str | None:
    """The version of the books there, which are not changed; None if there are none. Raises as ``open_books``."""
    server = isinstance(place, str) and is_url(place)
    if not server and not Path(place).exists():
        return None
    engine = postgres.engine_of(str(place)) if server else create_engine(f"sqlite:///{place}")
    try:
        with engine.connect() as connection:
            return version_of(connection)
    except DBAPIError as error:
        if server:
            raise postgres.unavailable(error, str(place)) from None
        raise BooksDamaged(f"the books {place} cannot be read ({error.orig}); run: tillmesh rebuild") from None
    finally:
        engine.dispose()


def _open_server(url: str, *, patience_s: int = 0) -> Engine:
    engine = postgres.engine_of(url, patience_s=patience_s)
    try:
        with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
            postgres.check_database(connection, url)
            # Two offices that start together make the tables once.
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            prepare(connection, SCHEMA_VERSION)
    except DBAPIError as error:
        if postgres.waited_too_long(error) and not patience_s:
            postgres.end_hung(engine, LOCK)
        engine.dispose()
        raise postgres.unavailable(error, url) from None
    except Unknown as error:
        engine.dispose()
        reason = _("the books in {place} were written by a newer version ({version}); update this program")
        raise postgres.BooksUnavailable(reason.format(place=postgres.shown(url), version=error)) from None
    except ImportError:
        engine.dispose()
        reason = _("the books in {place} are of an older version, and Alembic is not here; install tillmesh[office]")
        raise postgres.BooksUnavailable(reason.format(place=postgres.shown(url))) from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def belong_to(engine: Engine, network_id: str) -> None:
    """The books are this network's from now on; ``postgres.BooksUnavailable`` if they are another's.

    A file lies in its home, but an address of a database is easily given to two homes.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as connection:
        mine = postgres.once(meta).values(key=NETWORK, value=network_id)
        connection.execute(mine)
        owner = connection.execute(select(meta.c.value).where(meta.c.key == NETWORK)).scalar()
    if owner != network_id:
        raise postgres.BooksUnavailable(
            _("the database {place} keeps the books of another network; give this one a database of its own").format(
                place=_shown(engine)
            )
        )


def check_version(version: str | None, engine: Engine) -> None:
    """``postgres.BooksUnavailable`` if somebody has brought the books into another shape since they were opened."""
    if version != SCHEMA_VERSION:
        raise postgres.BooksUnavailable(
            _("the books in {place} were brought to another version; close this program and update it").format(
                place=_shown(engine)
            )
        )


def _shown(engine: Engine) -> str:
    return postgres.shown(engine.url.render_as_string(hide_password=False))


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """WAL lets the screens read while the engine writes. NORMAL: the feeds are durable, the books follow them."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()
