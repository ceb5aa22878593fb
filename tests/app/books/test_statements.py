"""Statements that are compiled once: the same rows for a driver that counts parameters and for one that names them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Dialect, Engine, MetaData, Table, Text, bindparam, create_engine, delete, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.pool import StaticPool

from app.books.folds.every import folds
from app.books.folds.stamped import BLOCK_ROWS, Upserts
from app.books.tables.base import metadata

things = Table(
    "things", MetaData(), Column("name", Text, primary_key=True), Column("word", Text), Column("stamp", Text)
)


@pytest.fixture(params=["qmark", "named"])
def database(request: pytest.FixtureRequest) -> Any:
    engine = create_engine("sqlite://", poolclass=StaticPool, paramstyle=request.param)
    things.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_rows_come_by_name_or_in_the_order_of_columns(database: Engine) -> None:
    upserts = Upserts(database.dialect)
    newest = upserts.newest(things)
    with database.begin() as connection:
        assert newest.write(connection, []) == newest.write_tuples(connection, []) == 0
        assert newest.write(connection, [{"word": "one", "stamp": "1", "name": "a"}]) == 1
        assert newest.write_tuples(connection, [("b", "two", "2"), ("a", "late", "0"), ("a", "new", "3")]) == 2
        assert upserts.last(things).write_tuples(connection, [("b", "last", "1")]) == 1
        found = connection.execute(select(things).order_by(things.c.name)).all()
        assert found == [("a", "new", "3"), ("b", "last", "1")]
        sweep = upserts.prepared(delete(things).where(things.c.name == bindparam("of")))
        assert sweep.write(connection, [{"of": "a"}, {"of": "c"}]) == 1


def test_many_rows_are_written_as_they_would_be_one_by_one(database: Engine) -> None:
    upserts = Upserts(database.dialect)
    rows = [(f"{number % 70}", f"word {number}", f"{number * 37 % 120:03d}") for number in range(2 * BLOCK_ROWS + 20)]
    for statement in (upserts.newest(things), upserts.oldest(things), upserts.once(things), upserts.last(things)):
        found, changed = [], []
        for groups in ([rows], [[row] for row in rows]):
            with database.begin() as connection:
                connection.execute(delete(things))
                changed.append(sum(statement.write_tuples(connection, group) for group in groups))
                found.append(connection.execute(select(things).order_by(things.c.name)).all())
        assert found[0] == found[1]
        assert changed[0] == changed[1]


def test_no_table_is_too_wide_for_a_block() -> None:
    assert max(len(table.c) for table in metadata.tables.values()) * BLOCK_ROWS <= 999


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_every_fold_says_its_statements_in_the_databases_that_books_are_kept_in(dialect: Dialect) -> None:
    assert folds(Upserts(dialect))


def test_books_are_kept_in_no_other_database() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Upserts(mysql.dialect())
