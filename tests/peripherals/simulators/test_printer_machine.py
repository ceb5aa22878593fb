"""The simulated printer's head, against the bytes of the reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.simulators.printer_machine import BUFFER_BYTES, PrinterMachine


def asked(machine: PrinterMachine) -> str:
    machine.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
    return machine.take_replies().hex(" ").upper()


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        ("paper_in", "12 12 12 12"),
        ("paper_out", "1A 32 12 7E"),
        ("cover_open", "1A 16 12 12"),
        ("near_end", "12 12 12 1E"),
    ],
)
def test_dle_eot_is_answered_as_the_reference_says(fault: str, answers: str) -> None:
    machine = PrinterMachine()
    assert machine.fault(fault)
    assert asked(machine) == answers


def test_text_is_decoded_in_its_code_page() -> None:
    machine = PrinterMachine()
    machine.receive(b"\x1b@\x1bt\x13\x8e\x99\x9a\x84\x94\x81\xe1 \xd5\n\x1b@\xe1\n")
    assert machine.take_paper() == "ÄÖÜäöüß €\nß\n"


def test_paper_out_in_the_middle_holds_the_rest_and_the_fence_but_answers_at_once() -> None:
    machine = PrinterMachine()
    machine.fault("paper_out 2")
    machine.receive(b"\x1da\x0f1\n2\n3\n\x1dr\x01")
    assert machine.take_paper() == "1\n2\n"
    assert machine.take_replies() == bytes.fromhex("10 00 00 0F 18 00 0F 0F")
    assert asked(machine) == "1A 32 12 7E"
    machine.fault("paper_in")
    assert machine.take_paper() == "3\n"
    assert machine.take_replies() == bytes.fromhex("10 00 00 0F 00")


def test_esc_at_switches_automatic_status_off() -> None:
    machine = PrinterMachine()
    machine.receive(b"\x1da\x0f\x1b@")
    machine.take_replies()
    machine.fault("near_end")
    assert machine.take_replies() == b""


def test_silence_is_total_until_it_ends() -> None:
    machine = PrinterMachine()
    machine.fault("silent")
    machine.receive(b"text\n\x1dr\x01")
    assert (asked(machine), machine.take_paper()) == ("", "")
    machine.fault("answer")
    assert (machine.take_paper(), machine.take_replies()) == ("text\n", b"\x00")


def test_symbols_cuts_and_pulses_are_shown() -> None:
    machine = PrinterMachine(20)
    machine.receive(b"\x1ba\x01\x1d(k\x06\x001P0ABC\x1d(k\x03\x001Q0\x1dkI\x05{BXYZ\x1dk\x04Q\x00\x1ba\x00")
    machine.receive(b"\x1dv0\x00\x01\x00\x02\x00\xff\xff\x1bd\x01\x1dV\x00\x1dVB\x00\x1bp\x00\x32\x32")
    assert machine.take_paper().splitlines() == [
        "      [QR ABC]", "   [BARCODE XYZ]", "    [BARCODE Q]", "[PICTURE 8 × 2]", "", "- - - - - - - - - - ",
        "- - - - - - - - - - ",
    ]  # fmt: skip
    assert machine.pulses == 1
    assert machine.unknown == []


def test_the_epson_fence_is_answered_with_its_number() -> None:
    machine = PrinterMachine()
    machine.receive(b"\x1d(H\x06\x0000\x30\x30\x34\x32")
    assert machine.take_replies() == b"\x37\x22\x30\x30\x34\x32\x00"


def test_a_clone_prints_the_epson_fence_and_says_not_who_made_it() -> None:
    epson, clone = PrinterMachine(), PrinterMachine(clone=True)
    for machine in (epson, clone):
        machine.receive(b"\x1dIB\x1d(H\x06\x00000042\n\x1dr\x01")
    assert (epson.take_replies(), epson.take_paper()) == (b"_EPSON\x00\x37\x220042\x00\x00", "\n")
    assert (clone.take_replies(), clone.take_paper()) == (b"\x00", "H000042\n")


@pytest.mark.parametrize(("level", "shut", "open_"), [("high", "12", "16"), ("low", "16", "12")])
def test_a_drawer_with_a_sensor_opens_by_the_pulse_unless_it_is_stuck(level: str, shut: str, open_: str) -> None:
    machine = PrinterMachine()
    machine.receive(b"\x1ba\x00\x1da\x0f")
    assert machine.fault(f"drawer_sensor {level}")
    assert asked(machine)[-11:] == f"{shut} 12 12 12"
    machine.fault("drawer_stuck")
    machine.receive(b"\x1bp\x00\x32\x32")
    assert not machine.drawer_open
    machine.fault("drawer_free")
    machine.take_replies()
    machine.receive(b"\x1bp\x00\x32\x32")
    assert machine.drawer_open
    assert machine.take_replies()[:1] == bytes((int(open_, 16) & ~2,)), "the change is told by itself"
    assert asked(machine) == f"{open_} 12 12 12"
    machine.fault("drawer_close")
    assert asked(machine)[-11:] == f"{shut} 12 12 12"


def test_unknown_commands_are_noted_and_unknown_faults_refused() -> None:
    machine = PrinterMachine()
    machine.receive(b"\x1bZ\x1dZ\x07ok\n")
    assert machine.unknown == [b"\x1bZ", b"\x1dZ", b"\x07"]
    assert machine.take_paper() == "ok\n"
    assert not machine.fault("fire")
    assert not machine.fault("paper_out soon")


@given(st.binary(max_size=400), st.integers(1, 9))
def test_any_bytes_print_the_same_in_any_pieces(data: bytes, size: int) -> None:
    whole, pieces = PrinterMachine(), PrinterMachine()
    whole.receive(data)
    for at in range(0, len(data), size):
        pieces.receive(data[at : at + size])
    assert whole.take_paper() == pieces.take_paper()
    assert whole.room == pieces.room <= BUFFER_BYTES
