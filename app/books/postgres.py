"""Books on PostgreSQL: how its server is reached, and what is said when that does not work.

Several offices may keep the books of one network in one database; ``writer.py`` says how they write in turn.

The server is asked to compare text by its bytes, as SQLite does and as stamps are ordered: a database that compares
otherwise is refused, for it would choose other rows than every till. Whoever reads sees the books as they were when
the question began (``REPEATABLE READ``), as in SQLite.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from app.text import gettext as _

DRIVER = "postgresql+psycopg"
CONNECT_S = "10"
"""A server that does not answer must not hold up the start of an office for minutes."""
SILENT_MS = "20000"
"""A server whose network has gone is given up after this time, even in the middle of a statement."""
HUNG_S = 60
"""So long offices wait for their turn; one that has said nothing for all that time in the middle of a batch is cut off.
(The server's own limit for idle transactions does not see those that hang after a pipeline or within a ``COPY``.)"""
PING_S = 5.0
"""So long a server may take to say that it is there."""
WRITE_S = 3 * HUNG_S
"""So long a batch may take; most of it may be waiting for another office's turn."""

_BYTES = text("SELECT 'Z'::text < '_'::text AND '_'::text < 'a'::text AND 'z'::text < 'ä'::text")
_GONE = ("OperationalError", "InterfaceError", "InternalError")
"""Of the driver's errors those that are nobody's fault who asks: it may be asked again."""
_END_HUNG = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objid = :lock AND datname = current_database()"
    " AND wait_event = 'ClientRead' AND state_change < now() - current_setting('lock_timeout')::interval"
)
_LOCKED = "55P03"
_DENIED, _LOST, _VALUES = "42501", ("08", "57P"), ("22", "54")
"""What ``SQLSTATE`` says, or begins with."""


class BooksUnavailable(Exception):
    """The database of the books cannot be used; the text says why and what to do, and holds no password."""


class BooksAway(BooksUnavailable):
    """Its server did not answer, or let nobody in; another time it may."""


def shown(url: str) -> str:
    """The address as people may read it: without its password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return url.partition("://")[0] + "://…"
    plain = parsed.set(drivername="postgresql") if parsed.drivername == DRIVER else parsed
    return plain.difference_update_query(["password"]).render_as_string(hide_password=True)


def engine_of(url: str, *, patience_s: int = 0) -> Engine:
    """An engine that reaches this server; nothing is connected yet. ``BooksUnavailable`` if it is no such address.

    ``patience_s``: so long it waits for the server and for others' locks, where it is less than usual.
    """
    try:
        address = make_url(url).set(drivername=DRIVER)
        engine = create_engine(
            address,
            isolation_level="REPEATABLE READ",
            # Else the first question after the server was started anew would fail. See ``_ping``, too.
            pool_pre_ping=True,
            connect_args={**_CONNECTING, **(_impatient(patience_s) if patience_s else {}), **_given(address.query)},
        )
    except (ArgumentError, ValueError):
        reason = _("{place} is no address of a database; write postgresql://USER@HOST:PORT/DATABASE")
        raise BooksUnavailable(reason.format(place=shown(url))) from None
    except (ImportError, NoSuchModuleError):
        reason = _("books on PostgreSQL need psycopg, which is not installed here; install tillmesh[office]")
        raise BooksUnavailable(reason) from None
    engine.dialect.do_ping = partial(_ping, engine.dialect.do_ping)  # type: ignore[method-assign]
    return engine


def _ping(ping: Callable[[Any], bool], connection: Any) -> bool:
    """A server that hangs keeps its lines open and says nothing: whoever asks it would wait as long as it does."""
    with _cut_after(PING_S, connection):
        return ping(connection)


@contextmanager
def in_time(connection: Connection) -> Iterator[None]:
    """What is done meanwhile fails if the server, without ending the line, has not done it after ``WRITE_S``."""
    if connection.dialect.name != "postgresql":
        yield
        return
    with _cut_after(WRITE_S, connection.connection.dbapi_connection):
        yield


@contextmanager
def _cut_after(patience_s: float, connection: Any) -> Iterator[None]:
    # A descriptor of our own: the connection's may be closed, and somebody else's by then.
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        timer = threading.Timer(patience_s, _cut, (line,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # it is over just now
        line.shutdown(socket.SHUT_RDWR)


_CONNECTING: Mapping[str, Any] = {
    "connect_timeout": CONNECT_S,
    "tcp_user_timeout": SILENT_MS,
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "tillmesh",
    "client_encoding": "utf8",
    # A query that is worth compiling here is a report, and those are compiled by the thousand.
    # The other settings are the server's side of the same: an office whose line is dead holds no lock.
    "options": f"-c lock_timeout={HUNG_S}s -c jit=off -c tcp_keepalives_idle=10"
    f" -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout={SILENT_MS}",
}


def _impatient(patience_s: int) -> dict[str, Any]:
    options = _CONNECTING["options"].replace(f"lock_timeout={HUNG_S}s", f"lock_timeout={patience_s}s")
    return {"connect_timeout": str(patience_s), "options": options}


def once(table: Table) -> Any:
    """An insert that leaves a row alone which is there."""
    # Nearly every till keeps its books in SQLite, and this dialect is large.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table).on_conflict_do_nothing()


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    """What the address says itself counts."""
    return {name: query[name] for name in _CONNECTING if name in query}


def check_database(connection: Connection, place: str) -> None:
    """``BooksUnavailable`` if this database cannot keep text, or compares it in another way than all tills do."""
    make = "createdb --encoding UTF8 --locale C --template template0 NAME"
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        reason = _("the database {place} keeps text as {encoding}, not as UTF8; make another: {make}")
        raise BooksUnavailable(reason.format(place=shown(place), encoding=encoding, make=make))
    if not connection.execute(_BYTES).scalar():
        reason = _("the database {place} sorts text by a language, not by its bytes; make another: {make}")
        raise BooksUnavailable(reason.format(place=shown(place), make=make))


@contextmanager
def reading(engine: Engine, check: Callable[[], None]) -> Iterator[Connection]:
    """A connection to ask; ``BooksUnavailable`` if ``check`` says so, or the server goes away before the answer."""
    check()
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        if not gone(error):
            raise
        raise unavailable(error, engine.url.render_as_string(hide_password=False)) from None


def gone(error: Exception) -> bool:
    """Whether the server did not carry out anything: it is not there, ends, or its disk is full."""
    cause = getattr(error, "orig", error)
    return type(cause).__module__.partition(".")[0] == "psycopg" and any(
        kind.__name__ in _GONE for kind in type(cause).__mro__
    )


def waited_too_long(error: DBAPIError) -> bool:
    """Whether somebody else holds a lock and does not let go of it."""
    return getattr(error.orig, "sqlstate", None) == _LOCKED


def end_hung(engine: Engine, lock: int) -> None:
    """Cut off who holds the advisory lock while the server has waited for his next word all the time that we waited."""
    with engine.connect() as connection:
        connection.execute(_END_HUNG, {"lock": lock})
        connection.commit()


def cannot_be_held(error: Exception) -> bool:
    """Whether it is the values that the server refuses: then it would refuse them again."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None) or ""
    return state.startswith(_VALUES)


def unavailable(error: Exception, place: str) -> BooksAway:
    """What the database's refusal means, in one sentence."""
    cause = getattr(error, "orig", error)
    said = " ".join(str(cause).split())
    state = getattr(cause, "sqlstate", None) or ""
    where = shown(place)
    lowered = said.lower()
    if state == _DENIED:
        reason = _("the database {place} lets this user make or read no tables ({said}); give it the rights")
    elif state == _LOCKED:
        reason = _("another office has been writing into the database {place} for a long time; wait, and try again")
    elif state.startswith(_LOST):
        reason = _("the database {place} has gone away ({said}); start it, or wait until it is back")
    elif state:
        reason = _("the database {place} cannot be used for books ({said})")
    # Who could not even log in hears no state, only what the server or the network said.
    elif "password" in lowered or "passwor" in lowered or "authentication" in lowered or "pg_hba" in lowered:
        reason = _("the database {place} does not let this user in ({said}); check user and password")
    elif "does not exist" in lowered:
        reason = _("the database {place} does not know what it is asked for ({said}); check user and database")
    else:
        reason = _("the database {place} cannot be reached ({said}); check the address, and that it runs")
    return BooksAway(reason.format(place=where, said=said))
