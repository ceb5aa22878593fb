"""What waits in the print queue, as values: a job, its states, and how it is kept. ``spool.py`` has the rules."""

from __future__ import annotations

import hashlib
from enum import Enum

import msgspec

from receipts.page import Block, Page
from receipts.ringing import Strip

PREFIX = "spool/"
"""Of the kept values' names; what follows is the job's."""
AHEAD = "head_ahead"
"""The kept value's name that says what is printed ahead."""


class State(Enum):
    """Where a job stands."""

    QUEUED = "queued"
    SENDING = "sending"
    AWAITING_FENCE = "awaiting_fence"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class Job(msgspec.Struct, frozen=True):
    """A job as it is kept. ``confirmed`` sections are on the paper; ``mark`` goes on top of the next one.

    Of sales that are printed while they are rung (``strips.py``): ``strip`` is what the open sale's paper says when
    all sections are confirmed; a job with one is never done, but *idle* until more is rung. ``piece`` names the job
    whose paper the first section goes on with, ``resume`` is its head if that was torn; a job waits until the one
    named by ``after`` is gone.
    """

    page: Page
    state: State = State.QUEUED
    confirmed: int = 0
    mark: str = ""
    reason: str = ""
    strip: Strip | None = None
    piece: str = ""
    resume: tuple[Block, ...] = ()
    after: str = ""

    @property
    def idle(self) -> bool:
        """Whether there is nothing of it to be printed now."""
        return self.confirmed >= len(self.page.sections)

    @property
    def continues(self) -> str:
        """The job whose paper the next section goes on with; empty: it is a piece of its own."""
        return "" if self.confirmed else self.piece

    def behind(self) -> Job | None:
        """The job when its next section is on the paper; None: it is done."""
        if self.confirmed + 1 < len(self.page.sections):
            return msgspec.structs.replace(
                self, state=State.QUEUED, confirmed=self.confirmed + 1, mark="", reason="", after=""
            )
        if self.strip is None:
            return None
        return Job(Page(()), strip=self.strip, piece=self.piece)


class Ahead(msgspec.Struct, frozen=True):
    """A head that hangs out of the printer before anybody knows of which page; kept from before its first byte.

    ``unused`` is printed under it to be rid of it. ``sent`` is the fingerprint of its bytes and of the printer, so
    that it is known for another's, or another logo's. ``sure``: it was confirmed, and the paper is whole since.
    """

    head: tuple[Block, ...]
    unused: tuple[Block, ...]
    sent: str
    sure: bool = False


def fingerprint(printer: str, data: bytes) -> str:
    """Of what was sent to the printer of this name."""
    return hashlib.sha256(printer.encode("utf-8") + b"\0" + data).hexdigest()[:32]


def encode(kept: Job | Ahead) -> str:
    """The job, or what is printed ahead, as it is kept."""
    return msgspec.json.encode(kept).decode("utf-8")


def decode_ahead(text: str) -> Ahead:
    """What is printed ahead; ``ValueError`` for what is none."""
    return msgspec.json.decode(text, type=Ahead)


def decode(text: str) -> Job:
    """A kept job; ``ValueError`` for what is none. One found SENDING is UNCERTAIN: bytes may have left."""
    job = msgspec.json.decode(text, type=Job)
    if job.idle and job.strip is None:
        raise ValueError("nothing of it is left to be printed")
    if job.state in (State.SENDING, State.AWAITING_FENCE):
        job = msgspec.structs.replace(job, state=State.UNCERTAIN, reason="restarted")
    return job
