"""Devices that only ever send: scanners and badge readers. What their codec makes of the bytes is told to ``hear``.

They answer nothing, so an open line is all that can be known of them; a line that brings bytes which no reader sends is
set up wrongly, and that is shown until something readable comes.
"""

from __future__ import annotations

import asyncio
import math
import random
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.supervision import Device
from peripherals.wire import Wire

QUIET_S = 1.0
"""So long noise is told only once: a line that babbles must not keep anybody from working."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Codec(Protocol[T_co]):
    """Bytes of one reader -> what it read; time in seconds that only go on."""

    @property
    def due_s(self) -> float | None:
        """When ``expire`` is to be called at the latest; None: nothing has begun."""

    def feed(self, data: bytes, now_s: float) -> Sequence[T_co]: ...

    def expire(self, now_s: float) -> Sequence[T_co]: ...


class Reader(Device, Generic[T]):
    """One reader; ``hear`` is called on the loop, in order, and must not wait."""

    def __init__(
        self,
        name: str,
        kind: str,
        address: str,
        line: Line,
        *,
        hear: Callable[[T], None],
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name, kind, address, line, claims=claims, rng=rng, on_change=on_change)
        self._hear = hear
        self._quiet_until_s = -math.inf

    @abstractmethod
    def codec(self) -> Codec[T]:
        """A new one for each line: what a lost line began is no part of the next one's."""

    @abstractmethod
    def unreadable(self, heard: T) -> bool:
        """Whether no reader that is set up well would have sent this."""

    async def serve(self, wire: Wire) -> None:
        """Hear until the line is lost; what was begun then is told as lost."""
        loop = asyncio.get_running_loop()
        codec = self.codec()
        self.became()
        try:
            while True:
                try:
                    async with asyncio.timeout_at(codec.due_s):
                        data = await wire.read()
                except TimeoutError:
                    self._told(codec.expire(loop.time()), loop.time())
                    continue
                if not data:
                    return
                self._told(codec.feed(data, loop.time()), loop.time())
        finally:
            self._told(codec.expire(math.inf), loop.time())

    def _told(self, heard: Sequence[T], now_s: float) -> None:
        for each in heard:
            if not self.unreadable(each):
                self.became()
                self._hear(each)
                continue
            self.became("ERROR", "ONLINE", "FAILURE", "unreadable bytes: are baud and frame the reader's?")
            if now_s >= self._quiet_until_s:
                self._quiet_until_s = now_s + QUIET_S
                self._hear(each)
