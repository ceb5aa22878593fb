"""How much a peer may say, and how long it stays outside after breaking the protocol."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replication.core.limits import BURST_S, FORGIVEN_MS, OUTSIDE_FIRST_MS, OUTSIDE_LAST_MS, Allowance, Outside


@given(st.integers(1, 500), st.lists(st.integers(0, 400), min_size=1, max_size=200))
def test_never_more_than_the_burst_and_the_share(per_s: int, pauses: list[int]) -> None:
    allowance, now_ms, taken = Allowance(per_s, 1_000), 1_000, 0
    for pause in pauses:
        now_ms += pause
        taken += sum(allowance.take(now_ms) for _ in range(20))
        assert taken <= per_s * (BURST_S + (now_ms - 1_000) / 1_000)


def test_who_keeps_to_its_share_is_never_refused() -> None:
    allowance = Allowance(100, 0)
    assert all(allowance.take(now_ms) for now_ms in range(0, 60_000, 10))


def test_a_clock_that_stands_still_gives_nothing() -> None:
    allowance = Allowance(10, 0)
    assert sum(allowance.take(0) for _ in range(1_000)) == 10 * BURST_S


def test_time_outside_is_doubled_bounded_and_forgiven() -> None:
    outside = Outside()
    now_ms, pauses = 5_000, []
    assert not outside.is_outside("a", now_ms)
    for _ in range(10):
        outside.send("a", now_ms)
        began = now_ms
        while outside.is_outside("a", now_ms):
            now_ms += 500
        pauses.append(now_ms - began)
    assert pauses[:3] == [OUTSIDE_FIRST_MS, 2 * OUTSIDE_FIRST_MS, 4 * OUTSIDE_FIRST_MS]
    assert max(pauses) == pauses[-1] == OUTSIDE_LAST_MS
    assert not outside.is_outside("b", now_ms)
    now_ms += FORGIVEN_MS + 500
    outside.send("a", now_ms)
    assert outside.is_outside("a", now_ms + OUTSIDE_FIRST_MS - 1)
    assert not outside.is_outside("a", now_ms + OUTSIDE_FIRST_MS)
