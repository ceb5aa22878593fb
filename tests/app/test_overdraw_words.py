"""What people read of an overdraw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app import overdraw_words, text
from app.books.questions.overdraws import ListOverdraws
from app.domain import resource
from app.facts.circulation import ResourceGranted, ResourceHeld, ResourceUsed
from app.till.overdraws import fields
from tests.app.books.shelf import COVERAGE, Books, records_of
from tests.app.books.test_overdraws import CODE, ISSUED, VOUCHER, held, settled, used

NUMBERS = {"a": 1, "b": 2, "c": 3}


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def english() -> None:
    text.use("en")


def found(books: Books, *said: tuple[str, Any]) -> dict[str, Any]:
    books.writer.apply(records_of([("a", ISSUED), *said]))
    (overdraw,) = books.reader.ask(ListOverdraws())
    return fields(overdraw, "EUR", NUMBERS)


def test_the_list_says_who_used_it_who_was_missing_and_how_it_was_settled(books: Books) -> None:
    told = found(
        books,
        ("a", held("h1", 400)),
        ("b", held("h2", 300, till_no=2)),
        ("b", used("h2", 300)),
        ("a", used("h1", 400)),
        ("c", settled("x", "h2", 150)),
        ("a", settled("y", "h2", 100, how="charged")),
        ("a", held("h3", 50)),
    )
    assert overdraw_words.lines(told) == [
        f"Voucher {CODE}: overdrawn by 2.50, 1.00 open (partly settled), since t-h2",
        f"  {VOUCHER}",
        "  - till 1, anna, t-h1: 4.00, receipt R-h1; till 3 not reached",
        "  * till 2, anna, t-h2: 3.00, receipt R-h2; till 3 not reached",
        "  - till 1, anna, t-h3: 0.50, receipt (still open); till 3 not reached",
        "  = 1.50 written off by chef at till 3, t9: Abend",
        "  = 1.00 charged by chef at till 3, t9: Abend",
        "  1.00 of that was settled twice",
    ]
    assert overdraw_words.line(told) == (f"Voucher {CODE} overdrawn by 1.00 (receipt R-h2): tell the office.")


def test_every_kind_that_can_be_overdrawn_has_a_name(books: Books) -> None:
    for kind in set(resource.KINDS) - {resource.SETTLING}:
        named = overdraw_words.name({"kind": kind, "no": "7", "resource": f"{kind}/7"})
        assert named.endswith(" 7")
        assert named[0].isupper()
    assert overdraw_words.name({"kind": "moon", "no": "7", "resource": "moon/7"}) == "moon/7"


def test_an_instant_is_shown_as_local_time_and_an_amount_with_the_languages_sign(books: Books) -> None:
    at = "2026-11-21T10:00:00.000Z"
    told = found(
        books,
        ("b", ResourceHeld("h2", VOUCHER, 900, "s", 2, at, COVERAGE)),
        ("b", ResourceUsed("h2", VOUCHER, 900, "2-000001", at)),
    )
    text.use("de")
    assert "4,00" in overdraw_words.lines(told)[0]
    assert ":00:00" in overdraw_words.lines(told)[0]
    assert "T10" not in overdraw_words.lines(told)[0]


def test_what_nobody_issued_is_said_to_be_that(books: Books) -> None:
    told = {**found(books, ("b", held("h2", 900))), "ungranted": True}
    assert "  nobody has told of its issue" in overdraw_words.lines(told)


def test_what_came_back_after_the_settlement_is_said(books: Books) -> None:
    said = [held("h1", 900), used("h1", 900), settled("x", "h1", 400), ResourceGranted("g", VOUCHER, 300, "t", 1)]
    assert overdraw_words.lines(found(books, *(("b", fact) for fact in said)))[-1] == "  3.00 of it can be used again"
