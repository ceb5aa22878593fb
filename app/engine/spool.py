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
Meanwhile other jobs go on.

Printer trouble never reaches the sale: ``entries_for`` and ``enqueue`` do no I/O and
cannot fail. The drawer is opened by ``enqueue``, that is after the journal, at once or
not at all; it is no part of a job.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, Protocol

import msgspec

from app.engine.printing import cash_moved, chunk
from app.facts.sales import ReceiptCompleted
from peripherals.print_job import Chunk, Outcome, Result
from receipts.documents import Document, printed_as
from receipts.page import Page, marked

PREFIX = "spool/"
MAX_JOBS = 10_000
"""More than a till sells on its busiest day; beyond it receipts stay in the journal and can be printed from there."""
RETRY_S = 1.0
"""Between tries after a printer that seemed ready was not, or the disk did not take a state."""

_log = logging.getLogger(__name__)


class State(Enum):
    """Where a job stands."""

    QUEUED = "queued"
    SENDING = "sending"
    AWAITING_FENCE = "awaiting_fence"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class Job(msgspec.Struct, frozen=True):
    """A job as it is kept. ``confirmed`` sections are on the paper; ``mark`` goes on top of the next one."""

    page: Page
    state: State = State.QUEUED
    confirmed: int = 0
    mark: str = ""
    reason: str = ""


class Printer(Protocol):
    """The printer as the spool needs it: ``peripherals.printer.NetworkPrinter``."""

    async def ready(self) -> None: ...

    async def print_chunk(self, data: bytes, sent: Callable[[], None]) -> Result: ...


class Drawer(Protocol):
    """The drawer; how opening ended is its own business to tell."""

    async def open(self) -> object: ...


class UnknownJob(LookupError):
    """No job of that number waits for a decision."""


class Spool:
    """The queue of one printer. All methods are called on the event loop.

    ``keep`` writes kept values durably, or raises ``refusals``; ``compose_page`` makes a document's page;
    ``compose_bytes`` makes a chunk's bytes and is called in a thread; ``copy_mark`` is the
    word for a second print.
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
        drawer: Drawer | None = None,
        refusals: type[Exception] = OSError,
        retry_s: float = RETRY_S,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._keep = keep
        self._printer = printer
        self._compose_page = compose_page
        self._compose_bytes = compose_bytes
        self._columns = columns
        self._copy_mark = copy_mark
        self._drawer = drawer
        self._refusals = refusals
        self._retry_s = retry_s
        self._on_change = on_change
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._pages: OrderedDict[str, Page] = OrderedDict()
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
            page = self._compose_page(document)
        except ValueError:
            _log.exception("%s cannot be laid out; it is not printed", number)
            return {}
        if page is None:
            return {}
        self._pages[number] = page
        while len(self._pages) > 4:  # of steps that were refused
            self._pages.popitem(last=False)
        return {PREFIX + number: _encode(Job(page))}

    def enqueue(self, document: Document) -> None:
        """The values are on disk: print when the printer can; open the drawer now if cash moved."""
        number = printed_as(document)
        page = None if number is None else self._pages.pop(number, None)
        if number is not None and page is not None:
            self._jobs[number] = Job(page)
            self._wake.set()
        elif number is not None:
            _log.error("%s is not printed; %d jobs wait", number, len(self._jobs))
        if self._drawer is not None and cash_moved(document):
            self._spawn(self._open_drawer(self._drawer))
        self._on_change()

    # -- life --------------------------------------------------------------------------------------------------

    def restore(self, kept: Mapping[str, str]) -> None:
        """Take over what was kept, before ``start``. A job found SENDING is UNCERTAIN: bytes may have left."""
        for key in sorted(key for key in kept if key.startswith(PREFIX)):
            job_no = key.removeprefix(PREFIX)
            try:
                job = msgspec.json.decode(kept[key], type=Job)
                job.page.sections[job.confirmed]
            except (msgspec.MsgspecError, IndexError):
                _log.exception("the kept print job %s cannot be read; print the receipt anew from the journal", job_no)
                continue
            if job.state in (State.SENDING, State.AWAITING_FENCE):
                job = msgspec.structs.replace(job, state=State.UNCERTAIN, reason="restarted")
            self._jobs[job_no] = job
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
            if self._under_way():
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
            by_state.setdefault(job.state, []).append(job_no)
        waiting = len(by_state.get(State.QUEUED, [])) + self._under_way()
        return {
            "waiting": waiting,
            "uncertain": by_state.get(State.UNCERTAIN, [])[:100],
            "failed": by_state.get(State.FAILED, [])[:100],
        }

    def job(self, job_no: str) -> Job | None:
        """The job, unless it is printed or was never there."""
        return self._jobs.get(job_no)

    # -- a person's decisions ----------------------------------------------------------------------------------

    async def accept(self, job_no: str) -> None:
        """The paper of an UNCERTAIN job is there: go on behind it. A FAILED job is given up. ``UnknownJob``."""
        async with self._deciding:
            job = self._decidable(job_no)
            confirmed = job.confirmed + 1 if job.state is State.UNCERTAIN else len(job.page.sections)
            if confirmed >= len(job.page.sections):
                await self._done(job_no)
            else:
                await self._set(
                    job_no, msgspec.structs.replace(job, state=State.QUEUED, confirmed=confirmed, mark="", reason="")
                )
        self._wake.set()

    async def reprint(self, job_no: str) -> None:
        """Print an UNCERTAIN (marked as a copy) or FAILED job from its first unconfirmed section. ``UnknownJob``."""
        async with self._deciding:
            job = self._decidable(job_no)
            mark = self._copy_mark if job.state is State.UNCERTAIN else job.mark
            await self._set(job_no, msgspec.structs.replace(job, state=State.QUEUED, mark=mark, reason=""))
        self._wake.set()

    async def copy(self, receipt: ReceiptCompleted) -> None:
        """Print a second receipt, marked as one; its vouchers' slips, which are worth money, are not printed again."""
        page = self._compose_page(receipt)
        if page is None:
            return
        await self._set(f"{receipt.receipt_no}-copy", Job(Page(page.sections[:1]), mark=self._copy_mark))
        self._wake.set()

    # -- printing ----------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._stopping:
            job_no = next((no for no, job in self._jobs.items() if job.state is State.QUEUED), None)
            if job_no is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            await self._printer.ready()
            try:
                went_on = await self._print_section(job_no)
            except self._refusals as error:
                _log.warning("the state of print job %s could not be kept: %s", job_no, error)
                went_on = False
            if not went_on:
                await asyncio.sleep(self._retry_s)

    async def _print_section(self, job_no: str) -> bool:
        """The job's next section; False if nothing was sent and it has to be tried again."""
        job = self._jobs[job_no]
        section = (marked(job.page, job.mark) if job.mark else job.page).sections[job.confirmed]
        try:
            data = await asyncio.to_thread(self._compose_bytes, chunk(section, self._columns))
        except Exception as error:  # noqa: BLE001 (whatever the library raises, the next job must be printed)
            _log.exception("print job %s cannot be printed", job_no)
            await self._ended(job_no, msgspec.structs.replace(job, state=State.FAILED, reason=str(error)))
            return True
        sending = msgspec.structs.replace(job, state=State.SENDING)
        await self._set(job_no, sending)
        result = await self._printer.print_chunk(data, lambda: self._sent(job_no, sending))
        if result.outcome is Outcome.NOT_SENT:
            await self._ended(job_no, job)
            return False
        if result.outcome is Outcome.UNCERTAIN:
            _log.warning("print job %s is uncertain: %s", job_no, result.reason)
            await self._ended(job_no, msgspec.structs.replace(job, state=State.UNCERTAIN, reason=result.reason))
        elif job.confirmed + 1 < len(job.page.sections):
            await self._ended(job_no, msgspec.structs.replace(job, confirmed=job.confirmed + 1, mark=""))
        else:
            await self._done(job_no)
        return True

    def _sent(self, job_no: str, job: Job) -> None:
        self._become(job_no, msgspec.structs.replace(job, state=State.AWAITING_FENCE))

    async def _set(self, job_no: str, job: Job) -> None:
        """Disk before memory: a step into danger (SENDING) or a decision that is not written did not happen."""
        await self._keep({PREFIX + job_no: _encode(job)})
        self._become(job_no, job)

    async def _ended(self, job_no: str, job: Job) -> None:
        """Memory before disk: should the disk refuse, it still says SENDING, which a restart takes for UNCERTAIN."""
        self._become(job_no, job)
        await self._keep({PREFIX + job_no: _encode(job)})

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
            result = await drawer.open()
        except OSError as error:
            _log.warning("the drawer could not be opened: %s", error)
        else:
            _log.info("drawer: %s", result)


def _tell_if_dead(worker: asyncio.Task[None]) -> None:
    if not worker.cancelled() and (error := worker.exception()) is not None:
        _log.critical("the print spool has died; receipts wait until the till is restarted", exc_info=error)


def _encode(job: Job) -> str:
    return msgspec.json.encode(job).decode("utf-8")
