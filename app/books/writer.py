"""Records into the books: one transaction a batch, with the position of every feed.

Rules:

1. A record at or below its feed's position has been folded already and is skipped.
2. A gap is our own fault (``BooksGap``): replication hands over every feed in order.
3. Whatever cannot be read (an unknown kind, a body that does not fit, a fact in a feed where it
   does not belong) moves the position and is counted in ``passed_over``: one bad record of one
   till must not stop the books of all.
4. All of a batch or nothing: a crash leaves books that agree with their positions.

One thread at a time; replication calls from a thread of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from sqlalchemy import Connection, Dialect, Engine, delete, insert, select, update

from app.books.folds.every import CHECKS, folds
from app.books.folds.stamped import Folding, Stamped, Statement, Upserts
from app.books.schema import CONTENTS
from app.books.tables.base import passed_over, positions
from app.facts import codec
from app.facts.base import Fact
from replication.core.model import Feed, Record

REBUILD_BATCH = 2_000
"""Records folded at once when the books are folded anew: bounds memory."""

UNKNOWN, UNREADABLE, MISPLACED = "unknown_kind", "unreadable", "wrong_feed"


class BooksGap(Exception):
    """A record came before the one that it follows."""


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
    """The only one who writes into these books."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._handlers, self._set_position = _statements(engine.dialect)
        self._positions = self._read_positions()

    def positions(self) -> dict[Feed, int]:
        """How far each feed has been folded."""
        return dict(self._positions)

    def apply(self, records: Sequence[Record]) -> None:
        """Fold the records in one transaction. Already folded ones are skipped; ``BooksGap`` if one is missing."""
        fresh, moved = self._fresh(records)
        if not fresh:
            return
        with self._engine.begin() as connection:
            self._fold(connection, fresh)
            self._move(connection, moved)
        self._positions.update(moved)

    def rebuild(self, records: Iterable[Record]) -> int:
        """Empty the books and fold all records anew, in one transaction; how many there were.

        Every feed's records must come in order from its first; readers see the old books until the end.
        """
        before, self._positions = self._positions, {}
        count = 0
        source = iter(records)
        try:
            with self._engine.begin() as connection:
                for table in reversed((positions, passed_over, *CONTENTS)):
                    connection.execute(delete(table))
                while batch := list(islice(source, REBUILD_BATCH)):
                    fresh, moved = self._fresh(batch)
                    self._fold(connection, fresh)
                    self._move(connection, moved)
                    self._positions.update(moved)
                    count += len(fresh)
        except BaseException:
            self._positions = before
            raise
        return count

    def _fresh(self, records: Sequence[Record]) -> tuple[list[Record], dict[Feed, int]]:
        fresh: list[Record] = []
        moved: dict[Feed, int] = {}
        for record in records:
            position = moved.get(record.feed, self._positions.get(record.feed, 0))
            if record.seq <= position:
                continue
            if record.seq != position + 1:
                raise BooksGap(f"{record.feed}: record {record.seq} came when {position + 1} was due")
            moved[record.feed] = record.seq
            fresh.append(record)
        return fresh, moved

    def _fold(self, connection: Connection, records: Sequence[Record]) -> None:
        by_type: dict[type[Fact], list[Stamped]] = {}
        passed: Counter[tuple[str, str]] = Counter()
        for record in records:
            read = _read(record)
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

    def _read_positions(self) -> dict[Feed, int]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(positions)).all()
        return {Feed(row.member_id, row.topic): row.seq for row in rows}


def stamp_of(record: Record) -> str:
    """What orders facts the same way at every till: hybrid time, then member, then sequence."""
    return f"{record.hlc}/{record.feed.member}/{record.seq:012d}"


def _read(record: Record) -> Fact | str:
    """The record's fact, or why it is passed over."""
    topic = codec.topic_of(record.kind)
    if topic is None:
        return UNKNOWN
    if topic != record.feed.topic:
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
