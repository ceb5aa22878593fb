"""What waits to be sent on one link: in order, and never more than a bound."""

from __future__ import annotations

import asyncio
from collections import deque

MAX_MESSAGES = 4_096
MAX_BYTES = 64 * 1024 * 1024


class Outbox:
    """A queue with one taker. ``put`` never waits: whoever is too slow for the bound is to be dropped."""

    def __init__(self, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._bytes

    def put(self, message: bytes) -> bool:
        """Queue a message; False, and nothing is queued, if it would not fit."""
        if len(self._messages) >= self._max_messages or self._bytes + len(message) > self._max_bytes:
            return False
        self._messages.append(message)
        self._bytes += len(message)
        self._filled.set()
        self._emptied.clear()
        return True

    async def get(self) -> bytes:
        """The oldest message, when there is one."""
        while not self._messages:
            self._filled.clear()
            await self._filled.wait()
        return self.take()

    def take(self) -> bytes:
        """The oldest message; there must be one."""
        message = self._messages.popleft()
        self._bytes -= len(message)
        if not self._messages:
            self._emptied.set()
        return message

    async def emptied(self) -> None:
        """Return when all messages have been taken."""
        await self._emptied.wait()
