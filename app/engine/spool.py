"""The durable print queue: what was journalled is printed once, and never twice in silence.

A job is a page; each of its sections is printed and confirmed as one chunk. Its states
(reference/peripherals.md), and what is kept on disk under ``spool/<job_no>``:

================  ============================================  ==========================
state             meaning                                       written
================  ============================================  ==========================
QUEUED            not one byte of the next section has left     in one step with the receipt
SENDING           bytes may leave from now on                   before the first byte
AWAITING_FENCE    all bytes left, the printer's answer is due   not: after a crash it means SENDING
(printed)         every section was confirmed                   the key is removed
UNCERTAIN         bytes left and no answer came                 at once; and SENDING found at start
FAILED            it cannot be printed; trying again is no use  at once
================  ============================================  ==========================

Only QUEUED is sent by itself. An UNCERTAIN job waits for a person, who looks at the
paper: ``accept`` (it is there) or ``reprint`` (it is not, or not all of it), which
prints that section again, marked ZWEITDRUCK, for the printer may still hold the first.
Meanwhile other jobs go on. The values are in ``print_jobs.py``.

Open sales may be printed while they are rung (``strips.py``): ``rung`` tells how the sale is now. The head of the next
may be printed behind them (``head_ahead.py``).

Printer trouble never reaches the sale: ``entries_for`` and ``enqueue`` do no I/O and
cannot fail. The drawer is opened by ``enqueue``, that is after the journal, at once or
not at all; it is no part of a job.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from app.engine.head_ahead import HeadAhead
from app.engine.print_jobs import PREFIX, Job, State, decode, encode
from app.engine.printing import cash_moved, chunk
from app.engine.ringer import Ringer
from app.engine.strips import Strips
from app.facts.base import Fact
from app.facts.sales import InvoiceIssued, ReceiptCompleted, ZReportClosed
from peripherals.cash_drawer import DrawerOutcome, DrawerResult
from peripherals.print_job import Chunk, Outcome, Result
from receipts.documents import Document, printed_as
from receipts.page import Page, Section, copied, with_copies

TEST_PAGE = "test-page"
"""The job of the test page."""
MAX_JOBS = 10_000
"""More than a till sells on its busiest day; beyond it receipts stay in the journal and can be printed from there."""
RETRY_S = 1.0
"""Between tries after a printer that seemed ready was not, or the disk did not take a state."""
NOTHING_MORE: Mapping[str, str | None] = {}

_log = logging.getLogger(__name__)


Copied = ReceiptCompleted | ZReportClosed | InvoiceIssued
"""What may be wanted a second time."""


class Printer(Protocol):
    """The printer as the spool needs it: ``peripherals.printer.PosPrinter``."""

    async def ready(self) -> None: ...

    async def print_chunk(self, data: bytes, sent: Callable[[], None]) -> Result: ...


class Drawer(Protocol):
    """The drawer: opened at once or not at all."""

    @property
    def state(self) -> str:
        """``closed``, ``open``, ``too_long``; empty: nobody knows."""

    async def open(self) -> DrawerResult: ...


class UnknownJob(LookupError):
    """No job of that number waits for a decision."""


class Spool:
    """The queue of one printer. All methods are called on the event loop.

    ``keep`` writes kept values durably, or raises ``refusals``; ``compose_page`` makes a document's page;
    ``compose_bytes`` makes a chunk's bytes and is called in a thread; ``copy_mark`` is the
    word for a second print, of which each receipt and invoice gets ``copies`` at once; ``look`` says how the printer
    is, for people; with a ``ringer`` open sales are printed while they are rung. ``named`` tells the
    printer from others.
    """

    def __init__(
        self,
        *,
        keep: Callable[[dict[str, str | None]], Awaitable[None]],
        printer: Printer,
        compose_page: Callable[[Document], Page | None],
        compose_bytes: Callable[[Chunk], bytes],
        columns: int,
        copy_mark: str,
        copies: int = 0,
        drawer: Drawer | None = None,
        ringer: Ringer | None = None,
        named: str = "",
        refusals: type[Exception] = OSError,
        retry_s: float = RETRY_S,
        on_change: Callable[[], None] = lambda: None,
        look: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._keep = keep
        self._look = look
        self._drawer_ended: DrawerResult | None = None
        self._drawer_opened = 0
        self._printer = printer
        self._compose_page = compose_page
        self._compose_bytes = compose_bytes
        self._columns = columns
        self._copy_mark = copy_mark
        self._copies = copies
        self._drawer = drawer
        self._refusals = refusals
        self._retry_s = retry_s
        self._on_change = on_change
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._strips = Strips(ringer, self._jobs, MAX_JOBS)
        self._head = HeadAhead(named, printer, keep, self._bytes_of, refusals)
        self._written: OrderedDict[str, Job] = OrderedDict()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False
        self._deciding = asyncio.Lock()

    # -- the sale's side ---------------------------------------------------------------------------------------

    def entries_for(self, document: Document) -> dict[str, str | None]:
        """The kept values that queue this document; to be written in one step with its facts."""
        number = printed_as(document)
        if number is None or len(self._jobs) >= MAX_JOBS:
            return {}
        try:
            job = self._made(document)
        except ValueError:
            _log.exception("%s cannot be laid out; it is not printed", number)
            return {}
        if job is None:
            return {}
        self._written[number] = job
        while len(self._written) > 4:  # of steps that were refused
            self._written.popitem(last=False)
        return {PREFIX + number: encode(job)}

    def _made(self, document: Document) -> Job | None:
        page = self._compose_page(document)
        if page is None:
            return None
        match document:
            case ReceiptCompleted(receipt_type="training"):
                return self._strips.closed(document, page)
            case ReceiptCompleted():
                return self._strips.closed(document, with_copies(page, self._copies, self._copy_mark))
            case InvoiceIssued():
                return Job(with_copies(page, self._copies, self._copy_mark))
            case _:
                return Job(page)

    def enqueue(self, document: Document) -> None:
        """The values are on disk: print when the printer can; open the drawer now if cash moved."""
        number = printed_as(document)
        job = None if number is None else self._written.pop(number, None)
        if number is not None and job is not None:
            self._jobs[number] = job
            self._wake.set()
        elif number is not None:
            _log.error("%s is not printed; %d jobs wait", number, len(self._jobs))
        if self._drawer is not None and cash_moved(document):
            self._spawn(self._open_drawer(self._drawer))
        self._on_change()

    def refused(self, document: Document) -> None:
        """The values were not written: what they were about goes on."""
        self._written.pop(printed_as(document) or "", None)
        self._strips.refused()
        self._wake.set()

    def rung(self, sale: str | None, facts: Iterable[Fact] = ()) -> None:
        """The open sale (``app.till.keeping``) is this now, None: there is none; ``facts`` were journalled with it.

        Only remembered: ringing never waits for paper.
        """
        self._strips.rung(sale, facts)
        self._wake.set()

    def printer_changed(self) -> None:
        """The printer says something new of itself (``look``)."""
        look = self._look()
        if out := look.get("paper") == "out":
            self._strips.paper_out()
        if (out or look.get("trouble") == "cover_open") and self._head.opened():
            self._spawn(self._head.keep_doubt())

    # -- life --------------------------------------------------------------------------------------------------

    def restore(self, kept: Mapping[str, str], open_sale: str | None = None) -> None:
        """Take over what was kept, before ``start``. A job found SENDING is UNCERTAIN: bytes may have left."""
        for key in sorted(key for key in kept if key.startswith(PREFIX)):
            job_no = key.removeprefix(PREFIX)
            try:
                self._jobs[job_no] = decode(kept[key])
            except ValueError:
                _log.exception("the kept print job %s cannot be read; print the receipt anew from the journal", job_no)
        self._strips.restore(open_sale)
        self._head.restore(kept)
        self._wake.set()

    def start(self) -> None:
        """Begin to print."""
        if self._worker is None:
            self._stopping = False
            self._worker = asyncio.create_task(self._work(), name="print spool")
            self._worker.add_done_callback(_tell_if_dead)

    async def stop(self, grace_s: float = 2.0) -> None:
        """Let a section under way finish for a moment, then end. What is not confirmed by then is UNCERTAIN."""
        self._stopping = True
        if self._worker is not None:
            if self._under_way() or self._head.under_way:
                await asyncio.wait({self._worker}, timeout=grace_s)
            self._worker.cancel()
        tasks = {*self._tasks, *({self._worker} if self._worker else ())}
        for task in self._tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._worker = None

    def status(self) -> dict[str, Any]:
        """For status lines and `tillmesh status`: how many jobs wait, and which need a person."""
        by_state: dict[State, list[str]] = {}
        for job_no, job in self._jobs.items():
            if not job.idle:
                by_state.setdefault(job.state, []).append(job_no)
        waiting = len(by_state.get(State.QUEUED, [])) + self._under_way() + self._strips.wants
        return {
            "waiting": waiting,
            "uncertain": by_state.get(State.UNCERTAIN, [])[:100],
            "failed": by_state.get(State.FAILED, [])[:100],
            "columns": self._columns,
            "device": dict(self._look()),
            "drawer": self._drawer_state(),
        }

    def _drawer_state(self) -> dict[str, str | int] | None:
        """How opening it ended the last time, and how it is; None without a drawer. ``outcome`` empty: not opened
        yet; ``opened``: how often it was tried."""
        if self._drawer is None:
            return None
        ended = self._drawer_ended
        return {
            "outcome": ended.outcome.value if ended else "",
            "reason": ended.reason if ended else "",
            "opened": self._drawer_opened,
            "state": self._drawer.state,
        }

    def job(self, job_no: str) -> Job | None:
        """The job, unless it is printed or was never there."""
        return self._jobs.get(job_no)

    # -- a person's decisions ----------------------------------------------------------------------------------

    async def accept(self, job_no: str) -> None:
        """The paper of an UNCERTAIN job is there: go on behind it. A FAILED job is given up. ``UnknownJob``."""
        async with self._deciding:
            job = self._decidable(job_no)
            behind = job.behind() if job.state is State.UNCERTAIN else None
            if behind is None:
                await self._done(job_no)
            else:
                await self._set(job_no, behind)
        self._wake.set()

    async def reprint(self, job_no: str) -> None:
        """Print an UNCERTAIN (marked as a copy) or FAILED job from its first unconfirmed section. ``UnknownJob``."""
        async with self._deciding:
            job = self._decidable(job_no)
            mark = self._copy_mark if job.state is State.UNCERTAIN else job.mark
            await self._set(job_no, msgspec.structs.replace(job, state=State.QUEUED, mark=mark, reason=""))
        self._wake.set()

    async def copy(self, document: Copied) -> None:
        """Print it a second time, marked as a copy; vouchers' slips, which are worth money, are not printed again."""
        page = self._compose_page(document)
        if page is not None:
            await self._queue(f"{printed_as(document)}-copy", Job(copied(page, self._copy_mark)))

    async def print_unkept(self, document: Document) -> None:
        """Print what is not journalled; what of its name still waits is replaced. ``ValueError``: it has no page."""
        number, page = printed_as(document), self._compose_page(document)
        if number is None or page is None:
            raise ValueError("a document that is not printed")
        await self._queue(number, Job(page))

    async def test_page(self, page: Page) -> None:
        """Print what is no document; one that still waits is replaced."""
        await self._queue(TEST_PAGE, Job(page))

    async def _queue(self, job_no: str, job: Job) -> None:
        """Queue a job anew, unless the last one of that number is under way."""
        known = self._jobs.get(job_no)
        if known is None or known.state not in (State.SENDING, State.AWAITING_FENCE):
            await self._set(job_no, job)
            self._wake.set()

    # -- printing ----------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        await self._head.examine()
        while not self._stopping:
            try:
                went_on = await self._step()
            except self._refusals as error:
                _log.warning("the state of a print job could not be kept: %s", error)
                went_on = False
            if not went_on:
                await asyncio.sleep(self._retry_s)

    async def _step(self) -> bool:
        """Wait for something to be printed and for the printer, and print it; False if that has to be tried again."""
        for swept in self._strips.swept():
            await self._keep({PREFIX + swept: None})
            self._jobs.pop(swept, None)
        if self._next() is None and not self._strips.wants and self._wanted_head is None:
            self._wake.clear()
            await self._wake.wait()
            return True
        await self._printer.ready()
        # Only now: what was rung while the printer could not print is one chunk, and what is older goes first.
        job_no = self._next() or await self._strips.further()
        return await self._print_head() if job_no is None else await self._print_section(job_no)

    def _next(self) -> str | None:
        for job_no, job in self._jobs.items():
            if job.state is State.QUEUED and not job.idle and job.after not in self._jobs:
                return job_no
        return None

    async def _print_section(self, job_no: str) -> bool:
        """The job's next section; False if nothing was sent and it has to be tried again."""
        job, ahead = self._jobs[job_no], self._head.hangs
        paper_outs = self._strips.paper_outs
        try:
            data = await self._bytes_of(*self._strips.pieces(job, ahead))
        except Exception as error:  # noqa: BLE001 (whatever the library raises, the next job must be printed)
            _log.exception("print job %s cannot be printed", job_no)
            await self._ended(job_no, msgspec.structs.replace(job, state=State.FAILED, reason=str(error)))
            return True
        if self._head.hangs != ahead:
            return True  # somebody was at the paper meanwhile
        sending = msgspec.structs.replace(job, state=State.SENDING)
        try:
            await self._set(job_no, sending, self._head.take())
        except self._refusals:
            self._head.put_back()
            raise
        result = await self._printer.print_chunk(data, lambda: self._sent(job_no, sending))
        self._strips.ended(job, result.outcome, paper_outs, beneath=ahead is not None)
        if result.outcome is Outcome.NOT_SENT:
            await self._ended(job_no, job, self._head.put_back())
            return False
        if result.outcome is Outcome.UNCERTAIN:
            _log.warning("print job %s is uncertain: %s", job_no, result.reason)
            await self._ended(job_no, msgspec.structs.replace(job, state=State.UNCERTAIN, reason=result.reason))
        elif (behind := job.behind()) is not None:
            await self._ended(job_no, behind)
        else:
            await self._done(job_no)
        return True

    async def _print_head(self) -> bool:
        """The next sale's head, if it is still wanted; False if nothing was sent and it has to be tried again."""
        wanted = self._wanted_head
        if wanted is None:
            return True
        ended = await self._head.print(*wanted)
        if ended is None:
            self._strips.headless()
        return ended is not Outcome.NOT_SENT

    @property
    def _wanted_head(self) -> tuple[Section, Section] | None:
        return self._strips.head if self._head.hangs is None else None

    async def _bytes_of(self, *sections: Section) -> bytes:
        return await asyncio.to_thread(self._compose_bytes, chunk(sections, self._columns))

    def _sent(self, job_no: str, job: Job) -> None:
        self._become(job_no, msgspec.structs.replace(job, state=State.AWAITING_FENCE))

    async def _set(self, job_no: str, job: Job, more: Mapping[str, str | None] = NOTHING_MORE) -> None:
        """Disk before memory: a step into danger (SENDING) or a decision that is not written did not happen."""
        await self._keep({PREFIX + job_no: encode(job), **more})
        self._become(job_no, job)

    async def _ended(self, job_no: str, job: Job, more: Mapping[str, str | None] = NOTHING_MORE) -> None:
        """Memory before disk: should the disk refuse, it still says SENDING, which a restart takes for UNCERTAIN."""
        self._become(job_no, job)
        await self._keep({PREFIX + job_no: encode(job), **more})

    async def _done(self, job_no: str) -> None:
        """As ``_ended``: off the queue, then off the disk."""
        self._jobs.pop(job_no, None)
        self._on_change()
        await self._keep({PREFIX + job_no: None})

    def _become(self, job_no: str, job: Job) -> None:
        self._jobs[job_no] = job
        self._on_change()

    def _decidable(self, job_no: str) -> Job:
        job = self._jobs.get(job_no)
        if job is None or job.state not in (State.UNCERTAIN, State.FAILED):
            raise UnknownJob(job_no)
        return job

    def _under_way(self) -> bool:
        return any(job.state in (State.SENDING, State.AWAITING_FENCE) for job in self._jobs.values())

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open_drawer(self, drawer: Drawer) -> None:
        try:
            self._drawer_ended = await drawer.open()
        except OSError as error:
            _log.warning("the drawer could not be opened: %s", error)
            self._drawer_ended = DrawerResult(DrawerOutcome.NOT_SENT, str(error))
        self._drawer_opened += 1
        self._on_change()


def _tell_if_dead(worker: asyncio.Task[None]) -> None:
    if not worker.cancelled() and (error := worker.exception()) is not None:
        _log.critical("the print spool has died; receipts wait until the till is restarted", exc_info=error)
