"""CashDrawer on the printer's plug: a pulse opens it, a sensor says whether it did.

The pulse goes out at once or not at all. It is never part of a queued receipt: a drawer
that opens by itself when somebody puts paper in, minutes after the sale, is a danger.
Which level of the sensor means open depends on the drawer, so it is configuration;
without it nobody can know, and ``UNKNOWN`` is the honest answer.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Protocol

import msgspec

PULSES = {2: b"\x1b\x70\x00\x32\x32", 5: b"\x1b\x70\x01\x32\x32"}
"""``ESC p``: drawer on pin 2 or pin 5, 100 ms on, 100 ms off."""
SENSOR_S = 1.0
ASK_EVERY_S = 0.1


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


class CashDrawer:
    """A drawer on ``pin`` 2 or 5. ``open_level_high``: the sensor's level when open; None: no sensor."""

    def __init__(self, plug: Plug, *, pin: int = 2, open_level_high: bool | None = None) -> None:
        if pin not in PULSES:
            raise ValueError(f"a drawer is on pin 2 or 5, not {pin}")
        self._plug = plug
        self._pulse = PULSES[pin]
        self._open_level_high = open_level_high

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
        if self._open_level_high is None:
            return None
        level = await self._plug.drawer_level()
        return None if level is None else level == self._open_level_high
