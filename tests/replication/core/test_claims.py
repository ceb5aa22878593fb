"""Claims between members, message by message, without a hub."""

from __future__ import annotations

import itertools

import pytest

from replication.core.claims import GIVE_UP_MS, TTL_MS, USE_MS, Claims, Done, Outcome, Tell
from replication.core.model import Feed
from replication.core.wire import RemoteError


class Ring:
    """Members whose claim messages are delivered by hand, in the order sent."""

    def __init__(self, *names: str) -> None:
        self.now_ms = 0
        self.durable: dict[str, dict[Feed, int]] = {name: {} for name in names}
        self.applied: dict[str, dict[Feed, int]] = {name: {} for name in names}
        self.claims = {
            name: Claims(name, lambda feed, n=name: self.applied[n].get(feed, 0), lambda n=name: self.durable[n])  # type: ignore[misc]
            for name in names
        }
        self.mail: list[tuple[str, Tell]] = []
        self.done: dict[str, list[Done]] = {name: [] for name in names}
        self._ids = itertools.count(1)

    def take(self, name: str, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Tell):
                self.mail.append((name, outcome))
            else:
                self.done[name].append(outcome)

    def want(self, name: str, hlc: str, *, asked: str | None = None) -> str:
        number = next(self._ids)
        others = frozenset(asked if asked is not None else set(self.claims) - {name})
        claim_id = f"claim-{number}"
        self.take(
            name,
            self.claims[name].start(
                self.now_ms, ticket=number, claim_id=claim_id, resource="voucher/1", hlc=hlc, asked=others
            ),
        )
        return claim_id

    def deliver(self) -> None:
        while self.mail:
            sender, tell = self.mail.pop(0)
            self.take(tell.member, self.claims[tell.member].on_message(self.now_ms, sender, tell.body))

    def pass_time(self, ms: int) -> None:
        self.now_ms += ms
        for name, claims in self.claims.items():
            self.take(name, claims.progress(self.now_ms))

    def release(self, name: str, claim_id: str) -> None:
        self.take(name, self.claims[name].release(self.now_ms, claim_id))

    def granted(self, name: str) -> bool:
        return any(done.granted for done in self.done[name])


def test_alone_a_claim_is_granted_at_once() -> None:
    ring = Ring("a")
    ring.want("a", "1")
    assert ring.granted("a")


def test_all_who_were_asked_must_promise() -> None:
    ring = Ring("a", "b", "c")
    ring.want("a", "1")
    sender, tell = ring.mail.pop(0)
    ring.take(tell.member, ring.claims[tell.member].on_message(0, sender, tell.body))
    assert not ring.granted("a")
    ring.deliver()
    assert ring.done["a"][0].promised == ("b", "c")


@pytest.mark.parametrize("order", list(itertools.permutations(["a", "b", "c"])))
def test_of_claims_at_once_the_lowest_goes_first_and_the_others_follow_one_by_one(order: tuple[str, ...]) -> None:
    ring = Ring("a", "b", "c")
    ids = {name: ring.want(name, {"a": "2", "b": "1", "c": "3"}[name]) for name in order}
    for winner in ("b", "a", "c"):
        ring.deliver()
        assert [name for name in "abc" if ring.granted(name)] == sorted([*"bac"[: "bac".index(winner) + 1]])
        ring.release(winner, ids[winner])


def test_a_lock_lasts_until_the_claimants_fact_has_been_applied() -> None:
    ring = Ring("a", "b")
    first = ring.want("a", "1")
    ring.deliver()
    fact = Feed("a", "circulation")
    ring.durable["a"][fact] = 1
    ring.release("a", first)
    ring.deliver()
    ring.want("b", "2")
    ring.deliver()
    assert not ring.granted("b")  # a promises, and says that b must have record 1 first
    ring.applied["b"][fact] = 1
    ring.pass_time(10)
    assert ring.granted("b")


def test_a_promise_counts_only_once_its_positions_are_applied_here() -> None:
    ring = Ring("a", "b")
    other = Feed("z", "circulation")
    ring.durable["b"][other] = 5
    ring.want("a", "1")
    ring.deliver()
    assert not ring.granted("a")
    ring.applied["a"][other] = 5
    ring.pass_time(10)
    assert ring.granted("a")


def test_two_who_cannot_hear_each_other_are_not_promised_the_same() -> None:
    ring = Ring("a", "b", "c")
    first = ring.want("a", "1", asked="b")
    ring.deliver()
    ring.want("c", "2", asked="b")
    ring.deliver()
    assert ring.granted("a")
    assert not ring.granted("c")
    ring.release("a", first)
    ring.deliver()
    assert ring.granted("c")


def test_a_dead_claimants_lock_ends_after_its_ttl() -> None:
    ring = Ring("a", "b", "c")
    ring.want("a", "1", asked="b")
    ring.deliver()
    ring.now_ms += TTL_MS - 1
    ring.want("c", "2", asked="b")
    ring.deliver()
    assert not ring.granted("c")
    ring.pass_time(1)
    ring.deliver()
    assert ring.granted("c")


def test_a_claim_that_nobody_answers_is_given_up() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ring.mail.clear()
    ring.pass_time(GIVE_UP_MS - 1)
    assert ring.done["a"] == []
    ring.pass_time(1)
    assert [(done.granted, done.reason) for done in ring.done["a"]] == [(False, "unanswered")]


def test_a_claim_that_waits_for_another_is_given_up_as_busy() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ring.deliver()
    ring.claims["a"].writing("claim-1", +1)
    ring.want("b", "2")
    ring.deliver()
    ring.pass_time(GIVE_UP_MS)
    assert [(done.granted, done.reason) for done in ring.done["b"]] == [(False, "busy")]


def test_a_granted_claim_may_be_used_only_for_a_while() -> None:
    ring = Ring("a", "b")
    claim_id = ring.want("a", "1")
    ring.deliver()
    assert ring.claims["a"].may_write(USE_MS - 1, claim_id)
    assert not ring.claims["a"].may_write(USE_MS, claim_id)
    ring.pass_time(USE_MS)
    ring.deliver()
    ring.want("b", "2")
    ring.deliver()
    assert ring.granted("b")


@pytest.mark.parametrize(
    "body",
    [
        {"t": "claim"},
        {"t": "claim", "id": "1", "resource": "r", "hlc": "1", "asked": "everyone"},
        {"t": "claim", "id": "1", "resource": "r" * 1000, "hlc": "1", "asked": []},
        {"t": "release", "id": "1", "resource": "r", "positions": 5},
        {"t": "something"},
        {},
    ],
)
def test_a_malformed_message_is_the_peers_fault(body: dict[str, object]) -> None:
    with pytest.raises(RemoteError):
        Ring("a", "b").claims["a"].on_message(0, "b", body)
