"""How a serial line is set. Pure."""

from __future__ import annotations

import re

import msgspec

_FRAME = re.compile(r"([5678])([NEOMS])([12])")


class Line(msgspec.Struct, frozen=True):
    """How a serial line is set: baud, frame (``8N1``, ``7E1``, …), and whether RTS/CTS hold it up."""

    baud: int = 9600
    frame: str = "8N1"
    rtscts: bool = False

    def check(self) -> None:
        """``ValueError`` for what no port can be set to."""
        if not 50 <= self.baud <= 4_000_000:
            raise ValueError(f"a baud rate of {self.baud}")
        if _FRAME.fullmatch(self.frame) is None:
            raise ValueError(f"a frame of {self.frame!r}: write bits, parity and stop bits, like 8N1 or 7E1")
