"""The relay's bytes against the boards' own text, and what they switch on a machine that shares nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.gate.codec import board, raw
from peripherals.simulators.gate_machine import GateMachine


@given(st.integers(1, 16), st.binary(max_size=12))
def test_a_pulse_closes_its_own_contact_and_opens_it_again_whatever_came_before(channel: int, junk: bytes) -> None:
    machine = GateMachine()
    machine.receive(junk)
    # What junk has begun ends with bytes that begin nothing.
    machine.receive(b"\x00\x00\x00")
    machine.closed.clear()
    passed = machine.passed
    machine.receive(board(channel).on)
    assert (machine.closed, machine.passed) == ({channel}, passed + 1)
    machine.receive(board(channel).on)
    assert machine.passed == passed + 1
    machine.receive(board(channel).off)
    assert machine.closed == set()


def test_a_wrong_checksum_switches_nothing() -> None:
    machine = GateMachine()
    machine.receive(bytes.fromhex("A0 01 01 A3"))
    assert machine.closed == set()
    machine.receive(bytes.fromhex("A0 01 01 A2"))
    assert machine.closed == {1}


def test_without_current_every_contact_opens() -> None:
    machine = GateMachine()
    machine.receive(board().on)
    assert machine.fault("off")
    machine.receive(board().on)
    assert machine.closed == set()
    machine.fault("on")
    machine.receive(board().on)
    assert machine.closed == {1}
    assert not machine.fault("jam")


def test_other_relays_take_the_bytes_that_are_configured() -> None:
    strokes = raw("fe 05 00 00 ff 00 98 35", "FE050000 0000 D9C5")
    assert strokes.on == bytes.fromhex("FE050000FF009835")
    assert strokes.off == bytes.fromhex("FE0500000000D9C5")


@pytest.mark.parametrize(("on", "off"), [("A0 0", "A0"), ("", "A0"), ("A0", "a0"), ("grün", "A0"), ("A0" * 65, "00")])
def test_bytes_that_are_none_are_refused_with_a_sentence(on: str, off: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|bytes"):
        raw(on, off)


@pytest.mark.parametrize("channel", [0, 17, -1])
def test_a_channel_that_no_board_has_is_refused(channel: int) -> None:
    with pytest.raises(ValueError, match="channels 1 to 16"):
        board(channel)
