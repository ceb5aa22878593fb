"""Bytes of a reader -> whole lines: what scanners and badge readers on a serial line have in common. Pure.

A code ends with CR, LF or both. Time is an argument (seconds that only go on), and what has come of a code when nothing
follows for ``IDLE_S`` is dropped: its reader was unplugged, or the line lost bytes. The end of such a torn code may
still come, and by itself it would be another code (``4006…`` torn, ``33931`` an ident number): a line that begins
within ``REST_S`` of the loss is taken for that rest and dropped with it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

IDLE_S = 0.1
"""A reader sends a code in one go: at 9600 baud a character takes 1 ms."""
REST_S = 0.5
"""Nobody scans again so soon after a code that failed."""
_ENDS = b"\r\n"

Loss = Literal["partial", "too_long"]


class Lost(msgspec.Struct, frozen=True):
    """A line that did not come whole, or had more than ``max_bytes``; ``data`` is what came of it, cut."""

    reason: Loss
    data: bytes


class LineCutter:
    """Cuts the stream; holds at most ``max_bytes`` of one unfinished line. Never raises."""

    def __init__(self, max_bytes: int, *, idle_s: float = IDLE_S, rest_s: float = REST_S) -> None:
        assert max_bytes > 0
        self._max_bytes = max_bytes
        self._idle_s = idle_s
        self._rest_s = rest_s
        self._begun = bytearray()
        self._too_long = False
        self._last_s = 0.0
        self._rest_until_s: float | None = None
        self._is_rest = False

    @property
    def due_s(self) -> float | None:
        """When ``expire`` has something to drop unless bytes come before; None: nothing has begun."""
        return self._last_s + self._idle_s if self._begun else None

    def feed(self, data: bytes, now_s: float) -> list[bytes | Lost]:
        """The lines that are whole with these bytes (without their ends; empty ones are none), and what was lost."""
        found: list[bytes | Lost] = list(self.expire(now_s))
        for byte in data:
            if byte in _ENDS:
                found += self._ended()
            elif len(self._begun) >= self._max_bytes:
                self._too_long = True
            else:
                if not self._begun:
                    self._is_rest = self._rest_until_s is not None and now_s < self._rest_until_s
                self._begun.append(byte)
        self._last_s = now_s
        return found

    def expire(self, now_s: float) -> list[Lost]:
        """A line that was begun and has not gone on for ``idle_s`` is lost."""
        due_s = self.due_s
        if due_s is None or now_s < due_s:
            return []
        self._rest_until_s = due_s + self._rest_s
        return [self._lost("partial")]

    def _ended(self) -> list[bytes | Lost]:
        if not self._begun:
            return []
        if self._too_long or self._is_rest:
            self._rest_until_s = None
            return [self._lost("too_long" if self._too_long else "partial")]
        line = bytes(self._begun)
        self._begun.clear()
        return [line]

    def _lost(self, reason: Loss) -> Lost:
        lost = Lost(reason, bytes(self._begun[:40]))
        self._begun.clear()
        self._too_long = self._is_rest = False
        return lost
