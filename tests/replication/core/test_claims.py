"""Claims between members, message by message, without a hub."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest

from replication.core.claim_messages import Done, Outcome, Progress, Tell
from replication.core.claims import GIVE_UP_MS, MAX_LOCKS_OF_ONE, SILENT_MS, STANDSTILL_MS, TTL_MS, USE_MS, Claims
from replication.core.doubts import LASTING_MS
from replication.core.model import Feed
from replication.core.wire import RemoteError

TICK_MS = 50


class Ring:
    """Members whose claim messages are delivered by hand, in the order sent."""

    def __init__(self, *names: str) -> None:
        self.now_ms = 0
        self.durable: dict[str, dict[Feed, int]] = {name: {} for name in names}
        self.applied: dict[str, dict[Feed, int]] = {name: {} for name in names}
        self.claims = {name: self.fresh(name) for name in names}
        self.mail: list[tuple[str, Tell]] = []
        self.done: dict[str, list[Done]] = {name: [] for name in names}
        self.told: list[Progress] = []
        self.cut: set[tuple[str, str]] = set()
        self._ids = itertools.count(1)

    def fresh(self, name: str, silent_until_ms: int = 0, doubts: str | None = None) -> Claims:
        def applied(feed: Feed) -> int:
            return self.applied[name].get(feed, 0)

        return Claims(name, applied, lambda: self.durable[name], silent_until_ms, doubts)

    def take(self, name: str, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case Tell():
                    self.mail.append((name, outcome))
                case Done():
                    self.done[name].append(outcome)
                case Progress():
                    self.told.append(outcome)

    def want(self, name: str, hlc: str, *resources: str, asked: Iterable[str] | None = None) -> str:
        number = next(self._ids)
        others = frozenset(asked if asked is not None else set(self.claims) - {name})
        claim_id = f"claim-{number}"
        outcomes = self.claims[name].start(
            self.now_ms, ticket=number, claim_id=claim_id, resources=resources or ("v/1",), hlc=hlc, asked=others
        )
        self.take(name, outcomes)
        return claim_id

    def deliver(self) -> None:
        while self.mail:
            sender, tell = self.mail.pop(0)
            if (sender, tell.member) not in self.cut:
                self.take(tell.member, self.claims[tell.member].on_message(self.now_ms, sender, tell.body))

    def pass_time(self, ms: int) -> None:
        end_ms = self.now_ms + ms
        while self.now_ms < end_ms:
            self.now_ms = min(end_ms, self.now_ms + TICK_MS)
            for name, claims in self.claims.items():
                self.take(name, claims.progress(self.now_ms))
            self.deliver()

    def release(self, name: str, claim_id: str) -> None:
        self.take(name, self.claims[name].release(self.now_ms, claim_id))

    def write(self, name: str) -> None:
        """A fact of this member, on its disk and in its books."""
        feed = Feed(name, "circulation")
        seq = self.durable[name].get(feed, 0) + 1
        self.durable[name][feed] = self.applied[name][feed] = seq

    def replicate(self, writer: str, reader: str) -> None:
        feed = Feed(writer, "circulation")
        self.durable[reader][feed] = self.applied[reader][feed] = self.durable[writer][feed]

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


def test_a_claim_that_goes_first_gets_back_what_was_promised_to_one_that_goes_later() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "b"), ("b", "a")}
    ring.want("b", "2", asked="c")
    sender, tell = ring.mail.pop(0)
    promise = ring.claims["c"].on_message(0, sender, tell.body)  # under way to b when a's claim comes
    ring.want("a", "1", asked="c")
    ring.take("c", promise)
    ring.claims["b"]._own["claim-1"].asked.add("a")  # b waits for somebody else, too
    ring.deliver()
    assert ring.granted("a")
    assert not ring.granted("b")


def test_what_is_granted_is_not_given_back() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "b"), ("b", "a")}
    later = ring.want("b", "2", asked="c")
    ring.deliver()
    assert ring.granted("b")
    ring.want("a", "1", asked="c")
    ring.deliver()
    assert not ring.granted("a")
    ring.release("b", later)
    ring.deliver()
    assert ring.granted("a")


def test_a_lock_lasts_until_the_claimants_fact_has_been_applied() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "c"), ("c", "a")}  # only b has promised a
    first = ring.want("a", "1", asked="b")
    ring.deliver()
    ring.write("a")
    ring.release("a", first)
    ring.deliver()
    ring.want("c", "2", asked="b")
    ring.deliver()
    assert not ring.granted("c")
    ring.replicate("a", "b")
    ring.replicate("a", "c")
    ring.pass_time(TICK_MS)
    assert ring.granted("c")


def test_a_promise_counts_only_once_its_positions_are_applied_here() -> None:
    ring = Ring("a", "b")
    other = Feed("z", "circulation")
    ring.durable["b"][other] = 5
    ring.want("a", "1")
    ring.deliver()
    ring.pass_time(SILENT_MS + TICK_MS)
    assert not ring.granted("a")
    ring.applied["a"][other] = 5
    ring.pass_time(TICK_MS)
    assert ring.done["a"][0].promised == ("b",)


def test_who_knows_facts_that_do_not_come_is_missing_in_the_end() -> None:
    ring = Ring("a", "b", "c")
    ring.durable["b"][Feed("z", "circulation")] = 5
    ring.want("a", "1")
    ring.deliver()
    ring.pass_time(GIVE_UP_MS)
    assert [(done.granted, done.promised) for done in ring.done["a"]] == [(True, ("c",))]


def test_i_do_not_claim_what_my_own_books_are_behind_with() -> None:
    ring = Ring("a", "b")
    ring.durable["a"][Feed("b", "circulation")] = 1
    ring.want("a", "1")
    ring.deliver()
    assert not ring.granted("a")
    ring.applied["a"][Feed("b", "circulation")] = 1
    ring.pass_time(TICK_MS)
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
    del ring.claims["a"]
    ring.pass_time(TTL_MS - TICK_MS)
    ring.want("c", "2", asked="b")
    ring.deliver()
    assert not ring.granted("c")
    ring.pass_time(TICK_MS)
    assert ring.granted("c")


def test_a_release_whose_facts_never_come_does_not_prolong_the_lock() -> None:
    ring = Ring("a", "b", "c")
    first = ring.want("a", "1", asked="b")
    ring.deliver()
    ring.write("a")
    ring.release("a", first)
    ring.deliver()
    del ring.claims["a"]
    ring.pass_time(TTL_MS)
    ring.want("c", "2", asked="b")
    ring.deliver()
    assert ring.done["c"][0].doubtful == {"a"}


def test_a_lock_that_ran_out_leaves_a_doubt_that_others_hear_of() -> None:
    ring = Ring("a", "b", "c")
    ring.want("a", "1", asked="b")
    ring.deliver()
    del ring.claims["a"]
    ring.pass_time(TTL_MS)
    other = ring.want("c", "2", "v/2", asked="b")
    ring.deliver()
    ring.release("c", other)
    ring.want("c", "3", asked="b")
    ring.deliver()
    assert [done.doubtful for done in ring.done["c"]] == [frozenset(), {"a"}]
    ring.release("c", "claim-3")
    ring.deliver()
    ring.want("b", "4", asked="")
    assert ring.done["b"][0].doubtful == {"a"}


def test_a_doubt_outlives_the_restart_of_who_has_it() -> None:
    ring = Ring("a", "b", "c")
    ring.want("a", "1", asked="b")
    ring.deliver()
    del ring.claims["a"]
    assert ring.claims["b"].to_keep(ring.now_ms) is None  # most claims are released at once
    ring.pass_time(LASTING_MS)
    ring.claims["b"] = ring.fresh("b", doubts=ring.claims["b"].to_keep(ring.now_ms))
    ring.want("c", "2", asked="b")
    ring.deliver()
    assert ring.done["c"][0].doubtful == {"a"}


def test_a_doubt_is_over_when_the_claimant_promises_the_same_itself() -> None:
    ring = Ring("a", "b")
    first = ring.want("a", "1")
    ring.deliver()
    ring.claims["a"].release(ring.now_ms, first)  # b does not hear of it
    ring.pass_time(TTL_MS)
    alone = ring.want("b", "2", asked="")
    ring.release("b", alone)
    asked = ring.want("b", "3", asked="a")
    ring.deliver()
    ring.release("b", asked)
    ring.deliver()
    ring.want("b", "4", asked="")
    assert [done.doubtful for done in ring.done["b"]] == [{"a"}, set(), set()]


def test_who_ends_promises_nothing_to_those_that_wait() -> None:
    ring = Ring("a", "b", "c")
    first = ring.want("a", "1", asked="b")
    ring.deliver()
    ring.want("c", "2", asked="b")
    ring.deliver()
    ring.take("b", ring.claims["b"].close())
    ring.release("a", first)
    ring.deliver()
    assert [(done.granted, done.promised) for done in ring.done["c"]] == [(True, ())]


def test_who_says_nothing_is_missing_after_a_while() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "b")}
    ring.want("a", "1")
    ring.deliver()
    ring.pass_time(SILENT_MS - TICK_MS)
    assert ring.done["a"] == []
    ring.pass_time(TICK_MS)
    assert [(done.granted, done.promised) for done in ring.done["a"]] == [(True, ("c",))]


def test_my_own_standstill_is_not_the_others_silence() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ring.take("a", ring.claims["a"].progress(900))
    assert ring.done["a"] == []
    ring.deliver()
    assert ring.done["a"][0].promised == ("b",)
    assert STANDSTILL_MS < SILENT_MS


def test_who_refuses_is_missing_at_once() -> None:
    ring = Ring("a", "b", "c")
    ring.claims["b"] = ring.fresh("b", silent_until_ms=TTL_MS)
    ring.want("a", "1")
    ring.deliver()
    assert ring.done["a"][0].promised == ("c",)


def test_who_crashed_promises_nothing_for_a_ttl() -> None:
    ring = Ring("a", "b")
    ring.claims["b"] = ring.fresh("b", silent_until_ms=TTL_MS)
    ring.now_ms = TTL_MS - 1
    ring.release("a", ring.want("a", "1"))
    ring.deliver()
    ring.now_ms = TTL_MS
    ring.want("a", "2")
    ring.deliver()
    assert [done.promised for done in ring.done["a"]] == [("b",)]


def test_a_claim_that_waits_for_another_is_given_up_as_busy() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ring.deliver()
    ring.claims["a"].writing("claim-1", +1)
    ring.want("b", "2")
    ring.deliver()
    ring.pass_time(GIVE_UP_MS)
    assert [(done.granted, done.reason) for done in ring.done["b"]] == [(False, "busy")]


def test_a_claim_can_be_cancelled_while_it_waits() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ring.take("a", ring.claims["a"].cancel(0, 1))
    assert [(done.granted, done.reason) for done in ring.done["a"]] == [(False, "cancelled")]
    ring.want("b", "2")
    ring.deliver()
    assert ring.granted("b")


def test_a_claim_tells_how_far_it_is_if_it_takes_longer() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "b")}
    ring.want("a", "1")
    ring.deliver()
    ring.pass_time(SILENT_MS)
    assert [(told.promised, told.waiting) for told in ring.told] == [(("c",), ("b",))]


def test_a_granted_claim_may_be_used_only_for_a_while() -> None:
    ring = Ring("a", "b")
    claim_id = ring.want("a", "1")
    ring.deliver()
    assert ring.claims["a"].may_write(USE_MS - 1, claim_id)
    assert not ring.claims["a"].may_write(USE_MS, claim_id)
    ring.pass_time(USE_MS)
    ring.want("b", "2")
    ring.deliver()
    assert ring.granted("b")


def test_several_resources_are_taken_all_at_once_or_not_at_all() -> None:
    ring = Ring("a", "b", "c")
    both = ring.want("a", "1", "v/1", "v/2")
    ring.want("b", "2", "v/2", "v/3")
    ring.want("c", "3", "v/3", "v/1")
    ring.deliver()
    assert [name for name in "abc" if ring.granted(name)] == ["a"]
    ring.release("a", both)
    ring.deliver()
    assert [name for name in "abc" if ring.granted(name)] == ["a", "b"]
    ring.release("b", "claim-2")
    ring.deliver()
    assert ring.granted("c")


def test_who_waits_for_some_resources_is_not_overtaken_for_ever() -> None:
    ring = Ring("a", "b", "c")
    ring.want("a", "1", "v/1")
    ring.deliver()
    ring.want("b", "2", "v/1", "v/2")
    ring.want("c", "3", "v/2")
    ring.deliver()
    assert not ring.granted("c")
    ring.release("a", "claim-1")
    ring.deliver()
    assert ring.granted("b")
    assert not ring.granted("c")


def test_one_who_comes_while_others_are_asked_is_asked_too() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "b")}
    ring.want("a", "1", asked="b")
    ring.take("a", ring.claims["a"].ask_too("c"))
    ring.deliver()
    ring.pass_time(SILENT_MS)
    assert ring.done["a"][0].promised == ("c",)


def test_a_release_that_was_lost_with_its_link_is_told_again_on_the_next() -> None:
    ring = Ring("a", "b", "c")
    ring.release("a", ring.want("a", "1"))
    ring.mail = [(sender, tell) for sender, tell in ring.mail if tell.body["t"] == "claim"]
    ring.deliver()
    ring.want("b", "2", asked="")
    assert not ring.granted("b")
    ring.take("a", ring.claims["a"].ask_too("b"))
    ring.deliver()
    assert ring.granted("b")
    ring.pass_time(TTL_MS)
    assert ring.claims["a"].ask_too("c") == []


def test_nobody_waits_for_one_who_is_gone() -> None:
    ring = Ring("a", "b", "c")
    ring.cut = {("a", "b")}
    ring.want("a", "1")
    ring.deliver()
    ring.take("a", ring.claims["a"].gone("b"))
    assert ring.done["a"][0].promised == ("c",)


def test_a_claim_that_is_heard_twice_is_answered_twice() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ask = ring.mail[0][1]
    ring.claims["b"].on_message(0, "a", ask.body)  # the answer is lost with the link
    ring.deliver()
    assert ring.granted("a")


def test_claims_of_a_session_that_has_ended_are_over_once_its_facts_are_here() -> None:
    ring = Ring("a", "b")
    ring.want("a", "1")
    ask = ring.mail.pop()[1]
    ring.take("b", ring.claims["b"].on_message(0, "a", ask.body, "before"))
    ring.mail.clear()
    ring.write("a")
    ring.take("b", ring.claims["b"].came_back(10, "a", "now", 1))
    ring.want("b", "2", asked="")
    assert not ring.granted("b")
    ring.replicate("a", "b")
    ring.pass_time(TICK_MS)
    assert ring.granted("b")


def test_nobody_fills_the_table() -> None:
    ring = Ring("a", "b")
    for number in range(MAX_LOCKS_OF_ONE + 1):
        body = {"t": "claim", "id": f"{number}", "resources": [f"v/{number}"], "hlc": "1"}
        answers = ring.claims["a"].on_message(0, "b", body)
    (answer,) = answers
    assert isinstance(answer, Tell)
    assert (answer.body["t"], answer.body["reason"]) == ("refuse", "full")


@pytest.mark.parametrize(
    "body",
    [
        {"t": "claim"},
        {"t": "claim", "id": "1", "resources": "r", "hlc": "1"},
        {"t": "claim", "id": "1", "resources": [], "hlc": "1"},
        {"t": "claim", "id": "1", "resources": ["r"] * 51, "hlc": "1"},
        {"t": "claim", "id": "1", "resources": ["r" * 1000], "hlc": "1"},
        {"t": "claim", "id": "1", "resources": [7], "hlc": "1"},
        {"t": "release", "id": "1", "positions": 5},
        {"t": "something", "id": "1"},
        {},
    ],
)
def test_a_malformed_message_is_the_peers_fault(body: dict[str, object]) -> None:
    with pytest.raises(RemoteError):
        Ring("a", "b").claims["a"].on_message(0, "b", body)
