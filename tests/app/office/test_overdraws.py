"""Overdraws as rows for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.office.desk import Desk
from app.office.files import EXPORTS
from tests.app.books.shelf import Books, records_of
from tests.app.books.test_overdraws import ISSUED, VOUCHER, held, settled, used

EXPORT = EXPORTS["overdraws"]


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


def rows(books: Books) -> list[dict[str, Any]]:
    """As they come over the socket."""
    found: list[dict[str, Any]] = json.loads(
        json.dumps(EXPORT.rows(cast("Desk", SimpleNamespace(books=books.reader, currency="EUR"))))
    )
    return found


def test_each_use_is_a_row_and_the_one_that_caused_it_is_marked(books: Books) -> None:
    assert rows(books) == []
    said = [ISSUED, held("h1", 400), used("h1", 400), held("h2", 300, till_no=2)]
    books.writer.apply(records_of([("a", fact) for fact in said]))
    first, second = rows(books)
    assert EXPORT.cells(first) == [
        VOUCHER, "2.00", "2.00", "open", "t-h2", "no", "R-h1", "1", "anna", "t-h1", "4.00", "0.00", "0.00", "", "no",
    ]  # fmt: skip
    assert dict(zip(EXPORT.columns, EXPORT.cells(second), strict=True)) == {
        "resource": VOUCHER, "amount": "2.00", "open": "2.00", "state": "open", "since": "t-h2", "caused": "yes",
        "receipt_no": "", "till_no": "2", "cashier": "anna", "at": "t-h2", "used": "3.00", "beyond": "2.00",
        "settled": "0.00", "how": "", "confirmed": "no",
    }  # fmt: skip


def test_what_is_settled_says_how(books: Books) -> None:
    said = [ISSUED, held("h1", 400), used("h1", 400), held("h2", 300), used("h2", 300)]
    said += [settled("x", "h2", 150), settled("y", "h2", 50, before=150, how="charged")]
    books.writer.apply(records_of([("a", fact) for fact in said]))
    first, second = (dict(zip(EXPORT.columns, EXPORT.cells(row), strict=True)) for row in rows(books))
    assert (first["state"], first["open"], first["how"]) == ("settled", "0.00", "")
    assert (second["settled"], second["how"]) == ("2.00", "written_off charged")
