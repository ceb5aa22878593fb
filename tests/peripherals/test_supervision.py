"""Pauses between tries."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from peripherals.supervision import FIRST_PAUSE_S, LONGEST_PAUSE_S, Backoff


@given(st.integers(), st.lists(st.floats(0, 100), max_size=100))
def test_pauses_are_bounded_whatever_happens(seed: int, healthy: list[float]) -> None:
    backoff = Backoff(random.Random(seed))
    for healthy_for_s in healthy:
        assert FIRST_PAUSE_S / 2 <= backoff.pause_s(healthy_for_s) <= LONGEST_PAUSE_S


def test_pauses_grow_while_it_fails_and_start_anew_after_ten_healthy_seconds() -> None:
    backoff = Backoff(random.Random(1))
    pauses = [backoff.pause_s(0) for _ in range(10)]
    assert pauses[9] > 10 * pauses[0]
    assert backoff.pause_s(10) <= FIRST_PAUSE_S
