"""`books status` and `books upgrade`, on a file and on a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.__main__ import main
from app.books.schema import SCHEMA_VERSION, open_books
from app.books.versions import TABLE
from app.books.writer import BooksWriter
from tests.app.books.shelf import receipt, record, records_of


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["books", *arguments, "--lang", "en"])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_homes_own_books(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ("--home", str(tmp_path))
    status, out, _ = said(capsys, "status", *here)
    assert (status, "none yet" in out) == (0, True)
    assert not (tmp_path / "books.sqlite").exists()
    engine = open_books(tmp_path / "books.sqlite")
    writer = BooksWriter(engine)
    founded = record("b", 1, "network.founded/1", {}, "membership")
    writer.apply([*records_of([("a", receipt(1, 1, 500))]), record("b", 1, "voucher.framed/7", {}), founded])
    writer.close()
    engine.dispose()
    status, out, _ = said(capsys, *here)
    assert (status, "3 records of 3 feeds, 1 receipts" in out, "voucher.framed/7" in out) == (0, True, True)
    assert "network.founded" not in out


def test_older_and_newer_books_on_a_server(
    postgres_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--home", str(tmp_path), "--books", postgres_database)
    engine = create_engine(postgres_database)
    assert json.loads(said(capsys, "upgrade", *here, "--json")[1])["before"] == ""
    for version, advice in (("0", "books upgrade"), ("99", "")):
        with engine.begin() as connection:
            connection.execute(TABLE.update().values(version_num=version))
        shown = json.loads(said(capsys, "status", *here, "--json")[1])
        assert (shown["version"], shown["newest"], shown["kept_in"]) == (version, SCHEMA_VERSION, "postgresql")
        assert advice in said(capsys, "status", *here)[1]
        status, out, err = said(capsys, "upgrade", *here)
        if advice:
            assert (status, f"version {SCHEMA_VERSION} now" in out) == (0, True)
            assert "already" in said(capsys, "upgrade", *here)[1]
        else:
            assert (status, "newer version (99)" in err, err.count("\n")) == (1, True, 1)
    engine.dispose()


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(
        capsys, "status", "--home", str(tmp_path), "--books", "postgresql://office:geheim@127.0.0.1:1/books"
    )
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "cannot be reached" in err
    assert "geheim" not in err
