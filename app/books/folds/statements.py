"""A statement of SQLAlchemy's, compiled once, and its rows straight to the driver."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.dml import Delete, Insert, Update

BLOCK_ROWS = 50
"""Rows that one statement inserts. ``sqlite3`` lets go of the interpreter for each statement and asks for it again:
for each row that costs more than the row, while replication computes beside it."""
BLOCK_VALUES = 999
"""The most that every SQLite takes in one statement: of wide rows fewer go into a block."""

Rows = list[dict[str, Any]]


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
        self._block_rows = min(BLOCK_ROWS, BLOCK_VALUES // max(1, len(columns)))
        if compiled.positional:
            self._positions = tuple(compiled.positiontup)
            places = f"({', '.join('?' * len(columns))})"
            if dialect.name == "sqlite" and columns and self._text.count(places) == 1:
                self._block = self._text.replace(places, ", ".join([places] * self._block_rows))

    def write(self, connection: Connection, rows: Rows) -> int:
        """Run for every row, if there are any; how many rows of the table changed."""
        names = self._positions
        if names is not None:
            return self._run(connection, [tuple([row[name] for name in names]) for row in rows])
        return self._carry_out(connection, self._text, rows) if rows else 0

    def write_tuples(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """As ``write``, for an insert whose values come in the order of the table's columns."""
        if self._positions == self._columns:
            return self._run(connection, rows)
        return self.write(connection, [dict(zip(self._columns, row, strict=True)) for row in rows])

    def _run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        changed, done, size = 0, 0, self._block_rows
        if self._block and len(rows) >= size:
            done = len(rows) - len(rows) % size
            blocks = [tuple(chain.from_iterable(rows[at : at + size])) for at in range(0, done, size)]
            changed = self._carry_out(connection, self._block, blocks)
        if rest := rows[done:]:
            changed += self._carry_out(connection, self._text, rest)
        return changed

    @staticmethod
    def _carry_out(connection: Connection, text: str, rows: Sequence[Any]) -> int:
        """Straight to the driver, in the connection's transaction: the way there is longer than the statement."""
        cursor = connection.connection.cursor()
        try:
            if len(rows) == 1:
                cursor.execute(text, rows[0])
            else:
                cursor.executemany(text, rows)
            return int(cursor.rowcount)
        finally:
            cursor.close()
