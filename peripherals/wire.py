"""A line to a device that is open: bytes both ways, whatever carries them (``opening.py``).

Nothing here waits without an end or holds the loop, and nothing that a device or its line does fills the memory.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque

from peripherals.claiming import Claim

READ_BYTES = 4096
MAX_UNSENT_BYTES = 1024 * 1024
MAX_UNREAD_BYTES = 1024 * 1024
"""Beyond it the oldest are dropped: a device that babbles must not fill the memory."""
OPEN_S = 2.0


class WireError(OSError):
    """The line could not be opened. ``code``: ``NOHARDWARE``, ``CLAIMED``, ``FAILURE`` or ``TIMEOUT``."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class WireFull(OSError):
    """Nobody takes what is written."""


class Wire(ABC):
    """A line that is open. One reader, one writer."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self.lets_out = False
        """Whether what the driver of a port still holds when it is closed goes out (a gate's last stroke)."""

    @abstractmethod
    async def read(self) -> bytes:
        """The next bytes; none when the other end has hung up. ``OSError`` when the line is lost."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Hand bytes over, in order; never waits. ``OSError`` when the line is lost or ``WireFull``."""

    @abstractmethod
    async def drain(self, timeout_s: float) -> None:
        """Until all that was written has left this process; ``TimeoutError`` if it does not."""

    async def close(self) -> None:
        """Hang up. What has not left is dropped: it must not trickle out when nobody waits for it any more.

        But for what ``lets_out`` says.
        """
        try:
            await self._close()
        finally:
            self._claim.release()

    @abstractmethod
    async def _close(self) -> None: ...


class BufferedWire(Wire):
    """What lines without an asyncio stream have in common: bytes that have come, and why no more will."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim)
        self._came: deque[bytes] = deque()
        self._unread = 0
        self._news = asyncio.Event()
        self._ended: OSError | None = None
        self._closed = False

    async def read(self) -> bytes:
        while not self._came:
            if self._closed:
                return b""
            if self._ended is not None:
                raise self._ended
            self._news.clear()
            await self._news.wait()
        data = b"".join(self._came)
        self._came.clear()
        self._unread = 0
        return data

    def _take(self, data: bytes) -> None:
        self._came.append(data)
        self._unread += len(data)
        while self._unread > MAX_UNREAD_BYTES and len(self._came) > 1:
            self._unread -= len(self._came.popleft())
        self._news.set()

    def _lose(self, error: OSError) -> None:
        if self._ended is None:
            self._ended = error
        self._news.set()
