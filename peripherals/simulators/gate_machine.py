"""A relay board without its wire: bytes in, contacts that close and open. Pure; shares nothing with the driver.

Four bytes a command: ``A0 channel state checksum``. What has a wrong checksum, or is none, switches nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from peripherals.simulators.serving import Machine

CHANNELS = 16
MAX_UNKNOWN = 100


class GateMachine(Machine):
    """The board. ``closed`` are the channels whose contact is closed now: somebody may pass."""

    FAULTS: ClassVar[tuple[str, ...]] = ("off", "on")

    def __init__(self, opened: Callable[[int], None] = lambda _: None) -> None:
        """``opened`` is told how often a contact has closed, each time that one does."""
        self._opened = opened
        self.closed: set[int] = set()
        self.passed = 0
        """How often a contact has closed: once a pulse."""
        self.unknown = 0
        """Bytes that were no command; counting ends at ``MAX_UNKNOWN``."""
        self._on = True
        self._partial = b""

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire."""
        if not self._on:
            return
        self._partial += data
        while self._partial:
            if self._partial[0] != 0xA0:
                self._pass_over()
            elif len(self._partial) < 4:
                return
            elif self._carry_out(*self._partial[1:4]):
                self._partial = self._partial[4:]
            else:
                self._pass_over()

    def take_replies(self) -> bytes:
        """Such boards say nothing."""
        return b""

    def fault(self, command: str) -> bool:
        """``off``: without current every contact opens; ``on``. False if there is no such fault."""
        if command not in self.FAULTS:
            return False
        self._on = command == "on"
        self.closed.clear()
        self._partial = b""
        return True

    def _carry_out(self, channel: int, state: int, check: int) -> bool:
        if check != (0xA0 + channel + state) & 0xFF or state > 1 or not 1 <= channel <= CHANNELS:
            return False
        if state and channel not in self.closed:
            self.closed.add(channel)
            self.passed += 1
            self._opened(self.passed)
        elif not state:
            self.closed.discard(channel)
        return True

    def _pass_over(self) -> None:
        self._partial = self._partial[1:]
        self.unknown = min(MAX_UNKNOWN, self.unknown + 1)
