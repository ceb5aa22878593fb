"""A customer display without its wire: bytes in, two lines of twenty out. Pure; shares nothing with the driver.

Told nothing else, it understands the three command sets at once, since their commands begin differently (``1F``,
``1B``, ``21 23``), and is as touchy as real ones: text that runs past the last place scrolls, a code page is
forgotten with the current, and in the CD5220's line mode everything but lines and ``0C`` is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from peripherals.simulators.serving import Machine

COLUMNS, ROWS = 20, 2
ENCODINGS = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
MAX_PARTIAL_BYTES = 64
MAX_UNKNOWN = 100

_UPPER, _LOWER = 0, 1
_LINE_COMMANDS = {b"\x1bQA": _UPPER, b"\x1bQB": _LOWER, b"!#1": _UPPER, b"!#2": _LOWER}


class DisplayMachine(Machine):
    """The display. Feed it with ``receive``; ``lines`` is what a customer reads."""

    FAULTS: ClassVar[tuple[str, ...]] = ("off", "on")

    def __init__(self, command_set: str = "", shown: Callable[[tuple[str, str]], None] = lambda _: None) -> None:
        """``command_set``: ``epson``, ``cd5220`` or ``aedex``, as a real one is switched to; empty: all of them.

        ``shown`` is told when something else is to be read.
        """
        self._shown = shown
        self._exclamations = command_set in ("", "aedex")
        self.unknown: list[bytes] = []
        """Commands that it does not know, each with its first bytes; at most 100 are kept."""
        self.scrolled = 0
        """How often text ran past the last place: a driver that writes forty in a row makes it happen."""
        self.written = 0
        """How many lines were written since it was made."""
        self._on = True
        self._begin()

    def _begin(self) -> None:
        self._rows = [" " * COLUMNS] * ROWS
        self._page = 0
        self._at = (0, _UPPER)
        self._line_mode = False
        self._partial = b""

    @property
    def lines(self) -> tuple[str, str]:
        """What is to be read; blanks while it is off."""
        return (self._rows[0], self._rows[1]) if self._on else (" " * COLUMNS, " " * COLUMNS)

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire."""
        if not self._on:
            return
        before = self.lines
        self._partial += data
        while self._partial and (used := self._step(self._partial)):
            self._partial = self._partial[used:]
        if len(self._partial) > MAX_PARTIAL_BYTES:
            self._note_unknown(self._partial)
            self._partial = b""
        if self.lines != before:
            self._shown(self.lines)

    def take_replies(self) -> bytes:
        """A display says nothing."""
        return b""

    def fault(self, command: str) -> bool:
        """``off``: without current; ``on``: it has forgotten everything. False if there is no such fault."""
        if command not in self.FAULTS:
            return False
        self._on = command == "on"
        self._begin()
        return True

    def _step(self, data: bytes) -> int:
        """Carry out what the bytes begin with; how many were used, 0 if the rest is still to come."""
        if data[:3] in _LINE_COMMANDS and (self._exclamations or data[0] == 0x1B):
            return self._write_line(data)
        if self._exclamations and data[:3] in (b"!", b"!#"):
            return 0
        if data[0] == 0x1B:
            return self._escape(data)
        if data[0] == 0x1F:
            return self._unit_separator(data)
        if data[0] == 0x0C:
            self._rows, self._at, self._line_mode = [" " * COLUMNS] * ROWS, (0, _UPPER), False
        elif self._line_mode or data[0] < 0x20:
            self._note_unknown(data[:1])
        else:
            self._put(data[:1].decode(ENCODINGS.get(self._page, "ascii"), "replace"))
        return 1

    def _write_line(self, data: bytes) -> int:
        end = data.find(b"\x0d", 3)
        if end < 0:
            return 0
        text = data[3:end].decode(ENCODINGS.get(self._page, "ascii"), "replace")
        if len(text) > COLUMNS:
            self.scrolled += 1
        self._rows[_LINE_COMMANDS[data[:3]]] = text[-COLUMNS:].ljust(COLUMNS)
        self._line_mode = data[0] == 0x1B
        self.written += 1
        return end + 1

    def _escape(self, data: bytes) -> int:
        if len(data) < 2 or data == b"\x1bQ":
            return 0
        if self._line_mode:
            self._note_unknown(data[:2])
            return 2
        if data[1:2] == b"@":
            rest = self._partial
            self._begin()
            self._partial = rest
            return 2
        if data[1:2] == b"t":
            if len(data) < 3:
                return 0
            self._page = data[2]
            return 3
        self._note_unknown(data[:2])
        return 2

    def _unit_separator(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        if data[1:2] != b"$":
            self._note_unknown(data[:2])
            return 2
        if len(data) < 4:
            return 0
        column, row = data[2] - 1, data[3] - 1
        if 0 <= column < COLUMNS and 0 <= row < ROWS:
            self._at = (column, row)
            self.written += 1
        return 4

    def _put(self, mark: str) -> None:
        column, row = self._at
        if row >= ROWS:  # the last place is behind it: everything moves up
            self._rows, row = [self._rows[_LOWER], " " * COLUMNS], _LOWER
            self.scrolled += 1
        self._rows[row] = self._rows[row][:column] + mark + self._rows[row][column + 1 :]
        self._at = (column + 1, row) if column + 1 < COLUMNS else (0, row + 1)

    def _note_unknown(self, data: bytes) -> None:
        if len(self.unknown) < MAX_UNKNOWN:
            self.unknown.append(data[:8])
