"""A fact with where and when it was written, and which of competing rows stays in the books."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Delete, Insert, Update

from app.books.folds.copied import CopiedStatement
from app.books.folds.statements import Statement


class Stamped(NamedTuple):
    """A fact as the fold gets it. ``stamp`` orders facts the same way at every till."""

    fact: Any
    member_id: str
    stamp: str


def second_hand(stamp: str) -> str:
    """The stamp of what was told by somebody who only heard of it: later than every stamp of who was there.

    So of all that competes for the oldest row a first-hand fact wins, however far clocks are off. A stamp begins with
    a digit, and a letter is behind all digits however a database sorts text.
    """
    return f"z{stamp}"


_STAMP = re.compile(r"[0-9]{16}-[0-9]{5}/[0-9A-Za-z]{1,64}/[0-9]{12}")


def word_of(fact: Any, stamp: str) -> str:
    """The stamp by which a fact that may repeat another competes: that of what it repeats, never a later one.

    So whoever has both, in any order, has the same as whoever has the first word alone.
    """
    return fact.of if fact.of and fact.of < stamp and _STAMP.fullmatch(fact.of) else stamp


Folding = Callable[[Connection, Sequence[Stamped]], None]


def _insert_of(name: str) -> Callable[[Table], Any]:
    if name == "sqlite":
        return sqlite.insert
    if name == "postgresql":
        # Nearly every till keeps its books in SQLite, and this dialect is large.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert
    raise ValueError(f"books cannot be kept in {name}; use sqlite or postgresql")


_LAST = "ctid DESC"
"""Where PostgreSQL has put a row: in the order in which they came, in a table that is only ever added to."""


class Upserts:
    """Makes insert-or-update statements of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._insert = _insert_of(dialect.name)

    def newest(self, table: Table) -> Statement:
        """The row with the newest ``stamp`` stays."""
        return self._competing(table, newest=True)

    def oldest(self, table: Table) -> Statement:
        """The row with the oldest ``stamp`` stays."""
        return self._competing(table, newest=False)

    def part(self, table: Table, stamp: str, columns: Sequence[str]) -> Statement:
        """Fills some columns of a row that several facts share; of two facts the one with the oldest stamp stays."""
        key = [column.name for column in table.primary_key]
        rows = self._insert(table)
        mine, theirs = table.c[stamp], rows.excluded[stamp]
        filled = {name: rows.excluded[name] for name in (stamp, *columns)}
        statement = rows.on_conflict_do_update(
            index_elements=key, set_=filled, where=(mine.is_(None)) | (theirs < mine)
        )
        return self._made(statement, table, (*key, stamp, *columns), stamp)

    def filled(self, table: Table, columns: Sequence[str]) -> Statement:
        """Sets some columns of a row that several facts share, whatever is in them."""
        key = [column.name for column in table.primary_key]
        rows = self._insert(table)
        statement = rows.on_conflict_do_update(index_elements=key, set_={name: rows.excluded[name] for name in columns})
        return self._made(statement, table, (*key, *columns), _LAST)

    def once(self, table: Table) -> Statement:
        """A row that is there already stays as it is."""
        return self._whole(table, self._insert(table).on_conflict_do_nothing(), "")

    def last(self, table: Table) -> Statement:
        """The row that is written last stays."""
        key, others, rows = self._parts(table)
        return self._whole(table, rows.on_conflict_do_update(index_elements=key, set_=others), _LAST)

    def prepared(self, statement: Update | Delete) -> Statement:
        """Any other statement; its rows give what it calls ``bindparam``."""
        return Statement(statement, self._dialect)

    def _competing(self, table: Table, *, newest: bool) -> Statement:
        key, others, rows = self._parts(table)
        mine, theirs = table.c.stamp, rows.excluded.stamp
        wins = theirs > mine if newest else theirs < mine
        statement = rows.on_conflict_do_update(index_elements=key, set_=others, where=wins)
        return self._whole(table, statement, "stamp DESC, ctid" if newest else "stamp, ctid")

    def _parts(self, table: Table) -> tuple[list[str], dict[str, Any], Any]:
        key = [column.name for column in table.primary_key]
        rows = self._insert(table)
        return key, {column.name: rows.excluded[column.name] for column in table.c if column.name not in key}, rows

    def _whole(self, table: Table, statement: Insert, first: str) -> Statement:
        return self._made(statement, table, [column.name for column in table.c], first)

    def _made(self, statement: Insert, table: Table, columns: Sequence[str], first: str) -> Statement:
        if self._dialect.name == "postgresql":
            return CopiedStatement(statement, self._dialect, columns, table, first)
        return Statement(statement, self._dialect, columns)
