"""One line to a printer that is open: asks, fences and everything that comes back.

A line is *synchronised* when a fence of ours has been answered on it. Until then
the printer may still be working off what an earlier connection left in its buffer, and
the answer to that one's fence must not be taken for ours. Replies nobody waits for are
dropped. A link ends once and for all; ``printer.py`` opens the next.

Which fence (``status.py``): ``id`` is Epson's, ``status`` that of all others. ``auto`` asks who made the printer and
uses ``id`` only for Epson's own, for others print it. Its first fence is ``status``, which all know.

Questions are never put between the bytes of a chunk, where they could be taken for a part of it: they wait until the
chunk has left, on a serial line as long as its bytes take at its speed. That is not counted as silence. Paper that ends
meanwhile is told by the printer unasked (ASB), which is switched on again as soon as a chunk has switched it off.

A line that carries *noise* has the wrong speed, or a fault. What comes with noise confirms nothing, and after some of
it the link ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Literal

from peripherals.status import (
    ASK_MAKER,
    ENABLE_ASB,
    FENCE,
    INITIALIZE,
    OFFLINE_CAUSE,
    PAPER,
    PRINTER,
    AutoStatus,
    FencePassed,
    Maker,
    PrinterStatus,
    RealTime,
    Reply,
    ReplyParser,
    after_auto_status,
    after_real_time,
    ask,
    id_fence,
)
from peripherals.wire import Wire

FenceKind = Literal["auto", "id", "status"]

MAX_NOISE = 8
"""Bytes of noise, since the last good answer, that end a link."""
SETTLE_S = 0.05
"""After the first fence: time for a second, stale answer to arrive and be dropped."""


class LinkClosed(Exception):
    """The line is gone; the text says how."""


class PrinterLink:
    """An open line. ``numbers`` of fences go on from link to link; ``byte_s``: how long a byte takes on a serial line.

    ``on_status`` is called when the printer's status is another than before.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        numbers: Iterator[int],
        answer_s: float,
        fence: FenceKind = "auto",
        byte_s: float = 0.0,
        on_status: Callable[[], None] = lambda: None,
    ) -> None:
        self.status = PrinterStatus()
        self.synchronised = False
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._wire = wire
        self._numbers = numbers
        self._answer_s = answer_s
        self._kind: FenceKind = fence
        self._byte_s = byte_s
        self._leaves_at = 0.0
        self._on_status = on_status
        self._parser = ReplyParser()
        self._asking = asyncio.Lock()
        self._answer: asyncio.Future[int] | None = None
        self._awaited = -1
        self._fence: asyncio.Future[None] | None = None
        self._reading = asyncio.create_task(self._read(), name="printer replies")

    @property
    def leaves_at(self) -> float:
        """When the last byte that was sent will have left, at the speed of the line; a time of the loop."""
        return self._leaves_at

    async def refresh(self, *, drawer: bool = False) -> bool:
        """Ask for the status anew; False if the printer is silent. Takes at most one answer's time to be silent."""
        asks = (OFFLINE_CAUSE, PAPER, PRINTER) if drawer else (OFFLINE_CAUSE, PAPER)
        async with self._asking:
            for n in asks:
                byte = await self._ask(n)
                if byte is None:
                    return False
                self._become(after_real_time(self.status, n, byte))
        self._parser.noise = 0
        return True

    def synchronise(self) -> asyncio.Future[None]:
        """Send the first fence; done when everything that was sent before has been worked off."""
        if self._kind != "auto":
            return self.fence()
        self._parser.maker_awaited = True
        return self._send_fence(ASK_MAKER, "status")

    def fence(self, data: bytes = b"") -> asyncio.Future[None]:
        """Send bytes and a fence behind them; the future is done when the printer has come that far.

        One fence at a time. ``LinkClosed`` when nothing was sent.
        """
        return self._send_fence(data, self._kind)

    def send(self, data: bytes) -> None:
        """Send bytes now, without a fence. ``LinkClosed`` when nothing was sent."""
        if self.closed.done():
            raise LinkClosed(self.closed.result())
        try:
            self._wire.write(data)
        except OSError as error:
            raise LinkClosed(error.strerror or str(error)) from None
        self._leaves_at = max(self._leaves_at, self._loop.time()) + len(data) * self._byte_s

    async def close(self, reason: str) -> None:
        """End the link; what was sent and not yet confirmed stays unconfirmed. The wire is its owner's to close."""
        self._end(reason)
        self._reading.cancel()
        await asyncio.wait({self._reading})

    def _send_fence(self, data: bytes, kind: FenceKind) -> asyncio.Future[None]:
        if self._fence is not None and not self._fence.done():
            raise RuntimeError("a fence is under way already")
        number = next(self._numbers) % 10_000 if kind == "id" else -1
        if data.startswith(INITIALIZE):
            data = INITIALIZE + ENABLE_ASB + data[len(INITIALIZE) :]
        self.send(data + ENABLE_ASB + (id_fence(number) if kind == "id" else FENCE))
        self._awaited = number
        self._fence = self._loop.create_future()
        return self._fence

    async def _ask(self, n: int) -> int | None:
        if not await self._clear():
            return None
        self._answer = self._loop.create_future()
        try:
            self.send(ask(n))
            await first_of(self._answer, self.closed, self._answer_s)
            return self._answer.result() if self._answer.done() else None
        except LinkClosed:
            return None
        finally:
            self._answer = None

    async def _clear(self) -> bool:
        """Wait until nothing is on its way to the printer any more; False if it does not take it."""
        due_s = max(0.0, self._leaves_at - self._loop.time())
        try:
            await self._wire.drain(due_s + self._answer_s)
        except OSError:  # TimeoutError is one
            return False
        rest_s = self._leaves_at - self._loop.time()
        if rest_s > 0:
            await asyncio.wait({self.closed}, timeout=rest_s)
        return not self.closed.done()

    async def _read(self) -> None:
        try:
            while data := await self._wire.read():
                noise = self._parser.noise
                replies = self._parser.feed(data)
                for reply in replies:
                    self._hear(reply, noisy=self._parser.noise > noise)
                if self._parser.noise > MAX_NOISE:
                    self._end("garbage")
                    return
            self._end("connection_lost")
        except OSError:
            self._end("connection_lost")

    def _hear(self, reply: Reply, *, noisy: bool) -> None:
        match reply:
            case RealTime(byte):
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(byte)
            case AutoStatus(data):
                if not noisy:
                    self._become(after_auto_status(self.status, data))
            case Maker(name):
                if self._kind == "auto" and "EPSON" in name.upper():
                    self._kind = "id"
            case FencePassed(number):
                trusted = not noisy or number >= 0
                if trusted and number == self._awaited and self._fence is not None and not self._fence.done():
                    self._parser.maker_awaited = False
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
