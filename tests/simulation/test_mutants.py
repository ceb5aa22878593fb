"""The checkers against code that is broken on purpose: each mutant must be found within a few seeds."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from app.books.questions.returns import Returned, ReturnsView
from app.books.reader import BooksReader
from app.books.writer import BooksWriter
from app.domain.claim_policy import room
from app.domain.sale import OpenSale
from app.domain.settlement import Settlement
from app.simulation.story import tell
from app.till import completing, covering
from app.till.counter import Counter
from app.till.effects import Effect, Event
from app.till.steps import nothing
from replication.core import effects
from replication.core.claim_messages import Done, Outcome
from replication.core.claims import Claims
from replication.core.events import Append
from replication.core.journal import Batch, Journal
from replication.core.model import Feed, Now, Record

SEEDS = 24


def found(word: str, *, first: int = 0) -> bool:
    """Whether a checker strikes within the seeds, with this word in its finding.

    ``first`` is where to begin: a seed that was seen to strike spares playing those before it.
    """
    order = [*range(first, SEEDS), *range(first)]
    return any(word in finding for seed in order for finding in tell(seed))


def test_promises_that_do_not_wait_for_what_was_written_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Claims.__init__

    def careless(
        self: Claims, me: str, _applied: object, positions: Callable[[], Mapping[Feed, int]], **more: Any
    ) -> None:
        begin(self, me, lambda _feed: 2**53, positions, **more)

    monkeypatch.setattr(Claims, "__init__", careless)
    assert found("though every till had been asked each time")


def test_a_claimant_that_does_not_wait_for_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(self: Claims, now_ms: int, *, ticket: int, claim_id: str, **what: Any) -> list[Outcome]:
        return [Done(ticket, claim_id, True, tuple(sorted(what["asked"])))]

    monkeypatch.setattr(Claims, "start", hasty)
    monkeypatch.setattr(Claims, "may_write", lambda *_: True)
    assert found("used beyond its value though nobody was ever out of reach", first=12)


def test_answering_before_the_disk_has_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    write = Journal._write

    def early(self: Journal, now: Now, event: Append) -> Batch | None:
        batch = write(self, now, event)
        if batch is not None and batch.ticket is not None:
            self._emit(effects.Appended(batch.ticket, batch.records))
            batch.ticket = None
        return batch

    monkeypatch.setattr(Journal, "_write", early)
    assert found("receipt", first=6)


def test_a_receipt_number_given_out_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = BooksReader.last_receipt_sequence
    monkeypatch.setattr(BooksReader, "last_receipt_sequence", lambda self, till_no: max(0, honest(self, till_no) - 1))
    assert found("receipt")


def test_books_that_pass_over_a_record_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fold = BooksWriter._fold

    def forgetful(self: BooksWriter, connection: Connection, run: Sequence[Record]) -> None:
        fold(self, connection, [record for record in run if record.hash[0] != "0" or record.seq < 3])

    monkeypatch.setattr(BooksWriter, "_fold", forgetful)
    assert found("is lost at till", first=3)


def test_returns_beyond_what_was_sold_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReturnsView, "of", lambda _self, _line: Returned(0, 0))
    assert found("return/", first=18)


def test_a_day_end_that_leaves_its_number_to_the_next_receipts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_for_ever(self: Counter) -> Generator[Effect, Event, int]:
        yield from nothing()
        return 1

    monkeypatch.setattr(Counter, "period", first_for_ever)
    assert found("Z report", first=6)


def test_a_coupon_that_is_not_asked_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Claims.start

    def careless(
        self: Claims, now_ms: int, *, ticket: int, claim_id: str, resources: Sequence[str], **what: Any
    ) -> list[Outcome]:
        if any(resource.startswith("coupon/") for resource in resources):
            return [Done(ticket, claim_id, True, tuple(sorted(what["asked"])))]
        return ask(self, now_ms, ticket=ticket, claim_id=claim_id, resources=resources, **what)

    allowed = Claims.may_write
    monkeypatch.setattr(Claims, "start", careless)
    monkeypatch.setattr(
        Claims, "may_write", lambda self, now, claim: allowed(self, now, claim) or claim not in self._own
    )
    assert found("coupon/", first=3)


def test_a_line_more_on_the_second_paper_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt whose tenders are not what was paid never gets into anybody's books, and so is missed."""
    settle = completing.settle

    def generous(sale: OpenSale) -> Settlement:
        settled = settle(sale)
        return msgspec.structs.replace(settled, change_minor=settled.change_minor + (settled.change_minor > 500))

    monkeypatch.setattr(completing, "settle", generous)
    assert found("is lost at till", first=7)


def test_a_policy_that_nobody_looks_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "room", lambda *_: None)
    assert found("against the policy", first=18)


def test_a_limit_that_counts_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "room", lambda policy, *_: room(policy, 0, 0))
    assert found("beyond its limit")
