"""The simulated scanner and badge reader send what real ones do."""

from __future__ import annotations

import pytest

from peripherals.simulators.badge_machine import BadgeMachine
from peripherals.simulators.scanner_machine import ScannerMachine

EAN = "4006381333931"


@pytest.mark.parametrize(
    ("commands", "sent"),
    [
        ([f"scan {EAN}"], b"4006381333931\r"),
        (["end crlf", f"scan {EAN}"], b"4006381333931\r\n"),
        (["aim ]E0", "end lf", f"scan {EAN}"], b"]E04006381333931\n"),
        (["aim ]C1", "scan 0104006381333931~10AB"], b"]C10104006381333931\x1d10AB\r"),
        (["aim ]E0", "no_aim", f"double {EAN}"], b"4006381333931\r" * 2),
        ([f"misread {EAN}"], b"4006381333932\r"),
        ([f"partial {EAN}"], b"4006381"),
        ([f"partial {EAN}", f"rest {EAN}"], b"4006381333931\r"),
        (["endless"], b"9" * 3000 + b"\r"),
        (["noise"], b"\x80\xff\x01\r"),
    ],
)
def test_a_scanner_sends(commands: list[str], sent: bytes) -> None:
    machine = ScannerMachine()
    machine.receive(b"\x07")
    assert all(machine.fault(command) for command in commands)
    assert (machine.take_replies(), machine.take_replies()) == (sent, b"")


@pytest.mark.parametrize(
    ("commands", "sent"),
    [
        (["badge 04A1B2C3"], b"04A1B2C3\r\n"),
        (["order last", "badge 04A1B2C3"], b"C3B2A104\r\n"),
        (["writes decimal", "badge 04A1B2C3"], b"77705923\r\n"),
        (["lying 04A1B2C3"], b"04A1B2C3\r\n" * 5),
        (["partial 04A1B2C3"], b"04A1B"),
        (["noise"], b"\x80\xff\x01\r"),
    ],
)
def test_a_badge_reader_sends(commands: list[str], sent: bytes) -> None:
    machine = BadgeMachine()
    machine.receive(b"\x07")
    assert all(machine.fault(command) for command in commands)
    assert (machine.take_replies(), machine.take_replies()) == (sent, b"")


@pytest.mark.parametrize("command", ["", "scan", "fly 17", "end tab", "aim E0", "badge", "badge 04A1X", "writes octal"])
def test_a_command_that_is_none_is_told(command: str) -> None:
    assert not ScannerMachine().fault(command)
    assert not BadgeMachine().fault(command)
