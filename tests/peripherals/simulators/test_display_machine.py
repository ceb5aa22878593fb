"""The simulated display's habits, which a driver has to know."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peripherals.simulators.display_machine import DisplayMachine


def test_forty_characters_and_more_in_a_row_scroll() -> None:
    machine = DisplayMachine()
    machine.receive(b"\x1b@" + b"A" * 20 + b"B" * 20)
    assert (machine.lines, machine.scrolled) == (("A" * 20, "B" * 20), 0)
    machine.receive(b"C")
    assert machine.lines == ("B" * 20, "C" + " " * 19)
    assert machine.scrolled == 1


def test_in_line_mode_a_code_page_is_passed_over_until_it_is_cleared() -> None:
    machine = DisplayMachine()
    machine.receive(b"\x1bQA" + b"\xd5".ljust(20) + b"\r\x1bt\x13")
    assert machine.unknown[0] == b"\x1bt"
    machine.receive(b"\x0c\x1bt\x13\x1bQA" + b"\xd5".ljust(20) + b"\r")
    assert machine.lines[0] == "€".ljust(20)


def test_a_line_that_is_too_long_scrolls() -> None:
    machine = DisplayMachine()
    machine.receive(b"!#1" + b"x" * 21 + b"\r")
    assert machine.scrolled == 1


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_junk_is_borne_and_a_text_after_it_is_shown(junk: list[bytes]) -> None:
    machine = DisplayMachine()
    for data in junk:
        machine.receive(data)
    machine.receive(b"\r" + b"\x0c" * 100 + b"\x1b@!#1" + b"A".ljust(20) + b"\r!#2" + b"B".ljust(20) + b"\r")
    assert machine.lines == ("A".ljust(20), "B".ljust(20))


@given(st.binary(min_size=1, max_size=120), st.integers(1, 119))
def test_bytes_mean_the_same_however_they_are_cut(data: bytes, at: int) -> None:
    whole, cut = DisplayMachine(), DisplayMachine()
    data = b"\x1b@\x1f\x24\x01\x02Hallo!#1" + data
    whole.receive(data)
    cut.receive(data[:at])
    cut.receive(data[at:])
    assert whole.lines == cut.lines


def test_there_is_no_fault_that_it_does_not_know() -> None:
    assert not DisplayMachine().fault("paper_out")
