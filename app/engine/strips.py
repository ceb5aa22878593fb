"""Sales that are printed while they are rung: which chunk comes next, and what hangs out of the printer.

The spool's jobs are lists that only grow. Here it is not decided in advance what is on them: ``rung`` only remembers
the open sale as it is now, and when the printer can print, the next chunk is made of that and of what the paper says
already. So ringing never waits, and whatever is rung while the printer cannot print becomes one chunk: of an open
sale never more than one waits.

One job an open sale, ``sale-3F2A9C1B``, named after the mark on its paper. It is *idle* when the paper says it all.

* The sale becomes a receipt: what is missing is a job of its own, under the receipt's number and written in one step
  with it. It waits for the sale's job, which is dropped as soon as it is idle.
* The sale is parked, ordered or given up: the paper is marked, so that nobody takes it for a receipt, and cut.
* Nobody knows whether a chunk came out: the job waits for a person, like every other; so does all that belongs behind.

*What hangs* is the piece of paper that was printed last and not cut. Only its own job may go on with it, and only as
long as the paper is whole. Otherwise it is cut first, and its job goes on with a head and what is carried forward.

Behind the cut of a sale's paper, when nothing else is to be printed, comes the *head ahead* (``receipts/ahead.py``):
no job, for nobody waits for it and nobody is asked about it. What is printed next goes on under it if it is known to
be there and begins with the same; otherwise it is marked and cut first.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable
from typing import get_args

import msgspec

from app.engine.print_jobs import Ahead, Job, State
from app.engine.ringer import Ringer, sale_id_of
from app.facts.base import Fact
from app.facts.circulation import OrderPlaced, SaleParked
from app.facts.sales import ReceiptCompleted
from peripherals.print_job import Outcome
from receipts.ahead import under
from receipts.page import Page, Section, marked
from receipts.ringing import End

TORN = "?"
"""Something hangs out of the printer that nothing goes on with."""
ENDS_REMEMBERED = 16
_OF_A_SALE = frozenset(("receipt", *get_args(End)))
"""Sections behind which another sale may be expected; behind the day's end none is."""

_log = logging.getLogger(__name__)


class Strips:
    """Works on the spool's jobs; everything but ``further`` is done at once. Without ``ringer`` no sale is printed
    while it is rung, and what is left of the time when they were is brought to its end."""

    def __init__(self, ringer: Ringer | None, jobs: OrderedDict[str, Job], most_jobs: int) -> None:
        self._ringer = ringer
        self._jobs = jobs
        self._most_jobs = most_jobs
        self._text: str | None = None
        self._sale_id = ""
        self._said: str | None = None
        """The sale as it was when the paper said it all."""
        self._closing = ""
        """The sale that is becoming a receipt, or has: nothing more is made of it."""
        self._ends: OrderedDict[str, End] = OrderedDict()
        self._hangs = ""
        self._paper_outs = 0
        self._behind_a_sale = False

    # -- what the engine tells -----------------------------------------------------------------------------------

    def restore(self, open_sale: str | None) -> None:
        """The till starts with these jobs; nobody knows what happened to the paper meanwhile."""
        self.rung(open_sale)
        if any(job.piece or self._half_printed(job) for job in self._jobs.values()):
            self._hangs = TORN

    def _half_printed(self, job: Job) -> bool:
        """Whether some of it may hang under a head that was printed ahead."""
        return self._ringer is not None and job.state is State.UNCERTAIN

    def rung(self, text: str | None, facts: Iterable[Fact] = ()) -> None:
        """The open sale is this now (None: none is open); ``facts`` are what was journalled with it."""
        if self._ringer is None:
            return
        for fact in facts:
            if isinstance(fact, SaleParked | OrderPlaced) and fact.sale_id:
                self._ends[fact.sale_id] = "parked" if isinstance(fact, SaleParked) else "ordered"
        while len(self._ends) > ENDS_REMEMBERED:
            self._ends.popitem(last=False)
        self._text, self._sale_id = text, sale_id_of(text)

    def closed(self, receipt: ReceiptCompleted, page: Page) -> Job:
        """The job of a receipt with this page: all of it, or what the paper does not say yet."""
        if self._ringer is None:
            return Job(page)
        self._closing = receipt.sale_id
        name = job_name(receipt.sale_id)
        job = self._jobs.get(name)
        if job is None or job.strip is None or job.strip.sale_id != receipt.sale_id or job.state is State.FAILED:
            return Job(page)
        rest = self._ringer.closes(job.strip, receipt)
        resume = self._ringer.resume(job.strip, receipt.receipt_no)
        return Job(Page((rest, *page.sections[1:])), piece=name, resume=resume, after=name)

    def refused(self) -> None:
        """The sale became no receipt after all, and goes on."""
        self._closing = ""

    # -- what is printed next ------------------------------------------------------------------------------------

    def swept(self) -> list[str]:
        """The jobs to be dropped: idle, and what belongs behind is a job of its own. Marks those whose sale is gone."""
        gone = []
        for name, job in [(name, job) for name, job in self._jobs.items() if job.strip is not None and job.idle]:
            assert job.strip is not None
            if self._followed(name) or self._ringer is None:
                gone.append(name)
            elif job.strip.sale_id not in (self._sale_id, self._closing):
                end = self._ringer.ended(self._ends.get(job.strip.sale_id, "void"))
                self._jobs[name] = Job(Page((end,)), piece=name, resume=self._ringer.resume(job.strip))
        return gone

    @property
    def wants(self) -> bool:
        """Whether a sale's paper may be behind it, and nothing holds that up but the printer."""
        over = (job.strip for job in self._jobs.values() if job.strip is not None and job.idle)
        return self._goes_on or any(strip.sale_id not in (self._sale_id, self._closing) for strip in over)

    @property
    def _goes_on(self) -> bool:
        """Whether more may have to be printed of the open sale."""
        if self._text is None or self._text is self._said or self._closing == self._sale_id:
            return False
        name = job_name(self._sale_id)
        job = self._jobs.get(name)
        if job is None:
            return len(self._jobs) < self._most_jobs
        return job.strip is not None and job.idle

    async def further(self) -> str | None:
        """Make the next chunk of the open sale; the name of its job, None if there is nothing to be printed."""
        text, sale_id = self._text, self._sale_id
        if self._ringer is None or text is None or not self._goes_on:
            return None
        name = job_name(sale_id)
        job = self._jobs.get(name)
        try:
            made = await asyncio.to_thread(self._ringer.further, text, job.strip if job else None)
        except ValueError:
            _log.exception("the open sale cannot be printed while it is rung; its receipt will be printed whole")
            made = None
        if sale_id != self._sale_id or sale_id == self._closing:
            return None  # it ended meanwhile, and what ended it knows nothing of this
        if made is None:
            self._said = text
            return None
        self._jobs[name] = Job(Page((made.section,)), strip=made.strip, piece=name, resume=made.resume)
        return name

    # -- the paper -----------------------------------------------------------------------------------------------

    def pieces(self, job: Job, ahead: Ahead | None = None) -> tuple[Section, ...]:
        """The job's next section as it is printed on the paper as it is now, with this head hanging."""
        section = job.page.sections[job.confirmed]
        goes_on = self._hangs and self._hangs == job.continues and ahead is None
        if job.continues and not goes_on:
            section = msgspec.structs.replace(section, blocks=job.resume + section.blocks)
        if job.mark:
            section = marked(Page((section,)), job.mark).sections[0]
        if ahead is not None:
            below = under(ahead.head, section) if ahead.sure else None
            return (Section("unused", ahead.unused), section) if below is None else (below,)
        if self._hangs and not goes_on:
            ringer = None if self._hangs == TORN else self._ringer
            return (Section("torn", ()) if ringer is None else ringer.torn(), section)
        return (section,)

    @property
    def head(self) -> tuple[Section, Section] | None:
        """The next sale's head, and its end should it not be used; None: it is not to be printed here."""
        if self._ringer is None or self._ringer.head_ahead is None or self._hangs or not self._behind_a_sale:
            return None
        return self._ringer.head_ahead, self._ringer.unused()

    def headless(self) -> None:
        """It cannot be printed: no other try before the next sale's paper."""
        self._behind_a_sale = False

    def paper_out(self) -> None:
        """The roll is at its end: what hangs is not whole any more."""
        self._paper_outs += 1
        if self._hangs:
            self._hangs = TORN

    @property
    def paper_outs(self) -> int:
        """How often the roll has been at its end."""
        return self._paper_outs

    def ended(self, job: Job, outcome: Outcome, paper_outs: int, *, beneath: bool) -> None:
        """The section of ``pieces`` ended so; ``paper_outs`` before it began, ``beneath`` a head printed ahead."""
        if outcome is Outcome.PRINTED:
            cut = job.page.sections[job.confirmed].cut
            whole = paper_outs == self._paper_outs
            self._hangs = "" if cut else job.continues if whole else TORN
            self._behind_a_sale = job.page.sections[0].name in _OF_A_SALE
        elif outcome is Outcome.UNCERTAIN and (job.continues or self._hangs or beneath):
            self._hangs = TORN

    def _followed(self, name: str) -> bool:
        return any(job.after == name for job in self._jobs.values())


def job_name(sale_id: str) -> str:
    """What the printing of an open sale is called."""
    return f"sale-{sale_id[:8].upper()}"
