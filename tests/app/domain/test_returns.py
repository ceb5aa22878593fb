"""What is given back for goods: never more, and in the end exactly, what was paid for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.returns import value_of_return

grosses = st.integers(0, 100_000)


@given(grosses, st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_bringing_everything_back_in_any_parts_gives_exactly_what_was_paid(gross: int, parts: list[int]) -> None:
    sold, before, given_back = sum(parts), 0, 0
    for part in parts:
        value = value_of_return(gross, sold, before, given_back, part)
        assert 0 <= value <= gross - given_back
        before, given_back = before + part, given_back + value
    assert given_back == gross


@given(grosses, st.integers(1, 12), st.lists(st.tuples(st.booleans(), st.integers(0, 11)), max_size=30))
def test_returns_given_up_in_between_leave_no_cent_over(gross: int, pieces: int, story: list[tuple[bool, int]]) -> None:
    sold, given_back = pieces * 1000, list[int]()

    def bring_one() -> None:
        before = len(given_back) * 1000
        given_back.append(value_of_return(gross, sold, before, sum(given_back), 1000))
        assert sum(given_back) <= gross

    for brings, which in story:
        if brings and len(given_back) < pieces:
            bring_one()
        elif not brings and given_back:
            given_back.pop(which % len(given_back))
    while len(given_back) < pieces:
        bring_one()
    assert sum(given_back) == gross


@pytest.mark.parametrize(("gross", "pieces", "values"), [(100, 3, [33, 34, 33]), (1, 2, [1, 0]), (500, 2, [250, 250])])
def test_worked_values(gross: int, pieces: int, values: list[int]) -> None:
    given_back = list[int]()
    for _ in range(pieces):
        before = len(given_back) * 1000
        given_back.append(value_of_return(gross, pieces * 1000, before, sum(given_back), 1000))
    assert given_back == values


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_more_than_was_sold_cannot_come_back(quantity: int) -> None:
    with pytest.raises(ValueError, match="only what was sold"):
        value_of_return(100, 2000, 1000, 50, quantity)
