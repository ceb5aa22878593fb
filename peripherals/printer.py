"""POSPrinter on whatever wire: keeps its line, prints chunk by chunk, says how each ended.

``run`` (``supervision.py``) holds the line: claim, open, synchronise (see ``printer_link.py``), then ask for the
status every second, so that a printer that falls silent is OFFLINE within two. When the
link ends it is opened again after a pause that grows to half a minute.

``print_chunk`` sends only to a printer that has just answered and sees no obstacle: paper
that is already out, or a connection the other side has closed, costs nothing (NOT_SENT).
From the first byte on, the only good end is the fence. Out of paper in the middle, cover
open, silence: it waits, because the printer has the bytes and will go on by itself; a
connection that ends before the fence is UNCERTAIN, and so is a printer that claims to be
well and still does not answer the fence.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.opening import is_network
from peripherals.print_job import MAX_CHUNK_BYTES, Outcome, Result
from peripherals.printer_link import SETTLE_S, FenceKind, LinkClosed, PrinterLink, first_of
from peripherals.supervision import Device, DeviceView, Power, State
from peripherals.wire import Wire

BITS_PER_BYTE = 11
"""On a serial line, with start, parity and stop: rather too many than too few."""

_WHY_NO_LINE = {
    "CLOSED": "not_connected", "CLAIMED": "claimed", "NOHARDWARE": "not_there", "TIMEOUT": "not_there",
    "FAILURE": "line_failure",
}  # fmt: skip


class Timings(msgspec.Struct, frozen=True):
    """All waits, in seconds."""

    poll_s: float = 1.0
    answer_s: float = 0.9
    """With ``poll_s`` below two seconds: silence is noticed in time."""
    fence_s: float = 15.0
    """How long a printer that reports no obstacle may take to answer a fence, once it has all of the chunk."""
    print_byte_s: float = 0.0025
    """So much longer for each byte: Epson's fence waits for the paper, and slow ones print twelve lines a second."""
    silent_s: float = 10.0
    """An idle connection that is silent for this long is given up for a new one."""


class PrinterView(msgspec.Struct, frozen=True):
    """For status lines. ``trouble`` is a code, empty if there is none: an obstacle (``cover_open``, ``paper_out``,
    ``failure``), ``silent``, or why there is no line (``not_connected``, ``claimed``, ``not_there``, ``line_failure``,
    ``connection_lost``, ``garbage``, ``no_fence``). ``detail`` is what the system said, for people who look closer.
    """

    power: Power
    state: State
    trouble: str
    paper: str
    detail: str = ""


class PosPrinter(Device):
    """A printer at an address (``wire.py``). One owner; run ``run`` as a task while it is in use.

    ``drawer_sensor``: a drawer with a sensor hangs on it, so that its level is asked for as well.
    """

    def __init__(
        self,
        address: str,
        line: Line = Line(),  # noqa: B008 - a frozen value
        *,
        claims: Claims,
        rng: random.Random,
        name: str = "printer",
        fence: FenceKind = "auto",
        drawer_sensor: bool = False,
        timings: Timings | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name, "printer", address, line, claims=claims, rng=rng, on_change=on_change)
        self._fence: FenceKind = fence
        self._drawer_sensor = drawer_sensor
        self._timings = timings or Timings()
        self.byte_s = BITS_PER_BYTE / line.baud if _is_serial(address) else 0.0
        self._numbers = itertools.count(1)
        self._link: PrinterLink | None = None
        self._answers = False
        self._ended = ""
        self._printing = asyncio.Lock()
        self._ready = asyncio.Event()
        self._told = self.look()

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
            self._note()
            sent()
            patience_s = self._timings.fence_s + len(data) * self._timings.print_byte_s
            result = await self._await_fence(link, fence, patience_s)
        self._note()
        return result

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

    def last_drawer_level(self) -> bool | None:
        """The same as it was heard last, unasked; None while the printer does not answer."""
        link = self._link
        return link.status.drawer_high if link is not None and link.synchronised and self._answers else None

    def look(self) -> PrinterView:
        """How it is now."""
        link = self._link
        if link is None:
            trouble = self._ended or _WHY_NO_LINE.get(self._view.error, "connection_lost")
            return PrinterView("OFF", "CLOSED", trouble, "ok", self._view.detail)
        if not self._answers:
            # Held up by its own flow control it cannot be asked: what it said before it fell silent says more.
            return PrinterView("OFFLINE", "ERROR", link.status.obstacle or "silent", link.status.paper)
        obstacle = link.status.obstacle
        busy = self._printing.locked() or not link.synchronised
        state: State = "ERROR" if obstacle else "BUSY" if busy else "IDLE"
        return PrinterView("OFFLINE" if obstacle else "ONLINE", state, obstacle, link.status.paper)

    def view(self) -> DeviceView:
        """The same in the words that all devices have in common."""
        look = self.look()
        if look.power == "OFF":
            return super().view()
        error = "OFFLINE" if look.trouble == "silent" else look.trouble
        return DeviceView(self.name, self.kind, look.state, look.power, error)

    def became(self, state: State = "IDLE", power: Power = "ONLINE", error: str = "", detail: str = "") -> None:
        """As for all devices; a line that could not be opened has a reason of its own again."""
        if error != "OFFLINE":
            self._ended = ""
        super().became(state, power, error, detail)

    async def serve(self, wire: Wire) -> None:
        """Watch the printer on this line until it ends or is given up."""
        link = PrinterLink(
            wire,
            numbers=self._numbers,
            answer_s=self._timings.answer_s,
            fence=self._fence,
            byte_s=self.byte_s,
            on_status=self._note,
        )
        self._link = link
        self._answers = False
        reason = "connection_lost"
        try:
            reason = await self._watch(link)
        finally:
            await link.close(reason)
            self._link, self._answers, self._ended = None, False, reason
            self._note()

    async def _watch(self, link: PrinterLink) -> str:
        """Until the link ends or is given up; why."""
        times = self._timings
        loop = asyncio.get_running_loop()
        first: asyncio.Future[None] | None = None
        last_answer = well_since = loop.time()
        while not link.closed.done():
            answers = await link.refresh(drawer=self._drawer_sensor)
            now = loop.time()
            if answers:
                last_answer = now
            if not answers or link.status.obstacle or first is None:
                well_since = now
            if answers and first is None:
                try:
                    first = link.synchronise()
                except LinkClosed:
                    return "connection_lost"
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

    async def _await_fence(self, link: PrinterLink, fence: asyncio.Future[None], patience_s: float) -> Result:
        loop = asyncio.get_running_loop()
        leaves_at = link.leaves_at
        well_since = max(loop.time(), leaves_at)
        while True:
            await first_of(fence, link.closed, self._timings.poll_s / 2)
            if fence.done():
                return Result(Outcome.PRINTED)
            if link.closed.done():
                return Result(Outcome.UNCERTAIN, link.closed.result())
            if link.status.obstacle or not self._answers:
                well_since = max(loop.time(), leaves_at)
            elif loop.time() - well_since > patience_s:
                await link.close("no_fence")
                return Result(Outcome.UNCERTAIN, "no_fence")

    def _note(self, *, answers: bool | None = None) -> None:
        """Keep ``ready`` in step with what is known, and tell if anything is new."""
        link = self._link
        if answers is not None:
            self._answers = answers
        if link is not None and self._can_print(link):
            self._ready.set()
        else:
            self._ready.clear()
        seen = self.look()
        if seen != self._told:
            self._told = seen
            self._on_change()

    def _can_print(self, link: PrinterLink) -> bool:
        return link.synchronised and not link.closed.done() and self._answers and not link.status.obstacle


def _is_serial(address: str) -> bool:
    """Whether bytes take their time; a printer's file on USB is called ``lp0`` and the like, and takes them at once."""
    if address.startswith("rfc2217://"):
        return True
    return not is_network(address) and not Path(address).name.startswith("lp")
