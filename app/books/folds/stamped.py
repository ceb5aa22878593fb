"""A fact with where and when it was written, and the upserts that keep the newest or the oldest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert


class Stamped(NamedTuple):
    """A fact as the fold gets it. ``stamp`` orders facts the same way at every till."""

    fact: Any
    member_id: str
    stamp: str


Rows = list[dict[str, Any]]
Folding = Callable[[Connection, Sequence[Stamped]], None]


class Upserts:
    """Insert-or-update statements of one database; made once, so that their SQL is compiled once."""

    def __init__(self, dialect: str) -> None:
        makers: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        if dialect not in makers:
            raise ValueError(f"books cannot be kept in {dialect}; use sqlite or postgresql")
        self._insert = makers[dialect]

    def newest(self, table: Table) -> Insert:
        """The row with the newest ``stamp`` stays."""
        return self._competing(table, newest=True)

    def oldest(self, table: Table) -> Insert:
        """The row with the oldest ``stamp`` stays."""
        return self._competing(table, newest=False)

    def part(self, table: Table, stamp: str, columns: Sequence[str]) -> Insert:
        """Fills some columns of a row that several facts share; of two facts the one with the oldest stamp stays."""
        key = [column.name for column in table.primary_key]
        rows = self._insert(table)
        mine, theirs = table.c[stamp], rows.excluded[stamp]
        filled = {name: rows.excluded[name] for name in (stamp, *columns)}
        statement: Insert = rows.on_conflict_do_update(
            index_elements=key, set_=filled, where=(mine.is_(None)) | (theirs < mine)
        )
        return statement

    def once(self, table: Table) -> Insert:
        """A row that is there already stays as it is."""
        statement: Insert = self._insert(table).on_conflict_do_nothing()
        return statement

    def _competing(self, table: Table, *, newest: bool) -> Insert:
        key = [column.name for column in table.primary_key]
        rows = self._insert(table)
        others = {column.name: rows.excluded[column.name] for column in table.c if column.name not in key}
        mine, theirs = table.c.stamp, rows.excluded.stamp
        wins = theirs > mine if newest else theirs < mine
        statement: Insert = rows.on_conflict_do_update(index_elements=key, set_=others, where=wins)
        return statement
