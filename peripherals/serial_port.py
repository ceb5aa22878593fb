"""pyserial, and what it is told; imported when a serial port is configured, off the loop."""

from __future__ import annotations

from typing import Any

from peripherals.line import Line


def parts_of(line: Line) -> tuple[int, str, int]:
    """Bits, parity and stop bits, as pyserial wants them; ``ValueError`` for what no port can be set to."""
    line.check()
    return int(line.frame[0]), line.frame[1], int(line.frame[2])


def pyserial() -> Any:
    """The package."""
    import serial

    return serial
