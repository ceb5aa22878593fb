"""Lines from standard input for an asyncio program, whatever standard input is: pipe, terminal or file.

A daemon thread reads, because a file cannot be polled and a blocked read must not keep the
process from ending. Lines and queue are bounded; an overlong line comes out cut, which no
parser accepts, and the rest of it is dropped.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator

LINE_BYTES_MAX = 1024 * 1024
QUEUED_LINES_MAX = 4096
_READ_BYTES = 64 * 1024


class Lines:
    """``async for line in Lines(fd)``; ``stop()`` from a signal handler ends it as if the input had ended."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(QUEUED_LINES_MAX)
        self._ended = False
        threading.Thread(target=self._read, name="tillmesh-stdin", daemon=True).start()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        line = None if self._ended else await self._queue.get()
        if line is None or self._ended:
            self._ended = True
            raise StopAsyncIteration
        self._room.release()
        return line

    def stop(self) -> None:
        """No more lines: those that still wait are not begun."""
        self._ended = True
        self._queue.put_nowait(None)

    def _read(self) -> None:
        rest = b""
        dropping = False
        while True:
            try:
                data = os.read(self._fd, _READ_BYTES)
            except OSError:
                data = b""
            if not data:
                break
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                if not dropping:
                    self._put(line)
                dropping = False
            if len(rest) > LINE_BYTES_MAX:
                if not dropping:
                    self._put(rest[:LINE_BYTES_MAX])
                rest, dropping = b"", True
        if rest and not dropping:
            self._put(rest)
        self._hand_over(None)

    def _put(self, line: bytes) -> None:
        self._room.acquire()
        self._hand_over(line.decode("utf-8", "replace").rstrip("\r"))

    def _hand_over(self, line: str | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, line)
        except RuntimeError:
            # The loop is closed: the program has ended.
            return
