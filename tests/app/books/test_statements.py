"""Statements that are compiled once: the same rows for a driver that counts parameters and for one that names them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Engine,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    create_mock_engine,
    delete,
    select,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.pool import StaticPool

from app.books.folds.every import folds
from app.books.folds.stamped import Upserts
from app.books.folds.statements import BLOCK_ROWS, Statement
from app.books.tables.resources import resource_holds

things = Table(
    "things", MetaData(), Column("name", Text, primary_key=True), Column("word", Text), Column("stamp", Text)
)


@pytest.fixture(params=["qmark", "named", "postgresql"])
def database(request: pytest.FixtureRequest) -> Any:
    if request.param == "postgresql":
        engine = create_engine(request.getfixturevalue("postgres_database"))
    else:
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
    once = upserts.once(things)
    part, filled = upserts.part(things, "stamp", ["word"]), upserts.filled(things, ["word", "stamp"])
    for statement in (upserts.newest(things), upserts.oldest(things), once, upserts.last(things), part, filled):
        found, changed = [], []
        for groups in ([rows], [[row] for row in rows]):
            with database.begin() as connection:
                connection.execute(delete(things))
                # In another order of columns than the table's.
                writes = statement.write_tuples if statement not in (part, filled) else _in_words(statement)
                changed.append(sum(writes(connection, group) for group in groups))
                found.append(connection.execute(select(things).order_by(things.c.name)).all())
        assert found[0] == found[1]
        assert len(found[0]) == 70
        # PostgreSQL changes a row once in a statement, however many compete for it.
        assert changed[0] == changed[1] or (statement is not once and database.dialect.name == "postgresql")


def _in_words(statement: Statement) -> Callable[[Connection, list[tuple[str, ...]]], int]:
    def write(connection: Connection, rows: list[tuple[str, ...]]) -> int:
        return statement.write(connection, [dict(zip(("name", "word", "stamp"), row, strict=True)) for row in rows])

    return write


def test_a_block_of_rows_competes_with_those_that_are_there(database: Engine) -> None:
    upserts = Upserts(database.dialect)
    block = [(f"{number}", "new", "5") for number in range(100)]
    for statement, stay in (
        (upserts.newest(things), ("5", "9")),
        (upserts.oldest(things), ("3", "5")),
        (upserts.once(things), ("3", "9")),
        (upserts.last(things), ("5", "5")),
    ):
        with database.begin() as connection:
            connection.execute(delete(things))
            upserts.once(things).write_tuples(connection, [("7", "old", "3"), ("8", "late", "9")])
            statement.write_tuples(connection, block)
            statement.write_tuples(connection, block)
            stamps = {row.name: row.stamp for row in connection.execute(select(things))}
        assert (len(stamps), (stamps["7"], stamps["8"])) == (100, stay)


def test_what_one_block_filled_another_leaves_alone(database: Engine) -> None:
    upserts = Upserts(database.dialect)
    words, stamps = upserts.filled(things, ["word"]), upserts.filled(things, ["stamp"])
    with database.begin() as connection:
        upserts.once(things).write_tuples(connection, [(f"{number}", "old", "1") for number in range(100)])
        words.write(connection, [{"name": f"{number}", "word": "new"} for number in range(50)])
        stamps.write(connection, [{"name": f"{number}", "stamp": "2"} for number in range(50, 100)])
        found = {row.name: (row.word, row.stamp) for row in connection.execute(select(things))}
    assert (found["0"], found["99"]) == (("new", "1"), ("old", "2"))
    assert set(found.values()) == {("new", "1"), ("old", "2")}


@pytest.mark.parametrize("columns", [1, 19, 20, 21, 120])
def test_a_block_of_wide_rows_holds_no_more_values_than_every_sqlite_takes(columns: int) -> None:
    wide = Table("wide", MetaData(), *(Column(f"c{number}", Text, primary_key=not number) for number in range(columns)))
    engine = create_engine("sqlite://", poolclass=StaticPool)
    wide.metadata.create_all(engine)
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
        rows = [tuple(f"{row} {number}" for number in range(columns)) for row in range(2 * BLOCK_ROWS + 1)]
        assert Upserts(engine.dialect).once(wide).write_tuples(connection, rows) == len(rows)
        assert sorted(map(tuple, connection.execute(select(wide)))) == sorted(rows)
    engine.dispose()


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_every_fold_says_its_statements_in_the_databases_that_books_are_kept_in(dialect: Dialect) -> None:
    assert folds(Upserts(dialect))


def test_books_are_kept_in_no_other_database() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Upserts(mysql.dialect())


@pytest.mark.parametrize("database", ["sqlite://", "postgresql://"])
def test_the_index_of_uncovered_holds_holds_no_others(database: str) -> None:
    said: list[str] = []

    def say(statement: Any, *_: Any) -> None:
        said.append(str(statement.compile(dialect=engine.dialect)))

    engine = create_mock_engine(database, say)
    resource_holds.create(engine, checkfirst=False)
    index = next(statement for statement in said if "uncovered_holds" in statement)
    assert " ".join(index.split()).endswith("(business_day) WHERE uncovered = 1")
