"""Records into the books: one transaction a batch, with the position of every feed.

Rules:

1. A record at or below its feed's position has been folded already and is skipped, whoever folded it (``turns.py``).
2. A gap is our own fault (``BooksGap``): replication hands over every feed in order. Books that several offices write
   may also have lost what they had (``BooksBehind``).
3. Whatever cannot be read (an unknown kind, a body that does not fit, a fact in a feed where it
   does not belong) moves the position and is counted in ``passed_over``: one bad record of one
   till must not stop the books of all. So does what a server cannot hold (a key of thousands of characters).
4. All of a batch or nothing: a crash leaves books that agree with their positions.

One thread at a time; replication calls from a thread of its own.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, Dialect, Engine, delete, insert, update
from sqlalchemy.exc import DBAPIError

from app.books import postgres
from app.books.folds.every import CHECKS, folds
from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.folds.statements import Statement
from app.books.schema import CONTENTS
from app.books.tables.base import passed_over, positions
from app.books.turns import BooksGap, turn_of
from app.facts import codec, flows
from app.facts.base import Fact
from replication.core.model import Feed, Record

REBUILD_BATCH = 2_000
"""Records folded at once when the books are folded anew: bounds memory."""

UNKNOWN, UNREADABLE, MISPLACED = "unknown_kind", "unreadable", "wrong_feed"


class BooksNotWritten(Exception):
    """The books' file cannot be written (a full disk); the text says why. Nothing of the batch is in it."""


_Handlers = dict[type[Fact], list[Folding]]
_statements_of: dict[tuple[str, str, str], tuple[_Handlers, Statement]] = {}
"""By dialect, driver and style of parameters: compiling them takes as long as folding hundreds of facts."""


def _statements(dialect: Dialect) -> tuple[_Handlers, Statement]:
    kind = (dialect.name, dialect.driver, dialect.paramstyle)
    if kind not in _statements_of:
        upserts = Upserts(dialect)
        handlers: _Handlers = {}
        for fold in folds(upserts):
            for fact_type, folding in fold.handlers().items():
                handlers.setdefault(fact_type, []).append(folding)
        _statements_of[kind] = (handlers, upserts.last(positions))
    return _statements_of[kind]


class BooksWriter:
    """The only one who writes into these books, unless they are on a server: there offices take turns."""

    def __init__(self, engine: Engine) -> None:
        """Of books that have just been opened."""
        # Each statement sees what others have written before it, also while this one waited for its turn.
        self._engine = engine.execution_options(isolation_level="READ COMMITTED") if _shared(engine) else engine
        self._handlers, self._set_position = _statements(engine.dialect)
        self._connection: Connection | None = None
        """Kept from fact to fact: to fetch and give back one takes longer than to write a voucher."""
        self._turn = turn_of(engine)
        self._positions: dict[Feed, int] = {}
        self.look()

    def close(self) -> None:
        """Give the connection back. The writer may be used again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def positions(self) -> dict[Feed, int]:
        """How far each feed had been folded when this writer last looked."""
        return dict(self._positions)

    def look(self) -> dict[Feed, int]:
        """How far each feed is folded now; after ``BooksBehind`` the writer goes on from there."""
        with self._engine.begin() as connection:
            self._positions = self._turn.look(connection)
        return dict(self._positions)

    def apply(self, records: Sequence[Record]) -> None:
        """Fold the records in one transaction. Already folded ones are skipped.

        ``BooksGap`` if one is missing, ``BooksBehind`` if the books lack what they had,
        ``postgres.BooksUnavailable`` if their server has gone, and ``BooksNotWritten``: then nothing of them is in the
        books.
        """
        records = [record for record in records if record.seq > self._positions.get(record.feed, 0)]
        if not records:
            return
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with postgres.in_time(self._connection), self._connection.begin():
                known = self._turn.take(self._connection, {record.feed for record in records}, self._positions)
                fresh, moved = _fresh(records, known)
                self._fold_or_pass(self._connection, fresh)
                self._move(self._connection, moved)
        except BaseException as error:
            self.close()  # whatever is wrong with it, the next attempt begins with another
            if isinstance(error, Exception) and postgres.gone(error):
                raise postgres.unavailable(error, self._engine.url.render_as_string(hide_password=False)) from None
            if isinstance(error, (DBAPIError, sqlite3.Error)):  # what SQLAlchemy adds is for programmers
                raise BooksNotWritten(str(getattr(error, "orig", error))) from error
            raise
        self._positions.update(known)
        self._positions.update(moved)

    def rebuild(self, records: Iterable[Record]) -> int:
        """Empty the books and fold all records anew, in one transaction; how many there were.

        Every feed's records must come in order from its first; readers see the old books until the end.
        """
        folded: dict[Feed, int] = {}
        count = 0
        source = iter(records)
        with self._engine.begin() as connection:
            self._turn.begin_anew(connection)
            for table in reversed((positions, passed_over, *CONTENTS)):
                connection.execute(delete(table))
            while batch := list(islice(source, REBUILD_BATCH)):
                fresh, moved = _fresh(batch, folded)
                self._fold_or_pass(connection, fresh)
                self._move(connection, moved)
                folded.update(moved)
                count += len(fresh)
        self._positions = folded
        return count

    def _fold_or_pass(self, connection: Connection, records: Sequence[Record]) -> None:
        """Fold all; of what a server cannot hold find the records, and pass over those."""
        if not _shared(self._engine):
            self._fold(connection, records)
            return
        try:
            with connection.begin_nested():
                self._fold(connection, records)
        except Exception as error:
            if not postgres.cannot_be_held(error):
                raise
            if len(records) > 1:
                half = len(records) // 2
                self._fold_or_pass(connection, records[:half])
                self._fold_or_pass(connection, records[half:])
            else:
                _count_passed(connection, records[0].kind, UNREADABLE, 1)

    def _fold(self, connection: Connection, records: Sequence[Record]) -> None:
        by_type: dict[type[Fact], list[Stamped]] = {}
        passed: Counter[tuple[str, str]] = Counter()
        for record in records:
            read = fact_of(record)
            if isinstance(read, str):
                passed[record.kind, read] += 1
            else:
                by_type.setdefault(type(read), []).append(Stamped(read, record.feed.member, stamp_of(record)))
        for fact_type, facts in by_type.items():
            # Some documents are for paper only; one that somebody journals all the same changes nothing.
            for folding in self._handlers.get(fact_type, ()):
                folding(connection, facts)
        for (kind, reason), records_passed in passed.items():
            _count_passed(connection, kind, reason, records_passed)

    def _move(self, connection: Connection, moved: dict[Feed, int]) -> None:
        self._set_position.write_tuples(connection, [(feed.member, feed.topic, seq) for feed, seq in moved.items()])


def _shared(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _fresh(records: Sequence[Record], known: Mapping[Feed, int]) -> tuple[list[Record], dict[Feed, int]]:
    fresh: list[Record] = []
    moved: dict[Feed, int] = {}
    for record in records:
        position = moved.get(record.feed, known.get(record.feed, 0))
        if record.seq <= position:
            continue
        if record.seq != position + 1:
            raise BooksGap(f"{record.feed}: record {record.seq} came when {position + 1} was due")
        moved[record.feed] = record.seq
        fresh.append(record)
    return fresh, moved


def stamp_of(record: Record) -> str:
    """What orders facts the same way at every till: hybrid time, then member, then sequence."""
    return f"{record.hlc}/{record.feed.member}/{record.seq:012d}"


def fact_of(record: Record) -> Fact | str:
    """The record's fact, or why it is passed over: ``UNKNOWN``, ``MISPLACED`` or ``UNREADABLE``."""
    topic = codec.topic_of(record.kind)
    if topic is None:
        return UNKNOWN
    if not flows.belongs(topic, record.kind, record.body, record.feed.topic):
        return MISPLACED
    try:
        fact = codec.read(record.kind, record.body)
        if fact is not None and (check := CHECKS.get(type(fact))):
            check(fact)
    except codec.FactUnreadable:
        return UNREADABLE
    return UNKNOWN if fact is None else fact


def _count_passed(connection: Connection, kind: str, reason: str, records: int) -> None:
    row = (passed_over.c.kind == kind) & (passed_over.c.reason == reason)
    counted = update(passed_over).where(row).values(records=passed_over.c.records + records)
    if not connection.execute(counted).rowcount:
        connection.execute(insert(passed_over).values(kind=kind, reason=reason, records=records))
