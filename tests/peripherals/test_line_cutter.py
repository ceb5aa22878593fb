"""Lines of a serial reader: whole ones only, whatever the line does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.line_cutter import IDLE_S, REST_S, LineCutter, Lost
from peripherals.repeats import Repeats

MAX_BYTES = 20


def cutter() -> LineCutter:
    return LineCutter(MAX_BYTES)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n\n"])
def test_cr_lf_and_both_end_a_line_and_empty_lines_are_none(end: bytes) -> None:
    assert cutter().feed(b"4006" + end + b"17" + end, 0.0) == [b"4006", b"17"]


@given(st.binary(max_size=120), st.integers(1, 7))
def test_the_same_bytes_give_the_same_lines_in_any_pieces(data: bytes, size: int) -> None:
    whole, pieces = cutter(), cutter()
    in_pieces = [line for at in range(0, len(data), size) for line in pieces.feed(data[at : at + size], at / 1000)]
    assert whole.feed(data, 0.0) == in_pieces
    assert all(len(line) <= MAX_BYTES for line in in_pieces if isinstance(line, bytes))


def test_a_line_is_dropped_when_nothing_follows_whether_a_timer_looks_or_the_next_bytes_come() -> None:
    by_timer, by_bytes = cutter(), cutter()
    for each in (by_timer, by_bytes):
        assert each.feed(b"40063", 5.0) == []
        assert each.due_s == pytest.approx(5.0 + IDLE_S)
    assert by_timer.expire(5.0 + IDLE_S / 2) == []
    assert by_timer.expire(5.0 + IDLE_S) == [Lost("partial", b"40063")]
    assert by_timer.due_s is None
    assert by_bytes.feed(b"4711\r", 5.0 + IDLE_S + REST_S) == [Lost("partial", b"40063"), b"4711"]


def test_the_late_end_of_a_torn_line_is_no_line_of_its_own_and_the_next_one_is() -> None:
    lines = cutter()
    lines.feed(b"40063", 0.0)
    lost_at = IDLE_S
    assert lines.expire(lost_at) == [Lost("partial", b"40063")]
    assert lines.feed(b"33931\r4711\r", lost_at + REST_S / 2) == [Lost("partial", b"33931"), b"4711"]


def test_after_a_while_a_line_is_a_line_again() -> None:
    lines = cutter()
    lines.feed(b"40063", 0.0)
    lines.expire(IDLE_S)
    assert lines.feed(b"33931\r", IDLE_S + REST_S) == [b"33931"]


def test_a_line_that_is_too_long_is_lost_as_a_whole_and_the_next_is_not() -> None:
    lines = cutter()
    assert lines.feed(b"9" * MAX_BYTES + b"\r", 0.0) == [b"9" * MAX_BYTES]
    lost = lines.feed(b"9" * (MAX_BYTES + 1) + b"\r" + b"4711\r", 0.0)
    assert lost == [Lost("too_long", b"9" * MAX_BYTES), b"4711"]


def test_the_same_thing_again_is_new_only_after_it_has_been_away() -> None:
    repeats = Repeats(400)
    seen = [(0.0, False), (0.3, True), (0.6, True), (0.9, True), (1.4, False)]
    assert [(at, repeats.again("4711", at)) for at, _again in seen] == seen
    assert not repeats.again("4712", 1.5)
    assert not repeats.again("4711", 1.6)
    assert [Repeats(0).again("4711", 0.0) for _ in range(2)] == [False, False]
