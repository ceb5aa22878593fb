"""A barcode scanner without its wire: what it is told to scan comes out as bytes. Pure; shares nothing with the driver.

Its faults are what goes wrong at a counter: a label read twice, or misread, a code that does not come whole.
"""

from __future__ import annotations

from typing import ClassVar

from peripherals.simulators.serving import Machine

FAULTS = (
    "scan CODE", "double CODE", "misread CODE", "partial CODE", "rest CODE", "endless", "noise", "aim IDENTIFIER",
    "no_aim", "end cr|lf|crlf",
)  # fmt: skip
ENDS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n"}
ENDLESS_BYTES = 3_000
NOISE = b"\x80\xff\x01\r"
"""What a code looks like to a till that listens at another baud rate."""
GS1_SEPARATOR = "~"
"""Stands for GS (1Dh) in a command, as people can type it."""


class ScannerMachine(Machine):
    """The scanner. ``aim``: the identifier before each code, such as ``]E0``."""

    FAULTS: ClassVar[tuple[str, ...]] = FAULTS

    def __init__(self, *, aim: str = "", end: str = "cr") -> None:
        self._aim = aim
        self._end = ENDS[end]
        self._sends = bytearray()

    def receive(self, data: bytes) -> None:
        """What the till sends: nothing that a scanner needs."""

    def take_replies(self) -> bytes:
        """The bytes to send."""
        sends, self._sends = bytes(self._sends), bytearray()
        return sends

    def fault(self, command: str) -> bool:
        """Scan something, well or badly; False if there is no command of that name."""
        word, _, rest = command.strip().partition(" ")
        code = rest.strip()
        if word == "aim" and code.startswith("]"):
            self._aim = code
        elif word == "no_aim":
            self._aim = ""
        elif word == "end" and code in ENDS:
            self._end = ENDS[code]
        elif word == "noise":
            self._sends += NOISE
        elif word == "endless":
            self._sends += b"9" * ENDLESS_BYTES + self._end
        elif not code:
            return False
        else:
            return self._scans(word, code)
        return True

    def _scans(self, word: str, code: str) -> bool:
        whole = self._aim.encode() + code.replace(GS1_SEPARATOR, "\x1d").encode("latin-1", "replace") + self._end
        half = len(whole) // 2
        match word:
            case "scan":
                self._sends += whole
            case "double":
                self._sends += whole * 2
            case "misread":
                last = code[-1]
                wrong = str((int(last) + 1) % 10) if last.isdigit() else "?"
                self._sends += self._aim.encode() + (code[:-1] + wrong).encode("latin-1", "replace") + self._end
            case "partial":
                self._sends += whole[:half]
            case "rest":
                self._sends += whole[half:]
            case _:
                return False
        return True
