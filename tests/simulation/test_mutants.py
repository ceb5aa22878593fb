"""The checkers against code that is broken on purpose: each mutant must be found within a few seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection

from app.books.reader import BooksReader
from app.books.writer import BooksWriter
from replication.core import effects
from replication.core.claims import Claims, Done, Outcome
from replication.core.events import Append
from replication.core.journal import Batch, Journal
from replication.core.model import Feed, Now, Record
from tests.simulation.story import tell

SEEDS = range(24)


def found(word: str) -> bool:
    """Whether a checker strikes within the seeds, with this word in its finding."""
    return any(word in finding for seed in SEEDS for finding in tell(seed))


def test_promises_that_do_not_wait_for_what_was_written_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Claims.__init__

    def careless(self: Claims, me: str, _applied: object, positions: Callable[[], Mapping[Feed, int]]) -> None:
        begin(self, me, lambda _feed: 2**53, positions)

    monkeypatch.setattr(Claims, "__init__", careless)
    assert found("though every till had been asked each time")


def test_a_claimant_that_does_not_wait_for_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(self: Claims, now_ms: int, *, ticket: int, claim_id: str, **what: Any) -> list[Outcome]:
        return [Done(ticket, claim_id, True, tuple(sorted(what["asked"])))]

    monkeypatch.setattr(Claims, "start", hasty)
    monkeypatch.setattr(Claims, "may_write", lambda *_: True)
    assert found("used beyond its value though nobody was ever out of reach")


def test_answering_before_the_disk_has_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    write = Journal._write

    def early(self: Journal, now: Now, event: Append) -> Batch | None:
        batch = write(self, now, event)
        if batch is not None and batch.ticket is not None:
            self._emit(effects.Appended(batch.ticket, batch.records))
            batch.ticket = None
        return batch

    monkeypatch.setattr(Journal, "_write", early)
    assert found("receipt")


def test_a_receipt_number_given_out_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = BooksReader.last_receipt_sequence
    monkeypatch.setattr(BooksReader, "last_receipt_sequence", lambda self, till_no: max(0, honest(self, till_no) - 1))
    assert found("receipt")


def test_books_that_pass_over_a_record_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fold = BooksWriter._fold

    def forgetful(self: BooksWriter, connection: Connection, run: Sequence[Record]) -> None:
        fold(self, connection, [record for record in run if record.hash[0] != "0" or record.seq < 3])

    monkeypatch.setattr(BooksWriter, "_fold", forgetful)
    assert found("is lost at till")
