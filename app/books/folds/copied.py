"""Many rows into PostgreSQL at once: by ``COPY`` into a table of the connection's own, and from there by one statement.

A row that is sent by itself costs the driver three times what the server needs for it. So a block of rows goes over as
one stream, and one ``INSERT … SELECT … ON CONFLICT`` puts them where they belong. Of rows of one block that compete for
a place the statement gets one, the same that would have stayed had they come one by one: PostgreSQL refuses to change
a row twice in a statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.sql.dml import Insert

from app.books.folds.statements import Rows, Statement

COPIED_ROWS = 40
"""Of fewer rows the driver is through before the server has emptied the table of the last block."""


class CopiedStatement(Statement):
    """An insert that takes many rows at once. ``first``: which of competing rows stays, as SQL orders them; none: any.

    How many rows changed is exact only without competing rows in a block.
    """

    def __init__(
        self, statement: Insert, dialect: Dialect, columns: Sequence[str], table: Table, first: str = ""
    ) -> None:
        super().__init__(statement, dialect, columns)
        quote = dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in columns)
        key = ", ".join(quote(column.name) for column in table.primary_key)
        conflict = self._text[self._text.index(" ON CONFLICT") :]
        stage = f"pg_temp.{quote(f'copied_{table.name}')}"
        chosen = (
            f"DISTINCT ON ({key}) {names} FROM {stage} ORDER BY {key}, {first}" if first else f"{names} FROM {stage}"
        )
        whole = quote(table.name)
        self._make = f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS TABLE {whole} WITH NO DATA"
        self._stage = f"COPY {stage} ({names}) FROM STDIN"
        self._empty = f"TRUNCATE {stage}"
        self._insert = f"INSERT INTO {whole} ({names}) SELECT {chosen}{conflict}"

    def write(self, connection: Connection, rows: Rows) -> int:
        if len(rows) < COPIED_ROWS:
            return super().write(connection, rows)
        return self._copied(connection, [tuple([row[name] for name in self._columns]) for row in rows])

    def write_tuples(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        if len(rows) < COPIED_ROWS:
            return super().write_tuples(connection, rows)
        return self._copied(connection, rows)

    def _copied(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(self._make)
            cursor.execute(self._empty)
            with cursor.copy(self._stage) as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(self._insert)
            return int(cursor.rowcount)
        finally:
            cursor.close()
