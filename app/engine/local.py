"""The engine in this process: node, print spool and the open sale behind ``app.till.ports.Engine``.

Journal, then act (DESIGN §1.4): a receipt's facts, its place in the print queue and the
removal of the open sale are one durable step of the node; only then the spool prints and
the caller hears that it is done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from app.engine.beginning import Beginnings
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.codec import write
from app.text import gettext as _
from app.till.ports import JournalRefused, Readiness
from replication.core.effects import ClaimDone
from replication.core.model import Entry, Record
from replication.core.provisioning import Progress

OPEN_SALE = "open_sale"
"""The kept value that holds the open sale."""

_log = logging.getLogger(__name__)


class Replication(Protocol):
    """What the engine needs of ``replication.node.Node``."""

    port: int

    @property
    def provisioning(self) -> Progress | None: ...

    async def append(
        self, entries: Sequence[Entry], *, keep: dict[str, str | None], claim_id: str | None
    ) -> tuple[Record, ...]: ...

    async def keep(self, values: dict[str, str | None]) -> None: ...

    async def claim(self, resource: str) -> ClaimDone: ...

    async def sign_off(self) -> None: ...

    def release_claim(self, claim_id: str) -> None: ...

    async def settled(self) -> None: ...

    def status(self) -> dict[str, Any]: ...

    async def confirm(self) -> None: ...


class Spooling(Protocol):
    """What the engine needs of the print spool."""

    def entries_for(self, document: Fact) -> dict[str, str | None]:
        """The kept values that put the document into the queue; written with its facts."""

    def enqueue(self, document: Fact) -> None:
        """The values are durable: print when the printer can."""


class Answer(msgspec.Struct, frozen=True):
    """A claim's end, as ``ports.ClaimAnswer`` wants it."""

    claim_id: str
    granted: bool
    coverage: ClaimCoverage
    reason: str = ""


class Changes:
    """Who wants to hear of changes. ``announce`` is called on the loop."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        self._listeners.append(listener)

    def forget(self, listener: Callable[[str], None]) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def announce(self, what: str) -> None:
        for listener in tuple(self._listeners):
            listener(what)


class LocalEngine:
    """``app.till.ports.Engine`` over a running node."""

    def __init__(
        self,
        node: Replication,
        changes: Changes,
        *,
        refusals: type[Exception],
        kept: dict[str, str],
        spool: Spooling | None,
        release: Callable[[int, str, str, str], tuple[str, Entry]] | None,
        beginnings: Beginnings,
    ) -> None:
        self.node = node
        self.changes = changes
        self._refusals = refusals
        self._open_sale = kept.get(OPEN_SALE)
        self._spool = spool
        self._release = release
        self._beginnings = beginnings
        self._came_back = False
        changes.listen(self._note)

    def _note(self, what: str) -> None:
        """Records of this till have come back: what a session thought out without them must not be written."""
        self._came_back = self._came_back or what == "recovered"

    async def append(
        self,
        facts: Sequence[Fact],
        *,
        keep: str | None,
        claim_id: str | None = None,
        printed: Fact | None = None,
    ) -> None:
        if self._came_back:
            raise JournalRefused("recovering", "records of this till have come back; look at the books again first")
        values: dict[str, str | None] = {OPEN_SALE: keep}
        if printed is not None and self._spool is not None:
            values.update(self._spool.entries_for(printed))
        await self.journal([Entry(*write(fact)) for fact in facts], keep=values, claim_id=claim_id)
        self._open_sale = keep
        if printed is not None and self._spool is not None:
            self._spool.enqueue(printed)

    async def journal(
        self, entries: Sequence[Entry], *, keep: dict[str, str | None] | None = None, claim_id: str | None = None
    ) -> None:
        """Entries of any topic, durably; ``JournalRefused`` when nothing was written."""
        try:
            await self.node.append(entries, keep=keep or {}, claim_id=claim_id)
        except self._refusals as error:
            raise _refused(error) from error

    async def keep(self, text: str | None) -> None:
        if text == self._open_sale:
            return
        self._open_sale = text
        try:
            await self.node.keep({OPEN_SALE: text})
        except self._refusals as error:
            # The sale goes on in memory; paying will be refused with the same reason.
            _log.warning("the open sale could not be kept: %s", error)

    async def kept(self) -> str | None:
        """The open sale. Whoever asks for it looks at the books after that, and so knows what has come back."""
        self._came_back = False
        return self._open_sale

    async def claim(self, resource: str) -> Answer:
        try:
            done = await self.node.claim(resource)
        except self._refusals:
            nobody = ClaimCoverage(complete=False, promised=(), missing=())
            return Answer("", granted=False, coverage=nobody, reason="unanswered")
        coverage = ClaimCoverage(done.coverage.complete, tuple(done.coverage.promised), tuple(done.coverage.missing))
        return Answer(done.claim_id, done.granted, coverage, done.reason)

    async def release_claim(self, claim_id: str) -> None:
        self.node.release_claim(claim_id)

    async def settled(self) -> None:
        try:
            await self.node.settled()
        except self._refusals as error:
            raise JournalRefused(getattr(error, "code", "books_failed"), str(error)) from error

    async def status(self) -> dict[str, Any]:
        return self.node.status()

    async def readiness(self) -> Readiness:
        progress = self.node.provisioning
        if progress is not None:
            return Readiness((progress.done, progress.of))
        return Readiness(None, await self._beginnings.now())

    async def raise_number_floor(self) -> int:
        """Give out no number that this disk could have lost: begin anew above all that are known; the new floor.

        ``JournalRefused`` when that could not be kept.
        """
        await self.settled()
        try:
            floor = await self._beginnings.raise_floor()
        except self._refusals as error:
            raise JournalRefused(getattr(error, "code", "disk_full"), str(error)) from error
        self.changes.announce("membership")
        return floor

    async def release_slot(self, no: int, name: str, role: str, site: str) -> str:
        if self._release is None:
            raise JournalRefused("not_authority")
        code, entry = await asyncio.to_thread(self._release, no, name, role, site)
        await self.journal([entry])
        return code

    async def sign_off(self) -> None:
        if self._open_sale is not None:
            raise JournalRefused("sale_open", _("finish or void the open sale first"))
        try:
            await self.node.sign_off()
        except self._refusals as error:
            raise _refused(error) from error

    def on_change(self, callback: Callable[[str], None]) -> None:
        self.changes.listen(callback)


def _refused(error: Exception) -> JournalRefused:
    return JournalRefused(getattr(error, "code", "disk_full"), getattr(error, "reason", str(error)))
