"""POSPrinter on the network: keeps one connection, prints chunk by chunk, says how each ended.

``run`` holds the connection: dial, synchronise (see ``printer_link.py``), then ask for the
status every second, so that a printer that falls silent is OFFLINE within two. When the
link ends it dials again after a pause that grows to half a minute.

``print_chunk`` sends only to a printer that has just answered and sees no obstacle: paper
that is already out, or a connection the other side has closed, costs nothing (NOT_SENT).
From the first byte on, the only good end is the fence. Out of paper in the middle, cover
open, silence: it waits, because the printer has the bytes and will go on by itself; a
connection that ends before the fence is UNCERTAIN, and so is a printer that claims to be
well and still does not answer the fence.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Literal

import msgspec

from peripherals.print_job import Outcome, Result
from peripherals.printer_link import SETTLE_S, LinkClosed, PrinterLink, first_of, keep_alive
from peripherals.supervision import Backoff

MAX_CHUNK_BYTES = 256 * 1024

Power = Literal["ONLINE", "OFFLINE", "OFF"]


class Timings(msgspec.Struct, frozen=True):
    """All waits, in seconds."""

    connect_s: float = 2.0
    poll_s: float = 1.0
    answer_s: float = 0.9
    """With ``poll_s`` below two seconds: silence is noticed in time."""
    fence_s: float = 15.0
    """How long a printer that reports no obstacle may take for one chunk."""
    silent_s: float = 10.0
    """An idle connection that is silent for this long is given up for a new one."""


class PrinterView(msgspec.Struct, frozen=True):
    """For status lines: ``state`` is CLOSED, IDLE, BUSY or ERROR; ``trouble`` a code or a reason, empty if none."""

    power: Power
    state: str
    trouble: str
    paper: str


class NetworkPrinter:
    """A printer at ``host:port`` (raw port 9100). One owner; run ``run`` as a task while it is in use."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        rng: random.Random,
        use_id_fence: bool = False,
        timings: Timings | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.host = host
        self.port = port
        self._backoff = Backoff(rng)
        self._use_id_fence = use_id_fence
        self._timings = timings or Timings()
        self._on_change = on_change
        self._link: PrinterLink | None = None
        self._answers = False
        self._reason = "not connected yet"
        self._printing = asyncio.Lock()
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Keep the connection until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            healthy_since = loop.time()
            try:
                async with asyncio.timeout(self._timings.connect_s):
                    reader, writer = await asyncio.open_connection(self.host, self.port)
            except OSError as error:  # TimeoutError is one
                self._lost(error.strerror or "no answer")
            else:
                keep_alive(writer)
                await self._serve(reader, writer)
            await asyncio.sleep(self._backoff.pause_s(loop.time() - healthy_since))

    async def ready(self) -> None:
        """Return when a chunk could be printed: connected, synchronised, answering, no obstacle."""
        await self._ready.wait()

    async def print_chunk(self, data: bytes, sent: Callable[[], None] = lambda: None) -> Result:
        """Print these bytes. ``sent`` is called when all of them are on their way and only the fence is awaited.

        ``ValueError`` for a chunk above ``MAX_CHUNK_BYTES``. Cancelled in the middle, the chunk is uncertain.
        """
        if len(data) > MAX_CHUNK_BYTES:
            raise ValueError(f"a chunk of {len(data)} bytes; {MAX_CHUNK_BYTES} at most")
        async with self._printing:
            link = self._link
            if link is None or not link.synchronised or not await link.refresh():
                self._note(answers=False)
                return Result(Outcome.NOT_SENT, "offline")
            if obstacle := link.status.obstacle:
                self._note()
                return Result(Outcome.NOT_SENT, obstacle)
            try:
                fence = link.fence(data)
            except LinkClosed:
                return Result(Outcome.NOT_SENT, "offline")
            self._on_change()
            sent()
            return await self._await_fence(link, fence)

    async def send_now(self, data: bytes) -> str:
        """Send a few bytes at once, between chunks if need be (the drawer's pulse). The obstacle if it could not.

        Never queued: a drawer that opens minutes later is worse than one that does not.
        """
        link = self._link
        if link is None or not link.synchronised or not await link.refresh():
            return "offline"
        if obstacle := link.status.obstacle:
            return obstacle
        try:
            link.send(data)
        except LinkClosed:
            return "offline"
        return ""

    async def drawer_level(self) -> bool | None:
        """Whether the drawer sensor's level is high; None if the printer does not answer."""
        link = self._link
        if link is None or not await link.refresh(drawer=True):
            return None
        return link.status.drawer_high

    def view(self) -> PrinterView:
        """How it is now."""
        link = self._link
        if link is None:
            return PrinterView("OFF", "CLOSED", self._reason, "ok")
        busy = self._printing.locked()
        if not self._answers:
            return PrinterView("OFFLINE", "ERROR", "silent", link.status.paper)
        obstacle = link.status.obstacle
        state = "ERROR" if obstacle else "BUSY" if busy or not link.synchronised else "IDLE"
        return PrinterView("OFFLINE" if obstacle else "ONLINE", state, obstacle, link.status.paper)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        times = self._timings
        link = PrinterLink(
            reader, writer, answer_s=times.answer_s, use_id_fence=self._use_id_fence, on_status=self._note
        )
        self._link = link
        self._answers = False
        reason = "closed"
        try:
            reason = await self._watch(link)
        finally:
            await link.close(reason)
            self._lost(reason)

    async def _watch(self, link: PrinterLink) -> str:
        """Until the link ends or is given up; why."""
        times = self._timings
        loop = asyncio.get_running_loop()
        first: asyncio.Future[None] | None = None
        last_answer = well_since = loop.time()
        while not link.closed.done():
            answers = await link.refresh()
            now = loop.time()
            if answers:
                last_answer = now
            if not answers or link.status.obstacle or first is None:
                well_since = now
            if answers and first is None:
                first = link.fence()
            self._note(answers=answers)
            if first is not None and not link.synchronised:
                await first_of(first, link.closed, times.poll_s)
                if first.done():
                    await asyncio.sleep(SETTLE_S)
                    link.synchronised = True
                    self._note()
                elif now - well_since > times.fence_s:
                    return "no_fence"
                continue
            if now - last_answer > times.silent_s and not self._printing.locked():
                return "silent"
            await asyncio.wait({link.closed}, timeout=times.poll_s)
        return link.closed.result()

    async def _await_fence(self, link: PrinterLink, fence: asyncio.Future[None]) -> Result:
        loop = asyncio.get_running_loop()
        well_since = loop.time()
        while True:
            await first_of(fence, link.closed, self._timings.poll_s / 2)
            if fence.done():
                self._on_change()
                return Result(Outcome.PRINTED)
            if link.closed.done():
                self._note()
                return Result(Outcome.UNCERTAIN, "connection_lost")
            if link.status.obstacle or not self._answers:
                well_since = loop.time()
            elif loop.time() - well_since > self._timings.fence_s:
                await link.close("no_fence")
                self._note()
                return Result(Outcome.UNCERTAIN, "no_fence")

    def _note(self, *, answers: bool | None = None) -> None:
        """Keep ``ready`` in step with what is known, and tell."""
        link = self._link
        if answers is not None and answers != self._answers:
            self._answers = answers
            self._on_change()
        if link is not None and self._can_print(link):
            if not self._ready.is_set():
                self._ready.set()
                self._on_change()
        elif self._ready.is_set():
            self._ready.clear()
            self._on_change()

    def _can_print(self, link: PrinterLink) -> bool:
        return link.synchronised and not link.closed.done() and self._answers and not link.status.obstacle

    def _lost(self, reason: str) -> None:
        changed = self._link is not None or reason != self._reason
        self._link, self._answers, self._reason = None, False, reason
        self._ready.clear()
        if changed:
            self._on_change()
