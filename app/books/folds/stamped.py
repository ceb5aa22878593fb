"""A fact with where and when it was written, and the statements that write rows of many facts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Delete, Insert, Update


class Stamped(NamedTuple):
    """A fact as the fold gets it. ``stamp`` orders facts the same way at every till."""

    fact: Any
    member_id: str
    stamp: str


BLOCK_ROWS = 50
"""Rows that one statement inserts. ``sqlite3`` lets go of the interpreter for each statement and asks for it again:
for each row that costs more than the row, while replication computes beside it. 19 columns are the most that a table
has, and 999 values the most that every SQLite takes."""

Rows = list[dict[str, Any]]
Folding = Callable[[Connection, Sequence[Stamped]], None]


class Statement:
    """A statement of SQLAlchemy's, compiled once, that is given its rows as they are.

    What SQLAlchemy does for every row (gather, convert and order the parameters) costs more than the database
    does. So only values go in that every driver takes as they are: text, integers, booleans and None.
    """

    def __init__(self, statement: Insert | Update | Delete, dialect: Dialect, columns: Sequence[str] = ()) -> None:
        options: dict[str, Any] = {"column_keys": list(columns)} if columns else {}
        compiled: Any = statement.compile(dialect=dialect, for_executemany=True, **options)
        self._text = str(compiled)
        self._columns = tuple(columns)
        self._positions: tuple[str, ...] | None = None
        self._block = ""
        if compiled.positional:
            self._positions = tuple(compiled.positiontup)
            places = f"({', '.join('?' * len(columns))})"
            if dialect.name == "sqlite" and columns and self._text.count(places) == 1:
                self._block = self._text.replace(places, ", ".join([places] * BLOCK_ROWS))

    def write(self, connection: Connection, rows: Rows) -> int:
        """Run for every row, if there are any; how many rows of the table changed."""
        names = self._positions
        if names is not None:
            return self._run(connection, [tuple([row[name] for name in names]) for row in rows])
        return connection.exec_driver_sql(self._text, rows).rowcount if rows else 0

    def write_tuples(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """As ``write``, for an insert whose values come in the order of the table's columns."""
        if self._positions == self._columns:
            return self._run(connection, rows)
        return self.write(connection, [dict(zip(self._columns, row, strict=True)) for row in rows])

    def _run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        changed, done = 0, 0
        if self._block and len(rows) >= BLOCK_ROWS:
            done = len(rows) - len(rows) % BLOCK_ROWS
            blocks = [tuple(chain.from_iterable(rows[at : at + BLOCK_ROWS])) for at in range(0, done, BLOCK_ROWS)]
            changed = connection.exec_driver_sql(self._block, blocks).rowcount
        if rest := rows[done:]:
            changed += connection.exec_driver_sql(self._text, list(rest)).rowcount
        return changed


class Upserts:
    """Makes insert-or-update statements of one database."""

    def __init__(self, dialect: Dialect) -> None:
        makers: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        if dialect.name not in makers:
            raise ValueError(f"books cannot be kept in {dialect.name}; use sqlite or postgresql")
        self._dialect = dialect
        self._insert = makers[dialect.name]

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
        return Statement(statement, self._dialect, (*key, stamp, *columns))

    def once(self, table: Table) -> Statement:
        """A row that is there already stays as it is."""
        return self._whole(table, self._insert(table).on_conflict_do_nothing())

    def last(self, table: Table) -> Statement:
        """The row that is written last stays."""
        key, others, rows = self._parts(table)
        return self._whole(table, rows.on_conflict_do_update(index_elements=key, set_=others))

    def prepared(self, statement: Update | Delete) -> Statement:
        """Any other statement; its rows give what it calls ``bindparam``."""
        return Statement(statement, self._dialect)

    def _competing(self, table: Table, *, newest: bool) -> Statement:
        key, others, rows = self._parts(table)
        mine, theirs = table.c.stamp, rows.excluded.stamp
        wins = theirs > mine if newest else theirs < mine
        return self._whole(table, rows.on_conflict_do_update(index_elements=key, set_=others, where=wins))

    def _parts(self, table: Table) -> tuple[list[str], dict[str, Any], Any]:
        key = [column.name for column in table.primary_key]
        rows = self._insert(table)
        return key, {column.name: rows.excluded[column.name] for column in table.c if column.name not in key}, rows

    def _whole(self, table: Table, statement: Insert) -> Statement:
        return Statement(statement, self._dialect, [column.name for column in table.c])
