"""Books of every older version become this program's, and those of a newer one stay as they are."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import DBAPIError

from app.books.migrations import running
from app.books.postgres import BooksUnavailable
from app.books.reader import BooksReader
from app.books.schema import SCHEMA_VERSION, BooksDamaged, open_books, version_at
from app.books.tables.base import meta, metadata, positions
from app.books.versions import FOLDING, TABLE, prepare
from app.books.writer import BooksWriter
from tests.app.books.freezing import FROZEN, KEPT_IN, frozen_records, thaw
from tests.app.books.shelf import Books
from tests.postgres import Server

VERSIONS = sorted({place.name.partition(".")[0] for place in FROZEN.iterdir()}, key=int)

Frozen = Callable[[str], str]


@pytest.fixture(params=KEPT_IN)
def frozen(request: pytest.FixtureRequest, tmp_path: Path) -> Frozen:
    """Makes the books of a version: the place that ``open_books`` opens."""

    def make(version: str) -> str:
        place = str(tmp_path / "books.sqlite")
        if request.param == "postgresql":
            place = request.getfixturevalue("postgres_database")
        engine = _bare(place)
        with engine.begin() as connection:
            thaw(connection, version)
        engine.dispose()
        return place

    return make


def _bare(place: str) -> Engine:
    return create_engine(place if "://" in place else f"sqlite:///{place}")


def differences(engine: Engine) -> list[Any]:
    """Between a database and what the tables say, by Alembic's own comparison."""

    def counts(_thing: object, _name: str | None, kind: str, *_: object) -> bool:
        # Only SQLite is told of the key that joins a receipt's parts to it (``tables/receipts.py``).
        return kind != "foreign_key_constraint" or engine.dialect.name == "sqlite"

    options = {"compare_type": True, "version_table": TABLE.name, "include_object": counts}
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_every_version_has_its_migration_and_this_one_is_the_newest() -> None:
    scripts = running.script_directory()
    assert scripts.get_heads() == [SCHEMA_VERSION], "write app/books/migrations/versions/v….py for SCHEMA_VERSION"
    for script in scripts.walk_revisions():
        assert isinstance(script.module.FOLD_ANEW, bool)
        assert Path(script.path).name == f"v{int(script.revision):04}.py"
    assert VERSIONS[-1] == SCHEMA_VERSION, "run python -m tests.app.books.freezing"


def test_new_books_are_what_the_tables_say(postgres_database: str, tmp_path: Path) -> None:
    for place in (postgres_database, tmp_path / "books.sqlite"):
        engine = open_books(place)
        assert differences(engine) == []
        engine.dispose()
        assert version_at(place) == SCHEMA_VERSION


@pytest.mark.parametrize("version", VERSIONS)
def test_books_of_every_version_become_this_ones_with_what_is_in_them(frozen: Frozen, version: str) -> None:
    place = frozen(version)
    assert version_at(place) == version
    engine = open_books(place)
    try:
        assert version_at(place) == SCHEMA_VERSION
        assert differences(engine) == []
        writer = BooksWriter(engine)
        scripts = running._after(running.script_directory(), version)
        assert bool(writer.positions()) != any(script.module.FOLD_ANEW for script in scripts)
        # What was folded anew is brought by the store; what was not is skipped.
        writer.apply(frozen_records(version))
        writer.close()
        fresh = Books()
        fresh.writer.apply(frozen_records(version))
        assert BooksReader(engine).fingerprint() == fresh.reader.fingerprint()
        assert fresh.reader.turnover(None, None).receipts == 4
        fresh.close()
    finally:
        engine.dispose()


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, bool], None]]:
    """Makes one more version: the lines of its ``upgrade``, and whether it folds anew."""
    folder = tmp_path / "migrations"

    def make(upgrade: str, fold_anew: bool) -> None:
        shutil.copytree(running.HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
        lines = ["from alembic import op", "import sqlalchemy as sa", 'revision = "next"']
        lines += [f'down_revision = "{SCHEMA_VERSION}"', f"FOLD_ANEW = {fold_anew}", "def upgrade():", upgrade]
        (folder / "versions" / "next.py").write_text("\n".join(lines))
        monkeypatch.setattr(running, "HERE", folder)

    yield make
    for name in [name for name, module in sys.modules.items() if str(folder) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


ADD = '    op.add_column("receipts", sa.Column("shift", sa.Text(), nullable=False, server_default="early"))'


@pytest.mark.parametrize("fold_anew", [False, True])
def test_what_is_in_books_survives_unless_it_is_to_be_folded_anew(
    frozen: Frozen, next_version: Callable[[str, bool], None], *, fold_anew: bool
) -> None:
    next_version(ADD, fold_anew)
    engine = open_books(frozen(VERSIONS[-1]))
    try:
        before = BooksReader(engine).fingerprint()
        with engine.begin() as connection:
            prepare(connection, "next")
            assert connection.execute(select(TABLE.c.version_num)).scalar() == "next"
            foldings = connection.execute(select(meta.c.value).where(meta.c.key == FOLDING)).scalar()
            assert foldings == ("1" if fold_anew else None)
            shifts = connection.exec_driver_sql("SELECT shift FROM receipts").scalars().all()
            assert shifts == ([] if fold_anew else ["early"] * 4)
            assert bool(connection.execute(select(positions)).all()) is not fold_anew
        assert (BooksReader(engine).fingerprint() == before) is not fold_anew
    finally:
        engine.dispose()


def test_a_migration_that_fails_leaves_the_books_as_they_were(
    frozen: Frozen, next_version: Callable[[str, bool], None]
) -> None:
    next_version(f'{ADD}\n    op.drop_table("receipts")\n    op.execute("SELECT nonsense")', False)
    place = frozen(VERSIONS[-1])
    engine = open_books(place)
    try:
        before = BooksReader(engine).fingerprint()
        with pytest.raises(DBAPIError, match="nonsense"):
            _bring_on(engine)
        assert (version_at(place), BooksReader(engine).fingerprint()) == (SCHEMA_VERSION, before)
        assert differences(engine) == []
    finally:
        engine.dispose()


def _bring_on(engine: Engine) -> None:
    with engine.begin() as connection:
        prepare(connection, "next")


def test_books_of_a_newer_version_are_refused_and_left_alone(frozen: Frozen) -> None:
    place = frozen(VERSIONS[-1])
    engine = _bare(place)
    with engine.begin() as connection:
        connection.execute(TABLE.update().values(version_num="99"))
    with pytest.raises((BooksDamaged, BooksUnavailable), match="99") as refused:
        open_books(place)
    assert "update this program" in str(refused.value) or "Programm" in str(refused.value)
    assert version_at(place) == "99"
    with engine.begin() as connection:
        assert len(connection.execute(select(metadata.tables["receipts"].c.receipt_no)).all()) == 4
    engine.dispose()


def test_without_alembic_a_till_folds_its_books_anew_and_a_server_is_left_alone(
    frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = frozen(VERSIONS[-1])
    engine = _bare(place)
    with engine.begin() as connection:
        connection.execute(TABLE.update().values(version_num="7"))
    engine.dispose()
    monkeypatch.setitem(sys.modules, "app.books.migrations.running", None)
    if "://" in place:
        with pytest.raises(BooksUnavailable, match=r"tillmesh\[office\]"):
            open_books(place)
        assert version_at(place) == "7"
    else:
        engine = open_books(place)
        assert BooksWriter(engine).positions() == {}
        engine.dispose()
        assert version_at(place) == SCHEMA_VERSION


def test_a_servers_books_of_before_alembic_are_folded_anew(postgres_server: Server) -> None:
    with postgres_server.database() as url:
        engine = _bare(url)
        with engine.begin() as connection:
            thaw(connection, VERSIONS[-1])
            TABLE.drop(connection)
        engine.dispose()
        assert version_at(url) == "0"
        engine = open_books(url)
        assert BooksWriter(engine).positions() == {}
        assert differences(engine) == []
        engine.dispose()


def test_there_is_no_version_where_there_are_no_books(tmp_path: Path) -> None:
    assert version_at(tmp_path / "books.sqlite") is None
    assert not (tmp_path / "books.sqlite").exists()
