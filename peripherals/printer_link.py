"""One TCP connection to a printer: asks, fences and everything that comes back.

A connection is *synchronised* when a fence of ours has been answered on it. Until then
the printer may still be working off what an earlier connection left in its buffer, and
the answer to that one's fence must not be taken for ours. Replies nobody waits for are
dropped. A link ends once and for all; ``printer.py`` opens the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

from peripherals.status import (
    ENABLE_ASB,
    FENCE,
    OFFLINE_CAUSE,
    PAPER,
    PRINTER,
    AutoStatus,
    FencePassed,
    PrinterStatus,
    RealTime,
    ReplyParser,
    after_auto_status,
    after_real_time,
    ask,
    id_fence,
)

READ_BYTES = 1024
SETTLE_S = 0.05
"""After the first fence: time for a second, stale answer to arrive and be dropped."""


class LinkClosed(Exception):
    """The connection is gone; the text says how."""


class PrinterLink:
    """A connection that stands. ``use_id_fence`` as in the printer's configuration."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answer_s: float,
        use_id_fence: bool,
        on_status: Callable[[], None],
    ) -> None:
        self.status = PrinterStatus()
        self.synchronised = False
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._reader = reader
        self._writer = writer
        self._answer_s = answer_s
        self._use_id_fence = use_id_fence
        self._on_status = on_status
        self._asking = asyncio.Lock()
        self._asked = 0
        self._answer: asyncio.Future[int] | None = None
        self._fence_number = 0
        self._fence: asyncio.Future[None] | None = None
        self._reading = asyncio.create_task(self._read(), name="printer replies")

    async def refresh(self, *, drawer: bool = False) -> bool:
        """Ask for the status anew; False if the printer is silent. Takes at most one answer's time to be silent."""
        asks = (OFFLINE_CAUSE, PAPER, PRINTER) if drawer else (OFFLINE_CAUSE, PAPER)
        async with self._asking:
            for n in asks:
                byte = await self._ask(n)
                if byte is None:
                    return False
                self._become(after_real_time(self.status, n, byte))
        return True

    def fence(self, data: bytes = b"") -> asyncio.Future[None]:
        """Send bytes and a fence behind them; the future is done when the printer has come that far.

        One fence at a time. ``LinkClosed`` when nothing was sent.
        """
        if self.closed.done():
            raise LinkClosed(self.closed.result())
        if self._fence is not None and not self._fence.done():
            raise RuntimeError("a fence is under way already")
        self._fence = asyncio.get_running_loop().create_future()
        self._fence_number += 1
        fence = id_fence(self._fence_number) if self._use_id_fence else FENCE
        self._writer.write(data + ENABLE_ASB + fence)
        return self._fence

    def send(self, data: bytes) -> None:
        """Send bytes now, without a fence. ``LinkClosed`` when nothing was sent."""
        if self.closed.done():
            raise LinkClosed(self.closed.result())
        self._writer.write(data)

    async def close(self, reason: str) -> None:
        """End the link; what was sent and not yet confirmed stays unconfirmed."""
        self._end(reason)
        # Unsent bytes must not trickle out later, when nobody waits for their fence any more; and the socket
        # is to be closed even when the waits below are cancelled.
        self._writer.transport.abort()
        self._reading.cancel()
        await asyncio.wait({self._reading})
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _ask(self, n: int) -> int | None:
        if self.closed.done():
            return None
        self._asked, self._answer = n, asyncio.get_running_loop().create_future()
        self._writer.write(ask(n))
        try:
            await first_of(self._answer, self.closed, self._answer_s)
            return self._answer.result() if self._answer.done() else None
        finally:
            self._answer = None

    async def _read(self) -> None:
        parser = ReplyParser()
        try:
            while data := await self._reader.read(READ_BYTES):
                for reply in parser.feed(data):
                    self._hear(reply)
            self._end("closed by the printer")
        except OSError as error:
            self._end(error.strerror or type(error).__name__)

    def _hear(self, reply: RealTime | AutoStatus | FencePassed) -> None:
        match reply:
            case RealTime(byte):
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(byte)
            case AutoStatus(data):
                self._become(after_auto_status(self.status, data))
            case FencePassed(number):
                ours = number in (-1, self._fence_number % 10_000)
                if ours and self._fence is not None and not self._fence.done():
                    self._fence.set_result(None)

    def _become(self, status: PrinterStatus) -> None:
        if status != self.status:
            self.status = status
            self._on_status()

    def _end(self, reason: str) -> None:
        if not self.closed.done():
            self.closed.set_result(reason)


async def first_of(one: asyncio.Future[Any], other: asyncio.Future[Any], timeout_s: float) -> None:
    """Return when one of them is done, or after ``timeout_s``; neither is cancelled."""
    waiting: set[asyncio.Future[Any]] = {one, other}
    await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """Notice a pulled cable in about ten seconds: probes when idle, a limit on what stays unacknowledged.

    A printer that is merely silent (cover open) still acknowledges, so it is told apart
    from one that is gone.
    """
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is None:
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 10_000)):
        if hasattr(socket, option):  # not every system has all of them
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
