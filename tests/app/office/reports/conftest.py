"""The same books for every test of a module, on each engine that reports run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.office.reports import copies
from app.office.reports.engines import opened, reference_of
from app.office.reports.running import Asked
from app.office.reports.surroundings import surroundings
from app.text import use
from tests.app.office.reports.shop import facts, fold

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

TODAY = "2026-08-02"


@pytest.fixture(autouse=True)
def english(german: None) -> None:
    use("en")


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reports") / "books.sqlite"
    fold(place, facts())
    return place


@pytest.fixture(scope="module")
def sqlite_books(shop_file: Path) -> Iterator[Asked]:
    with opened(shop_file) as engine:
        yield asked(engine)


@pytest.fixture(scope="module")
def duckdb_books(shop_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("parquet")
    with opened(shop_file) as books:
        copies.write(books, folder)
    with opened(folder) as engine:
        yield asked(engine)


@pytest.fixture(scope="module")
def postgresql_books(request: pytest.FixtureRequest) -> Iterator[Asked]:
    server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        fold(url, facts())
        with opened(url) as engine:
            yield asked(engine)


def asked(engine: SQLBackend) -> Asked:
    use("en")  # before any test has begun; names are said in it
    return Asked(engine, surroundings(reference_of(engine), TODAY))
