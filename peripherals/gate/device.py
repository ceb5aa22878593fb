"""The Gate: a contact that is closed for a moment, and open whatever happens.

A pulse is two strokes, and the second must follow. It is written when the pulse is over, when the till ends in the
middle of one, and first of all whenever the line stands: a till that was killed, or a plug that was pulled, leaves a
gate open no longer than it takes to come back. No pulse is longer than ``MAX_PULSE_S``, and none waits for a line: a
gate that opens by itself minutes later lets somebody else in.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable

from peripherals.claiming import Claims
from peripherals.gate.codec import MAX_PULSE_S, Strokes
from peripherals.line import Line
from peripherals.silent import SilentDevice
from peripherals.wire import Wire

PAUSE_S = 0.3
"""Between two pulses, so that a turnstile tells them apart."""
MAX_WAITING = 16
"""Pulses one after the other: a family with its tickets."""
WRITE_S = 2.0
LAST_STROKE_S = 0.5


class Gate(SilentDevice):
    """A relay whose contact lets through while it is closed."""

    def __init__(
        self,
        name: str,
        address: str,
        line: Line = Line(),  # noqa: B008 - a frozen value
        *,
        strokes: Strokes,
        pulse_s: float,
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
        pause_s: float = PAUSE_S,
    ) -> None:
        """``ValueError`` for a pulse that is too long."""
        super().__init__(name, "gate", address, line, claims=claims, rng=rng, on_change=on_change)
        if not 0 < pulse_s <= MAX_PULSE_S:
            raise ValueError(f"a pulse of {pulse_s} s; more than 0 and at most {MAX_PULSE_S} s")
        self._strokes = strokes
        self._pulse_s = pulse_s
        self._pause_s = pause_s
        self._waiting: deque[asyncio.Future[str]] = deque()
        self._wanted = asyncio.Event()
        self._stands = False

    async def open(self) -> str:
        """Let through once. Returns when the gate was told: nothing, or why it could not be (``offline``, ``busy``)."""
        if not self._stands:
            return "offline"
        if len(self._waiting) >= MAX_WAITING:
            return "busy"
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append(told)
        self._wanted.set()
        return await told

    async def tell(self, wire: Wire) -> None:
        """Bar it, then one pulse after the other as they are wanted."""
        try:
            await self._stroke(wire, self._strokes.off)
            self._stands = True
            self.became()
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                while self._waiting:
                    await self._pulse(wire, self._waiting[0])
        finally:
            self._stands = False
            for told in self._waiting:
                _answer(told, "offline")
            self._waiting.clear()

    async def _pulse(self, wire: Wire, told: asyncio.Future[str]) -> None:
        self.became("BUSY")
        try:
            await self._stroke(wire, self._strokes.on)
            self._waiting.popleft()
            _answer(told, "")
            await asyncio.sleep(self._pulse_s)
        finally:
            with contextlib.suppress(OSError):  # a line that is lost: it is barred as soon as it stands again
                wire.write(self._strokes.off)
                await wire.drain(LAST_STROKE_S)
        await asyncio.sleep(self._pause_s)
        self.became()

    async def _stroke(self, wire: Wire, stroke: bytes) -> None:
        wire.write(stroke)
        await wire.drain(WRITE_S)


def _answer(told: asyncio.Future[str], reason: str) -> None:
    if not told.done():  # who asked may be gone
        told.set_result(reason)
