"""CashDrawer on the printer's plug: a pulse opens it, a sensor says whether it did.

The pulse goes out at once or not at all. It is never part of a queued receipt: a drawer
that opens by itself when somebody puts paper in, minutes after the sale, is a danger.
Which level of the sensor means open depends on the drawer, so it is configuration;
without it nobody can know, and ``UNKNOWN`` is the honest answer.

With a sensor ``run`` watches it, for money in an open drawer is anybody's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum
from typing import Protocol

import msgspec

from peripherals.drawer_watch import OPEN_TOO_LONG_S, DrawerState, DrawerWatch

PULSES = {2: b"\x1b\x70\x00\x32\x32", 5: b"\x1b\x70\x01\x32\x32"}
"""``ESC p``: drawer on pin 2 or pin 5, 100 ms on, 100 ms off."""
SENSOR_S = 1.0
ASK_EVERY_S = 0.1
LOOK_EVERY_S = 0.5


class DrawerOutcome(Enum):
    """How opening ended."""

    OPENED = "opened"
    NOT_OPEN = "not_open"
    """The pulse was sent and the sensor did not change: locked, or stuck."""
    UNKNOWN = "unknown"
    """The pulse was sent; there is no sensor to ask."""
    NOT_SENT = "not_sent"
    """No pulse was sent; the reason says why. The key opens it."""


class DrawerResult(msgspec.Struct, frozen=True):
    """The outcome; ``reason`` only with ``NOT_SENT``."""

    outcome: DrawerOutcome
    reason: str = ""


class Plug(Protocol):
    """The printer that the drawer hangs on."""

    async def send_now(self, data: bytes) -> str: ...

    async def drawer_level(self) -> bool | None: ...

    def last_drawer_level(self) -> bool | None: ...


class CashDrawer:
    """A drawer on ``pin`` 2 or 5. ``open_level_high``: the sensor's level when open; None: no sensor.

    ``on_change`` is called when ``state`` is another.
    """

    def __init__(
        self,
        plug: Plug,
        *,
        pin: int = 2,
        open_level_high: bool | None = None,
        open_too_long_s: float = OPEN_TOO_LONG_S,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        if pin not in PULSES:
            raise ValueError(f"a drawer is on pin 2 or 5, not {pin}")
        self._plug = plug
        self._pulse = PULSES[pin]
        self._open_level_high = open_level_high
        self._watch = DrawerWatch(open_too_long_s)
        self._on_change = on_change

    @property
    def state(self) -> DrawerState:
        """Whether it is open, and too long so, as ``run`` has seen it."""
        return self._watch.state

    async def run(self) -> None:
        """Watch the sensor until cancelled; without one there is nothing to watch, and it returns."""
        loop = asyncio.get_running_loop()
        while self._open_level_high is not None:
            if self._watch.looked(loop.time(), self._is_open(self._plug.last_drawer_level())):
                self._on_change()
            await asyncio.sleep(LOOK_EVERY_S)

    async def open(self) -> DrawerResult:
        """Pulse now; ends within about two seconds."""
        reason = await self._plug.send_now(self._pulse)
        if reason:
            return DrawerResult(DrawerOutcome.NOT_SENT, reason)
        if self._open_level_high is None:
            return DrawerResult(DrawerOutcome.UNKNOWN)
        for _ in range(round(SENSOR_S / ASK_EVERY_S)):
            if await self.is_open():
                return DrawerResult(DrawerOutcome.OPENED)
            await asyncio.sleep(ASK_EVERY_S)
        return DrawerResult(DrawerOutcome.NOT_OPEN)

    async def is_open(self) -> bool | None:
        """Whether it is open; None without a sensor or an answer."""
        return None if self._open_level_high is None else self._is_open(await self._plug.drawer_level())

    def _is_open(self, level: bool | None) -> bool | None:
        return None if level is None else level == self._open_level_high
