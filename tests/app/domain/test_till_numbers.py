from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.till_numbers import MAX_NUMBERS, parse, written


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2", (2,)),
        ("2-5", (2, 3, 4, 5)),
        ("2,3,5", (2, 3, 5)),
        (" 7, 2 - 3 ", (7, 2, 3)),
        ("2–3", (2, 3)),
        ("99999", (99_999,)),
    ],
)
def test_numbers_as_people_write_them(text: str, numbers: tuple[int, ...]) -> None:
    assert parse(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "2,",
        "0",
        "5-2",
        "2-3,3",
        "2,2",
        "-3",
        "2-",
        "2-3-4",
        "x",
        "٣",
        "100000",
        "1-99999",
        "1-999,2000-2999",
    ],
)
def test_what_is_no_list_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize(
    ("numbers", "text"), [([2], "2"), ([3, 2], "2, 3"), ([2, 3, 4], "2-4"), ([9, 4, 3, 2, 7, 8], "2-4, 7-9"), ([], "")]
)
def test_rows_of_three_and_more_are_ranges(numbers: list[int], text: str) -> None:
    assert written(numbers) == text


@given(st.sets(st.integers(1, 99_999), min_size=1, max_size=MAX_NUMBERS))
def test_what_was_written_is_read_again(numbers: set[int]) -> None:
    assert parse(written(numbers)) == tuple(sorted(numbers))
