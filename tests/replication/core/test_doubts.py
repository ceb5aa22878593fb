"""Doubts: when they are settled, and what is kept of them."""

from __future__ import annotations

from replication.core.doubts import MAX_DOUBTS, Doubt, Doubts
from replication.core.model import Feed

A = Feed("a", "circulation")


def doubts(kept: str | None = None) -> tuple[Doubts, dict[Feed, int]]:
    applied: dict[Feed, int] = {}
    return Doubts(lambda feed: applied.get(feed, 0), kept), applied


def test_a_doubt_is_about_one_resource_and_stays() -> None:
    some, _ = doubts()
    some.add("v/1", "a", Doubt("s1"))
    assert (some.about(["v/1", "v/2"]), some.about(["v/2"])) == ({"a"}, set())


def test_it_is_settled_by_what_a_later_session_begins_with_once_that_is_applied() -> None:
    some, applied = doubts()
    some.add("v/1", "a", Doubt("s1"))
    some.came_back("a", "s1", 0)  # the same session may have more under way
    applied[A] = 4
    assert some.about(["v/1"]) == {"a"}
    some.came_back("a", "s2", 5)
    assert some.about(["v/1"]) == {"a"}
    applied[A] = 5
    assert some.about(["v/1"]) == set()


def test_a_relayed_claim_has_no_session_that_could_end() -> None:
    some, applied = doubts()
    some.add("v/1", "a", Doubt(""))
    some.came_back("a", "s2", 0)
    assert some.about(["v/1"]) == {"a"}
    some.promised(["v/1"], "a", 3)
    assert some.about(["v/1"]) == {"a"}
    applied[A] = 3
    assert some.about(["v/1"]) == set()


def test_doubts_and_lasting_locks_outlive_a_restart() -> None:
    some, _ = doubts()
    assert some.text([]) is None
    some.add("v/1", "a", Doubt("s1", 5))
    again, applied = doubts(some.text([("v/1", "b", "s7"), ("v/2", "a", "s1")]))
    assert (again.about(["v/1"]), again.about(["v/2"])) == ({"a", "b"}, {"a"})
    applied[A] = 5
    again.came_back("a", "s2", 5)
    assert (again.about(["v/1"]), again.about(["v/2"])) == ({"b"}, set())


def test_what_nobody_can_read_is_no_doubt_and_there_are_not_too_many() -> None:
    some, _ = doubts("{]")
    for number in range(MAX_DOUBTS + 1):
        some.add(f"v/{number}", "a", Doubt(""))
    assert (some.about(["v/0"]), some.about([f"v/{MAX_DOUBTS}"])) == (set(), {"a"})
