"""The story **claims** against a protocol that is broken on purpose: the referee must name each mutant."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.simulation.claims import faults, till
from app.simulation.claims.ledger import Ledger
from app.simulation.claims.story import tell
from replication.core import claims
from replication.core.asking import Asking
from replication.core.claim_messages import Done, Outcome
from replication.core.claims import TTL_MS, Claims
from replication.core.model import Coverage, Feed, Now
from replication.core.presence import Presence

SEEDS = 100


def found(word: str, *only: faults.Fault, first: int = 0, seeds: int = SEEDS) -> bool:
    """Whether a checker strikes within the seeds, with this word in its finding; ``only`` these faults, if any.

    ``first`` is where to begin: a seed that was seen to strike spares playing those before it.
    """
    table = tuple((1.0, fault) for fault in only) or None
    order = [*range(first, seeds), *range(first)]
    return any(word in finding for seed in order for finding in tell(seed, table))


def test_a_promise_that_leaves_the_facts_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    promise = Claims._promise
    monkeypatch.setattr(Claims, "_promise", lambda self, request: {**promise(self, request), "positions": {}})
    assert found("did not know", first=12)


def test_facts_of_a_promise_that_nobody_waits_for_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claims, "_counting", lambda _self, claim: set(claim.promised))
    assert found("did not know", first=12)


def test_a_ttl_that_both_sides_count_from_what_they_received_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    grant, consider = Claims._grant, Claims._consider

    def from_the_grant(self: Claims, claim: Any) -> list[Outcome]:
        claim.began_ms += claim.waited_ms
        return grant(self, claim)

    def from_the_claim(self: Claims, request: Any, reserved: set[str], now_ms: int) -> list[Outcome]:
        outcomes = consider(self, request, reserved, now_ms)
        if request.locked:
            request.expires_ms = request.arrived_ms + TTL_MS
        return outcomes

    monkeypatch.setattr(Claims, "_grant", from_the_grant)
    monkeypatch.setattr(Claims, "_consider", from_the_claim)
    monkeypatch.setattr(till, "SLOW_SHARE", 0.8)  # it takes a cashier who uses her claim late, behind a cut
    assert found("voted for", faults.separate, first=43, seeds=200)


def test_priority_by_arrival_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    request, arrivals = claims.Request, itertools.count(1)

    def in_order(member: str, claim_id: str, wanted: frozenset[str], _key: object, *more: Any) -> Any:
        return request(member, claim_id, wanted, (f"{next(arrivals):09}", member), *more)

    monkeypatch.setattr(claims, "Request", in_order)
    assert found("some did not get it")


def test_coverage_that_forgets_who_joined_meanwhile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    start = Asking._start

    def start_and_note(self: Asking, now: Now, ticket: int, resources: Sequence[str]) -> None:
        self.__dict__["members"] = self._roster.claimants()
        start(self, now, ticket, resources)

    def forgetful(self: Asking, done: Done) -> Coverage:
        missing = self.__dict__["members"] - {self._me, *done.promised} - self._presence.left_out()
        return Coverage(done.promised, tuple(sorted(missing | done.doubtful & self._roster.revoked)))

    monkeypatch.setattr(Asking, "_start", start_and_note)
    monkeypatch.setattr(Asking, "_coverage", forgetful)
    assert found("has complete coverage without", first=47)


def test_two_locks_for_one_resource_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Locks(dict[str, Any]):
        def __contains__(self, _resource: object) -> bool:
            return False

    begin = Claims.__init__

    def lax(self: Claims, *values: Any, **more: Any) -> None:
        begin(self, *values, **more)
        self._locks = Locks()

    monkeypatch.setattr(Claims, "__init__", lax)
    assert found("at once")


def test_no_silence_after_a_crash_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(self: Asking, _now: Now) -> None:
        self._journal.keep({"running": "1"})

    monkeypatch.setattr(Asking, "begin", begin)
    assert found("at once", faults.separate, faults.flicker, faults.heal, first=82)


def test_no_doubts_after_a_revocation_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claims, "_doubt", lambda *_: None)
    assert found("did not know", faults.heal, first=5)


def test_a_release_that_is_lost_while_its_facts_are_awaited_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    release = Claims._on_release

    def at_once_or_never(self: Claims, now_ms: int, sender: str, claim_id: str, body: dict[str, Any]) -> list[Outcome]:
        positions: Mapping[str, int] = body["positions"]
        if any(self._applied(Feed.parse(feed)) < seq for feed, seq in positions.items()):
            return []
        return release(self, now_ms, sender, claim_id, body)

    monkeypatch.setattr(Claims, "_on_release", at_once_or_never)
    assert found("some did not get it")


def test_sign_offs_that_count_for_everybody_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def left_out(self: Presence) -> set[str]:
        return {member for member, standing in self._durable.items() if standing.off_seq}

    monkeypatch.setattr(Presence, "left_out", left_out)
    assert found("has complete coverage without", faults.evening, faults.separate, first=3)


def test_a_lock_that_never_ends_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Claims._is_over

    def patient(self: Claims, request: Any, now_ms: int) -> bool:
        return over(self, request, min(now_ms, request.expires_ms - 1) if request.locked else now_ms)

    monkeypatch.setattr(Claims, "_is_over", patient)
    assert found("stays locked")


def test_a_claim_that_nobody_gives_up_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Claims, "_give_up", lambda *_: [])
    assert found("waits for an answer")


def test_a_limit_that_counts_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ledger, "uncovered", lambda *_: 0)
    assert found("beyond its value by", first=32)


def test_who_refuses_and_counts_all_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    coverage = Asking._coverage

    def complete(self: Asking, done: Done) -> Coverage:
        return Coverage(coverage(self, done).promised, ())

    monkeypatch.setattr(Asking, "_coverage", complete)
    assert found("under refuse", first=25)
