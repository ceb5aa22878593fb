"""Hybrid logical time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replication.core import clock
from replication.core.clock import MAX_LEAD_MS, HybridClock
from replication.core.model import Now

WALL = 1_763_750_000_000
walls = st.integers(WALL - 10_000_000, WALL + 10_000_000)


@given(st.lists(walls, min_size=2, max_size=50))
def test_stamps_grow_whatever_the_wall_clock_does(readings: list[int]) -> None:
    hybrid = HybridClock()
    stamps = [hybrid.next(Now(0, wall_ms)) for wall_ms in readings]
    assert stamps == sorted(set(stamps))


@given(walls, st.integers(0, MAX_LEAD_MS))
def test_a_stamp_seen_is_passed(wall_ms: int, lead_ms: int) -> None:
    hybrid = HybridClock()
    seen = clock.stamp(wall_ms + lead_ms, 7)
    hybrid.see(seen, Now(0, wall_ms))
    assert hybrid.next(Now(0, wall_ms)) > seen


def test_one_wrong_clock_does_not_drag_the_others_along() -> None:
    hybrid = HybridClock()
    assert not hybrid.see(clock.stamp(WALL + MAX_LEAD_MS + 1, 0), Now(0, WALL))
    assert hybrid.next(Now(0, WALL)) == clock.stamp(WALL, 0)


def test_a_restart_goes_on_after_the_newest_stamp_on_disk() -> None:
    newest = clock.stamp(WALL + 50, clock.MAX_COUNTER)
    assert HybridClock(newest).next(Now(0, WALL)) == clock.stamp(WALL + 51, 0)


@pytest.mark.parametrize("text", ["", "1-2", "0001763750000000-0000x", "٠٠٠١٧٦٣٧٥٠٠٠٠٠٠٠-00000"])
def test_anything_else_is_no_hybrid_time(text: str) -> None:
    with pytest.raises(ValueError, match="hybrid time"):
        clock.parse(text)
