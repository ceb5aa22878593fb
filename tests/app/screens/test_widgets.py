from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from app.screens.cells import between, harmless, left, right
from app.screens.widgets import digits
from app.screens.widgets.lines import page_top
from app.screens.widgets.painting import changed
from app.screens.widgets.status import Standing, fitting, said


@given(st.text(max_size=30), st.integers(0, 40))
def test_cells_are_exactly_as_wide_as_asked_and_harmless(text: str, width: int) -> None:
    for cells in (left(text, width), right(text, width)):
        assert cell_len(cells) == width
        assert cells.isprintable()


def test_half_a_number_is_never_shown() -> None:
    assert right("12345,67", 6) == "######"
    assert right("5,67", 6) == "  5,67"


def test_control_characters_are_question_marks() -> None:
    assert harmless("a\x1b[2Jb\x9b\u202e") == "a?[2Jb??"


def test_start_and_end_share_a_line_and_the_end_is_kept() -> None:
    assert between("Kugelschreiber", "0,89", 10) == "Kugel 0,89"


@given(st.integers(0, 300), st.integers(-5, 300), st.integers(0, 300), st.integers(0, 40))
def test_the_page_shows_its_target_and_never_leaves_the_lines(top: int, target: int, count: int, height: int) -> None:
    found = page_top(top, target, count, height)
    assert 0 <= found <= max(0, count - 1)
    if count and height and top < count:
        shown = min(max(0, target), count - 1)
        assert found <= shown < found + height


def test_pages_turn_by_halves() -> None:
    assert page_top(0, 18, 19, 19) == 0
    assert page_top(0, 19, 20, 19) == 9
    assert page_top(9, 27, 28, 19) == 9
    assert page_top(9, 28, 29, 19) == 18


@pytest.mark.parametrize(("text", "width", "cells"), [("1,50", 40, 23), ("1,50", 20, 13)])
def test_large_digits_take_the_room_there_is(text: str, width: int, cells: int) -> None:
    rows = digits.large(text, width)
    assert rows is not None
    assert len(rows) == digits.HEIGHT
    assert {len(row) for row in rows} == {cells}


def test_digits_that_do_not_fit_or_do_not_exist_are_none() -> None:
    assert digits.large("1,50", 10) is None
    assert digits.large("CHF", 80) is None


def test_the_standing_tells_offline_from_a_lost_engine() -> None:
    standing = Standing("Kasse 1", "1-000001", "Neumann", "21.11. 18:37", online=False)
    assert "OFFLINE" in said(standing)[0]
    assert "1 " in said(Standing("Kasse 1", "1-000001", "", "", online=True, peers=1))[0]
    assert "42 %" in said(Standing("Kasse 1", "1-000001", "", "", fetched=42))[1]


PARTS = st.lists(st.tuples(st.text("ab 1ä", max_size=6), st.sampled_from(["", "good", "bad"])), max_size=5).map(tuple)


@given(PARTS, PARTS, st.integers(0, 20))
def test_painting_what_has_changed_of_a_line_makes_it_the_new_line(
    before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...], width: int
) -> None:
    def cells(parts: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
        line = [(mark, name) for text, name in parts for mark in text]
        return (line + [(" ", "")] * width)[:width]

    start, end = changed(before, after, width)
    assert 0 <= start <= end <= width
    assert cells(before)[:start] + cells(after)[start:end] + cells(before)[end:] == cells(after)


def test_an_entry_that_grows_is_painted_at_its_end() -> None:
    assert changed(((" > ", "prompt"), ("400", "")), ((" > ", "prompt"), ("4006", "")), 80) == (6, 7)


@pytest.mark.parametrize("room", range(60))
def test_the_receipts_number_stands_whole_or_not_at_all(room: int) -> None:
    shown = left(fitting(Standing("Kasse 3", "3-000123", "Anna Beispiel", ""), room), room)
    assert ("3-000123" in shown) == any(digit in shown.removeprefix(" Kasse 3") for digit in "0123")
