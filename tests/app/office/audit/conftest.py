"""Books in a file, and who writes into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import text
from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.office.audit.finding import Asked, Finding
from app.office.audit.running import Sight, audit
from tests.app.office.audit.house import House
from tests.app.office.audit.sins import Writing


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_books(tmp_path / "books.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def shop(database: Engine) -> Iterator[Writing]:
    text.use("en")
    writer = BooksWriter(database)
    yield Writing(writer)
    writer.close()


@pytest.fixture
def found(shop: Writing, database: Engine) -> Callable[..., list[Finding]]:
    """The findings of these kinds (none: of all)."""

    def look(*kinds: str, since: str = "", until: str = "", tills: tuple[int, ...] = ()) -> list[Finding]:
        shop.flush()
        return list(audit(Sight(database), Asked(since, until, frozenset(tills), kinds)).findings)

    return look


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    text.use("en")
    (tmp_path / "centre").mkdir()
    made = House(tmp_path / "centre")
    yield made
    made.close()
