"""Books on a PostgreSQL server: how they are opened, and what is said of a server that cannot be used."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import signal
from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy import Engine

from app import text
from app.books import postgres
from app.books.postgres import BooksUnavailable, shown
from app.books.reader import BooksReader
from app.books.schema import CONTENTS, belong_to, open_books
from app.books.writer import BooksWriter
from app.office.places import shown as place_shown
from replication.core.model import Feed
from tests.app.books.shelf import receipt, records_of
from tests.postgres import Server


@pytest.fixture(autouse=True)
def _in_english(german: None) -> None:
    text.use("en")


def test_books_are_made_once_and_found_again(postgres_database: str) -> None:
    engine = open_books(postgres_database)
    writer = BooksWriter(engine)
    writer.apply(records_of([("a", receipt(1, 1, 500))]))
    writer.close()
    engine.dispose()
    engine = open_books(postgres_database.replace("postgresql+psycopg", "postgresql"))
    assert BooksWriter(engine).positions() == {Feed("a", "sales"): 1}
    engine.dispose()


def test_two_offices_that_start_together_make_the_tables_once(postgres_database: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(open_books, [postgres_database] * 4))
    for engine in engines:
        with engine.connect() as connection:
            assert engine.dialect.get_table_names(connection, "public")
            assert len(CONTENTS) < len(engine.dialect.get_table_names(connection, "public"))
        engine.dispose()


def test_books_of_one_network_are_refused_to_another(postgres_database: str) -> None:
    engine = open_books(postgres_database)
    belong_to(engine, "one")
    belong_to(engine, "one")
    with pytest.raises(BooksUnavailable, match="another network"):
        belong_to(engine, "another")
    engine.dispose()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("ENCODING 'SQL_ASCII'", "SQL_ASCII"),
        ("ENCODING 'LATIN1'", "LATIN1"),
        ("LOCALE_PROVIDER icu ICU_LOCALE 'de'", "bytes"),
    ],
)
def test_a_database_that_would_choose_other_rows_is_refused(postgres_server: Server, options: str, named: str) -> None:
    with postgres_server.database(options=options) as url, pytest.raises(BooksUnavailable, match=named) as refused:
        open_books(url)
    assert "createdb --encoding UTF8 --locale C" in str(refused.value)


def test_a_user_without_rights_is_told(postgres_server: Server, postgres_database: str) -> None:
    postgres_server.execute("DROP ROLE IF EXISTS guest")
    postgres_server.execute("CREATE ROLE guest LOGIN PASSWORD 'geheim'")
    url = postgres_database.replace("tillmesh@", "guest:geheim@")
    with pytest.raises(BooksUnavailable, match="permission denied") as refused:
        open_books(url)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("change", ["tillmesh@/fresh -> nobody:geheim@/fresh", "/fresh -> /elsewhere_"])
def test_an_unknown_user_or_database_is_told(postgres_database: str, change: str) -> None:
    before, after = change.split(" -> ")
    with pytest.raises(BooksUnavailable, match="does not exist") as refused:
        open_books(postgres_database.replace(before, after))
    assert "geheim" not in str(refused.value)


def test_a_wrong_password_is_told_without_saying_it(postgres_server: Server, postgres_database: str) -> None:
    rules = postgres_server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    postgres_server.execute("DROP ROLE IF EXISTS clerk")
    postgres_server.execute("CREATE ROLE clerk LOGIN PASSWORD 'richtig'")
    rules.write_text(f"local all clerk scram-sha-256\n{before}")
    try:
        postgres_server.execute("SELECT pg_reload_conf()")
        with pytest.raises(BooksUnavailable, match="password authentication failed") as refused:
            open_books(postgres_database.replace("tillmesh@", "clerk:verraten@"))
        assert "verraten" not in str(refused.value)
    finally:
        rules.write_text(before)
        postgres_server.execute("SELECT pg_reload_conf()")


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(BooksUnavailable, match="cannot be reached") as refused:
        open_books("postgresql://office:geheim@127.0.0.1:1/books")
    assert "geheim" not in str(refused.value)
    assert "127.0.0.1" in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql://a:geheim@h/d", "postgresql://a@h/d?password=geheim", "postgresql://a:geheim@h:x/d"]
)
def test_no_password_is_ever_shown(url: str) -> None:
    assert "geheim" not in shown(url)
    assert "geheim" not in place_shown(url)


@contextlib.contextmanager
def hanging(engine: Engine) -> Iterator[None]:
    """What serves this engine's one connection says nothing any more, and keeps it."""
    with engine.connect() as connection:
        pid = int(connection.execute(sqlalchemy.text("SELECT pg_backend_pid()")).scalar_one())
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_whoever_asks_or_writes_does_not_wait_for_a_server_that_hangs(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PING_S", 0.2)
    monkeypatch.setattr(postgres, "WRITE_S", 0.5)
    records = records_of([("a", receipt(1, 1, 500)), ("a", receipt(1, 2, 500))])
    engine = open_books(postgres_database)
    writer = BooksWriter(engine)
    with hanging(engine):
        assert BooksReader(engine).turnover(None, None).receipts == 0, "asked anew, of one that answers"
    with hanging(engine):
        writer.apply(records[:1])
    monkeypatch.setattr(postgres, "PING_S", 30.0)
    writer.close()
    engine.dispose()
    with engine.connect() as connection:
        pid = int(connection.execute(sqlalchemy.text("SELECT pg_backend_pid()")).scalar_one())
    writer.apply([])
    monkeypatch.setattr(writer, "_connection", engine.connect())  # it has been asked whether it is there
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(BooksUnavailable):
            writer.apply(records)
    finally:
        os.kill(pid, signal.SIGCONT)
    writer.apply(records)
    assert BooksReader(engine).turnover(None, None).receipts == 2
    writer.close()
    engine.dispose()
