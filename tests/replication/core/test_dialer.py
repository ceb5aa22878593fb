"""Whom to dial when."""

from __future__ import annotations

import random

from replication.core.dialer import FIRST_MS, LAST_MS, MAX_TARGETS, POLITE_MS, Dialer


def dialer() -> Dialer:
    return Dialer("b", random.Random(1))


def test_a_sighted_address_is_dialled_once() -> None:
    it = dialer()
    it.sighted("host:1", "c", static=False, now_ms=0)
    assert it.due(0, set()) == ["host:1"]
    assert it.due(10_000, set()) == []


def test_the_member_with_the_higher_id_lets_the_other_dial_first() -> None:
    it = dialer()
    it.sighted("host:1", "a", static=False, now_ms=0)
    assert it.due(POLITE_MS - 1, set()) == []
    assert it.due(POLITE_MS, {"a"}) == []
    assert it.due(POLITE_MS, set()) == ["host:1"]


def test_failures_back_off_and_never_beyond_the_limit() -> None:
    it = dialer()
    it.sighted("host:1", "", static=True, now_ms=0)
    now_ms, pauses = 0, []
    for _ in range(12):
        began_ms = now_ms
        while not it.due(now_ms, set()):
            now_ms += 10
        pauses.append(now_ms - began_ms)
        it.down("host:1", now_ms, failed=True)
    assert pauses[1] >= FIRST_MS // 2
    assert LAST_MS // 2 <= pauses[-1] <= LAST_MS + 10
    assert all(pause <= LAST_MS + 10 for pause in pauses)


def test_an_address_that_answers_and_refuses_each_time_is_dialled_less_and_less() -> None:
    it = dialer()
    it.sighted("host:1", "c", static=True, now_ms=0)
    now_ms = 0
    for _ in range(10):
        while not it.due(now_ms, set()):
            now_ms += 10
        it.up("host:1", "c")
        it.down("host:1", now_ms, failed=True)
    assert not it.due(now_ms + LAST_MS // 2 - 10, set())
    assert it.due(now_ms + LAST_MS + 10, set())
    it.up("host:1", "c")
    it.down("host:1", now_ms, failed=False)  # one that was good for something
    assert it.due(now_ms + FIRST_MS, set())


def test_an_address_that_discovery_lost_is_forgotten_but_a_static_one_stays() -> None:
    it = dialer()
    it.sighted("gone:1", "c", static=False, now_ms=0)
    it.sighted("stays:1", "d", static=True, now_ms=0)
    it.lost("gone:1")
    it.lost("stays:1")
    assert it.due(LAST_MS, set()) == ["stays:1"]


def test_my_own_address_is_never_dialled_again() -> None:
    it = dialer()
    it.sighted("me:1", "", static=True, now_ms=0)
    assert it.due(0, set()) == ["me:1"]
    it.up("me:1", "b")
    it.down("me:1", 0, failed=True)
    assert it.due(LAST_MS * 2, set()) == []
    it.sighted("me:2", "b", static=False, now_ms=0)
    assert it.due(LAST_MS * 2, set()) == ["me:2"]  # once: it may be a copy of me
    it.up("me:2", "b")
    it.myself("me:2")
    it.sighted("me:2", "b", static=False, now_ms=0)
    assert it.due(LAST_MS * 4, set()) == []


def test_addresses_are_bounded() -> None:
    it = dialer()
    for number in range(MAX_TARGETS + 10):
        it.sighted(f"host:{number}", "", static=False, now_ms=0)
    assert len(it.due(LAST_MS, set())) == MAX_TARGETS


def test_a_member_under_several_addresses_is_dialled_at_one_at_a_time() -> None:
    it = dialer()
    for address in ("v4:1", "[v6]:1", "static:1"):
        it.sighted(address, "c", static=False, now_ms=0)
    assert it.due(0, set()) == ["v4:1"]
    assert it.due(10_000, set()) == []
    it.down("v4:1", 10_000, failed=True)
    assert it.due(10_000, set()) == ["[v6]:1"]
    it.up("[v6]:1", "c")
    assert it.due(20_000, {"c"}) == []
    it.down("[v6]:1", 20_000, failed=False)
    assert it.due(20_000, set()) == ["v4:1"]


def test_addresses_of_nobody_known_do_not_wait_for_each_other() -> None:
    it = dialer()
    it.sighted("one:1", "", static=True, now_ms=0)
    it.sighted("two:1", "", static=True, now_ms=0)
    assert it.due(0, set()) == ["one:1", "two:1"]
