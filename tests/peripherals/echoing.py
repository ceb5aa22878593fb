"""A machine that says everything twice, and a device that asks it."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from peripherals.simulators.serving import Machine
from peripherals.supervision import Device
from peripherals.wire import Wire


class Echo(Machine):
    """``late``: it answers when it wakes; ``hang_up``: it cuts the wire instead."""

    FAULTS: ClassVar[tuple[str, ...]] = ("late", "hang_up")

    def __init__(self) -> None:
        self.received = b""
        self._replies = b""
        self._held = b""
        self._late = self._hanging_up = False

    def receive(self, data: bytes) -> None:
        self.received += data
        if self._late:
            self._held += data * 2
        else:
            self._replies += data * 2

    def take_replies(self) -> bytes:
        replies, self._replies = self._replies, b""
        return replies

    def fault(self, command: str) -> bool:
        self._late, self._hanging_up = command == "late", command == "hang_up"
        return command in self.FAULTS

    @property
    def wakes_in_s(self) -> float | None:
        return 0.05 if self._held else None

    def wake(self) -> None:
        self._replies, self._held = self._held, b""

    @property
    def hangs_up(self) -> bool:
        hanging_up, self._hanging_up = self._hanging_up, False
        return hanging_up


class Asking(Device):
    """Asks ``who``, then keeps what comes."""

    said = b""

    async def serve(self, wire: Wire) -> None:
        wire.write(b"who")
        while data := await wire.read():
            self.said += data
            if self.said.endswith(b"whowho"):
                self.became()


async def until(holds: object, timeout_s: float = 20.0) -> None:
    """Wait until ``holds()``."""
    async with asyncio.timeout(timeout_s):
        while not holds():  # type: ignore[operator]
            await asyncio.sleep(0.01)
