"""Who may write into the books now, and how far they are: of a file its only writer, of a server one after the other.

Several offices may share one database. Whoever writes takes an advisory lock to the end of his transaction, and only
then looks how far each feed is: what another office has folded meanwhile is skipped, so every record counts once,
whoever brings it. The lock goes with the connection, so an office that dies keeps nobody out. One that hangs is cut
off by who has waited for it (``postgres.HUNG_S``), and nothing of its batch is there.

Books that somebody emptied and folded anew, perhaps of fewer feeds than another office knows, have another *folding*;
and books out of a backup may lack what was in them. Either way a writer finds less than it had written
(``BooksBehind``), and brings what is missing (``app.engine.catching_up``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy import Connection, Engine, func, select, tuple_
from sqlalchemy.exc import DBAPIError

from app.books import postgres
from app.books.schema import LOCK, check_version
from app.books.tables.base import meta, positions
from app.books.versions import FOLDING, TABLE, count_folding
from replication.core.model import Feed


class BooksGap(Exception):
    """A record came before the one that it follows."""


class BooksBehind(BooksGap):
    """The books lack records that they had: ``BooksWriter.look`` says how far they are now."""


class Turn(Protocol):
    """How one writer comes to write."""

    def look(self, connection: Connection) -> dict[Feed, int]:
        """How far every feed is; the writer knows no older books from now on."""

    def take(self, connection: Connection, feeds: Collection[Feed], known: Mapping[Feed, int]) -> Mapping[Feed, int]:
        """Write from now to the end of the transaction: how far these feeds are, where this writer knew ``known``."""

    def begin_anew(self, connection: Connection) -> None:
        """Take the turn to empty the books."""


def turn_of(engine: Engine) -> Turn:
    """The way these books are written."""
    return _InTurn() if engine.dialect.name == "postgresql" else _Alone()


class _Alone:
    """Nobody else writes, so what this writer remembers holds."""

    def look(self, connection: Connection) -> dict[Feed, int]:
        return {Feed(row.member_id, row.topic): row.seq for row in connection.execute(select(positions))}

    def take(self, _connection: Connection, _feeds: Collection[Feed], known: Mapping[Feed, int]) -> Mapping[Feed, int]:
        return known

    def begin_anew(self, connection: Connection) -> None:
        pass


class _InTurn(_Alone):
    """Others write as well."""

    def __init__(self) -> None:
        self._folding: str | None = None

    def look(self, connection: Connection) -> dict[Feed, int]:
        _lock(connection)
        self._folding = _folding(connection)
        return super().look(connection)

    def take(self, connection: Connection, feeds: Collection[Feed], known: Mapping[Feed, int]) -> Mapping[Feed, int]:
        _lock(connection)
        check_version(connection.execute(select(TABLE.c.version_num)).scalar(), connection.engine)
        if self._folding != _folding(connection):
            raise BooksBehind("the books were folded anew by another office")
        feed = tuple_(positions.c.member_id, positions.c.topic)
        rows = connection.execute(select(positions).where(feed.in_([(each.member, each.topic) for each in feeds])))
        now = {Feed(row.member_id, row.topic): row.seq for row in rows}
        for each in feeds:
            if now.get(each, 0) < known.get(each, 0):
                raise BooksBehind(f"{each}: the books had {known[each]} records of it, and have {now.get(each, 0)}")
        return now

    def begin_anew(self, connection: Connection) -> None:
        _lock(connection)
        self._folding = count_folding(connection)


def _lock(connection: Connection) -> None:
    # A statement of its own: the next one sees what was committed while this one waited.
    try:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    except DBAPIError as error:
        if not postgres.waited_too_long(error):
            raise
        postgres.end_hung(connection.engine, LOCK)
        place = connection.engine.url.render_as_string(hide_password=False)
        raise postgres.unavailable(error, place) from None


def _folding(connection: Connection) -> str:
    return connection.execute(select(meta.c.value).where(meta.c.key == FOLDING)).scalar() or "0"
