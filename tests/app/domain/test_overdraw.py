"""Laws of overdraws: what is beyond, and that settling never gives too much."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.overdraw import Taken, beyond, covered

amounts = st.integers(1, 9)


@given(st.integers(0, 20), st.lists(amounts, max_size=8))
def test_what_is_beyond_is_what_is_missing_and_falls_on_the_last(granted: int, uses: list[int]) -> None:
    parts = beyond(granted, [Taken(amount) for amount in uses])
    assert sum(parts) == max(0, sum(uses) - granted)
    first = next((at for at, part in enumerate(parts) if part), len(uses))
    assert sum(uses[:first]) <= granted
    assert parts[first + 1 :] == uses[first + 1 :]


@given(st.integers(0, 20), st.lists(st.tuples(amounts, st.booleans()), max_size=8))
def test_what_is_settled_with_a_part_of_the_uses_known_is_never_too_much(
    granted: int, uses: list[tuple[int, bool]]
) -> None:
    known = [amount for amount, is_known in uses if is_known]
    settled = iter(beyond(granted, [Taken(amount) for amount in known]))
    taken = [Taken(amount, next(settled) if is_known else 0) for amount, is_known in uses]
    every = beyond(granted, [Taken(amount) for amount, _ in uses])
    assert all(each.settled <= most for each, most in zip(taken, every, strict=True))
    assert sum(beyond(granted, taken)) == sum(every) - sum(each.settled for each in taken)


@given(st.lists(st.tuples(st.integers(0, 9), amounts), max_size=6), st.randoms(use_true_random=False))
def test_stretches_cover_the_same_in_any_order_and_twice(stretches: list[tuple[int, int]], shuffling: object) -> None:
    again = [*stretches, *stretches]
    shuffling.shuffle(again)  # type: ignore[attr-defined]
    cells = {cell for start, length in stretches for cell in range(start, start + length)}
    assert covered(again) == covered(stretches) == len(cells)
