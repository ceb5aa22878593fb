"""The engines that reports are asked of: read only, and all questions of one report see the same moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.books import postgres
from app.books.address import is_url
from app.books.schema import SCHEMA_VERSION
from app.books.versions import TABLE as VERSION
from app.domain.reference import SUBJECTS, Reference, ReferenceFault, value_of
from app.office.reports import copies
from app.office.reports.asking import rows_of
from app.office.reports.tables import table
from app.text import gettext as _

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend


class BooksNotReadable(Exception):
    """No report can be made of these books; the text says why and what to do."""


@contextlib.contextmanager
def opened(place: Path | str) -> Iterator[SQLBackend]:
    """The books at this place as Ibis sees them: a file, a PostgreSQL URL, a folder of copies. ``BooksNotReadable``."""
    if isinstance(place, str) and is_url(place):
        engine = _server(place)
    else:
        engine = _copies(Path(place)) if Path(place).is_dir() else _file(Path(place))
    try:
        yield engine
    finally:
        engine.disconnect()


def reference_of(engine: SQLBackend) -> Reference:
    """The reference data of the books."""
    import msgspec

    known = table("reference_data")
    values: dict[str, dict[str, Any]] = {}
    asked = known.filter(~known.removed).select("subject", "key", "value").order_by("subject", "key")
    for subject, key, value in rows_of(engine, asked):
        if subject in SUBJECTS:
            try:
                values.setdefault(subject, {})[key] = value_of(subject, msgspec.json.decode(value))
            except ReferenceFault:
                continue  # of another version: books keep what they do not understand
    return Reference("", values)


def _file(path: Path) -> SQLBackend:
    import sqlite3

    import ibis

    if not path.is_file():
        raise BooksNotReadable(_("{path} does not exist; open the till or the office once").format(path=path))
    try:
        with contextlib.closing(sqlite3.connect(path)) as looked_at:
            looked_at.execute("PRAGMA schema_version")  # Ibis would leave open what is no database
    except sqlite3.DatabaseError as error:
        raise BooksNotReadable(_not_read(str(path), error)) from None
    engine: SQLBackend = ibis.sqlite.connect(path)
    try:
        # One transaction, so that a report never sees half of what is folded meanwhile; and nothing is written.
        for statement in ("PRAGMA query_only = ON", "PRAGMA busy_timeout = 5000", "BEGIN"):
            engine.raw_sql(statement).close()
        _check_version(engine)
    except sqlite3.DatabaseError as error:
        engine.disconnect()
        raise BooksNotReadable(_not_read(str(path), error)) from None
    except BooksNotReadable:
        engine.disconnect()
        raise
    return engine


def _copies(folder: Path) -> SQLBackend:
    import duckdb

    if not copies.is_copy(folder):
        reason = _("{folder} holds no whole copy of books; make one: tillmesh report copies {folder}")
        raise BooksNotReadable(reason.format(folder=folder))
    engine: SQLBackend | None = None
    try:
        engine = copies.opened(folder)
        _check_version(engine)
    except (duckdb.Error, BooksNotReadable) as error:
        if engine is not None:
            engine.disconnect()
        if isinstance(error, BooksNotReadable):
            raise
        raise BooksNotReadable(_not_read(str(folder), error)) from None
    return engine


def _server(url: str) -> SQLBackend:
    import ibis
    import psycopg
    from sqlalchemy.engine import make_url

    parts = make_url(url)
    given = {"host": parts.host, "port": parts.port, "user": parts.username, "password": parts.password}
    said: dict[str, Any] = {key: value for key, value in (given | dict(parts.query)).items() if value is not None}
    engine: SQLBackend | None = None
    try:
        engine = ibis.postgres.connect(database=parts.database, autocommit=False, **said)
        engine.raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").close()
        _check_version(engine)
    except (psycopg.Error, BooksNotReadable) as error:
        if engine is not None:
            engine.disconnect()
        if isinstance(error, BooksNotReadable):
            raise
        raise BooksNotReadable(_not_read(postgres.shown(url), error)) from None
    return engine


def _check_version(engine: SQLBackend) -> None:
    if list(rows_of(engine, table(VERSION.name))) != [(SCHEMA_VERSION,)]:
        raise BooksNotReadable(
            _("the books are of another version of the program; open the office with this one, and they are renewed")
        )


def _not_read(what: str, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0]
    return _("the books {what} cannot be read: {reason}; `tillmesh status` says more").format(what=what, reason=reason)
