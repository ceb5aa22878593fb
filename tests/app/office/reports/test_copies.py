"""Copies of the books for reports: whole or none, of one moment, with nothing in them that reports do not ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.office.reports import copies
from app.office.reports.engines import BooksNotReadable, opened
from app.office.reports.predefined import PREDEFINED
from app.office.reports.running import Asked, run
from app.office.reports.tables import REPORTED
from tests.app.office.reports.conftest import asked


def test_copies_of_books_on_a_server_answer_as_the_books(postgresql_books: Asked, tmp_path: Path) -> None:
    told: dict[str, int] = {}
    total = copies.write(postgresql_books.engine, tmp_path, told.__setitem__)
    assert sum(told.values()) == total
    assert set(told) == {*REPORTED, "books_version"}
    with opened(tmp_path) as engine:
        for name in ("top-sellers", "vouchers-outstanding", "credits"):
            assert run(PREDEFINED[name], [asked(engine)], "EUR") == run(PREDEFINED[name], [postgresql_books], "EUR")


def test_receipts_are_not_copied_whole(sqlite_books: Asked, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    copies.write(sqlite_books.engine, tmp_path)
    assert "body" not in pq.read_schema(tmp_path / "receipts.parquet").names
    assert pq.read_schema(tmp_path / "receipts.parquet").field("total_minor").type == "int64"


def test_a_copy_that_was_broken_off_is_none(sqlite_books: Asked, tmp_path: Path) -> None:
    copies.write(sqlite_books.engine, tmp_path)

    def break_off(name: str, _rows: int) -> None:
        if name == "orders":
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        copies.write(sqlite_books.engine, tmp_path, break_off)
    with pytest.raises(BooksNotReadable, match="no whole copy"), opened(tmp_path):
        pass
    copies.write(sqlite_books.engine, tmp_path)
    (tmp_path / "receipts.parquet").write_bytes(b"torn")
    with pytest.raises(BooksNotReadable, match="cannot be read"), opened(tmp_path):
        pass
