"""Statements that are compiled once: the same rows for a driver that counts parameters and for one that names them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, Dialect, Engine, MetaData, Table, Text, bindparam, create_engine, delete, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.pool import StaticPool

from app.books.folds.every import folds
from app.books.folds.stamped import Upserts

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


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_every_fold_says_its_statements_in_the_databases_that_books_are_kept_in(dialect: Dialect) -> None:
    assert folds(Upserts(dialect))


def test_books_are_kept_in_no_other_database() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Upserts(mysql.dialect())
