"""Books for every test, empty: in SQLite, and the same test once more on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.books.schema import open_books
from tests.app.books.shelf import Books
from tests.postgres import Server

KEPT_IN = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def servers_books(postgres_server: Server) -> Iterator[tuple[Engine, Engine]]:
    """Two books on the server, made once: one for each test, one that lasts for a module."""
    with postgres_server.database() as one, postgres_server.database() as other:
        engines = open_books(one), open_books(other)
        yield engines
        for engine in engines:
            engine.dispose()


@pytest.fixture(params=KEPT_IN)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    made = Books()
    if request.param == "postgresql":
        made = Books(request.getfixturevalue("servers_books")[0])
    yield made
    made.close()


@pytest.fixture(scope="module")
def two_books() -> Iterator[tuple[Books, Books]]:
    """Emptied by each example; made once, because making tables is slow."""
    pair = Books(), Books()
    yield pair
    for each in pair:
        each.close()


@pytest.fixture(scope="module")
def both_books(servers_books: tuple[Engine, Engine]) -> Iterator[tuple[Books, Books]]:
    """The same, one in SQLite and one on PostgreSQL: what both say must be the same."""
    pair = Books(), Books(servers_books[1])
    yield pair
    for each in pair:
        each.close()
