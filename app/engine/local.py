"""The engine in this process: node, print spool and the open sale behind ``app.till.ports.Engine``.

Journal, then act (DESIGN §1.4): a receipt's facts, its place in the print queue and the
removal of the open sale are one durable step of the node; only then the spool prints and
the caller hears that it is done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Protocol

import msgspec

from app import network_words
from app.domain.card import CardAnswer, CardOrder, TerminalDay
from app.domain.statement import Examined
from app.engine.beginning import Beginnings
from app.engine.charging import Charging
from app.engine.devices import Devices
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.codec import write
from app.facts.flows import routed
from app.text import gettext as _
from app.till.ports import WEIGHING, JournalRefused, Readiness, Weight, claiming
from peripherals.gate.device import Gate
from peripherals.scale.device import Scale
from peripherals.scale.reading import Order, Reading
from replication.core.effects import ClaimDone, ClaimProgress
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

    async def claim(self, *resources: str, told: Callable[[ClaimProgress], None] | None = None) -> ClaimDone: ...

    def cancel_claims(self) -> None: ...

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

    def refused(self, document: Fact) -> None:
        """The values are not durable, and will not be."""

    def rung(self, sale: str | None, facts: Sequence[Fact] = ()) -> None:
        """The open sale as it is now, and what was journalled with it."""


class Witness(Protocol):
    """Who is told what the session has had kept and journalled, once it is so: a customer display, a gate."""

    def kept(self, text: str | None) -> None:
        """This is the open sale now. Neither waits nor fails."""

    def journalled(self, facts: Sequence[Fact], keep: str | None, printed: Fact | None) -> None:
        """These facts are durable, and this is the open sale now."""


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
        examine: Callable[[str], Examined],
        devices: Devices | None = None,
        witnesses: Sequence[Witness] = (),
        charging: Charging | None = None,
        assigned: Callable[[], Collection[str]] = tuple,
        begin: Callable[[Sequence[str]], Awaitable[None]] | None = None,
    ) -> None:
        self.node = node
        self.changes = changes
        self._refusals = refusals
        self._open_sale = kept.get(OPEN_SALE)
        self._spool = spool
        self._release = release
        self._beginnings = beginnings
        self._examine = examine
        self.devices = devices or Devices()
        self._witnesses = tuple(witnesses)
        self.charging = charging or Charging(None, {}, node.keep, refusals=refusals)
        self._assigned = assigned
        """The topics with an audience."""
        self._begin = begin
        """Makes topics known, for nobody yet, where that may be done."""
        self._came_back = False
        self._writing = asyncio.Lock()
        """Held while facts become durable: whoever opens the till just then must see the sale as it is after that."""
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
        try:
            async with self._writing:
                booked = self.charging.booked(facts, keep)
                self.charging.check(self._open_sale, keep, booked)
                await self.journal([Entry(*write(fact)) for fact in facts], keep=values | booked, claim_id=claim_id)
                self._open_sale = keep
                self.charging.forget(booked)
        except BaseException:
            if printed is not None and self._spool is not None:
                self._spool.refused(printed)
            raise
        if printed is not None and self._spool is not None:
            self._spool.enqueue(printed)
        self._rung(facts)
        self._tell(lambda witness: witness.journalled(facts, keep, printed))

    def _rung(self, facts: Sequence[Fact] = ()) -> None:
        if self._spool is not None:
            self._spool.rung(self._open_sale, facts)

    def _tell(self, telling: Callable[[Witness], None]) -> None:
        for witness in self._witnesses:
            try:
                telling(witness)
            except Exception:  # noqa: BLE001 - what is durable is durable: whoever looks on must not make a sale fail
                _log.exception("what the session did could not be shown")

    async def journal(
        self, entries: Sequence[Entry], *, keep: dict[str, str | None] | None = None, claim_id: str | None = None
    ) -> None:
        """Entries of any topic, durably; ``JournalRefused`` when nothing was written.

        What does not go to everybody goes to its own topic instead (``app/facts/flows.py``).
        """
        assigned = self._assigned()
        entries = [each._replace(topic=routed(each.topic, each.kind, each.body, assigned)) for each in entries]
        unknown = {each.topic for each in entries if "/" in each.topic}.difference(assigned)
        if unknown and self._begin is not None:
            await self._begin(sorted(unknown))
        try:
            await self.node.append(entries, keep=keep or {}, claim_id=claim_id)
        except self._refusals as error:
            raise _refused(error) from error

    async def keep(self, text: str | None) -> None:
        if text == self._open_sale:
            return
        self._open_sale = text
        self._tell(lambda witness: witness.kept(text))
        booked = self.charging.booked((), text)
        try:
            await self.node.keep({OPEN_SALE: text, **booked})
            self.charging.forget(booked)
        except self._refusals as error:
            # The sale goes on in memory; paying will be refused with the same reason.
            _log.warning("the open sale could not be kept: %s", error)
        self._rung()

    async def kept(self) -> str | None:
        """The open sale, after what screens that are gone had begun to write. Whoever asks for it looks at the books
        after that, and so knows what has come back.
        """
        async with self._writing:
            self._came_back = False
            return self._open_sale

    async def claim(self, *resources: str) -> Answer:
        try:
            done = await self.node.claim(*resources, told=self._told)
        except self._refusals:
            nobody = ClaimCoverage(complete=False, promised=(), missing=())
            return Answer("", granted=False, coverage=nobody, reason="unanswered")
        coverage = ClaimCoverage(done.coverage.complete, tuple(done.coverage.promised), tuple(done.coverage.missing))
        return Answer(done.claim_id, done.granted, coverage, done.reason)

    def _told(self, progress: ClaimProgress) -> None:
        promised = len(progress.promised)
        self.changes.announce(claiming(promised, promised + len(progress.waiting)))

    async def cancel_claims(self) -> None:
        self.node.cancel_claims()

    async def release_claim(self, claim_id: str) -> None:
        self.node.release_claim(claim_id)

    async def examine(self, text: str) -> Examined:
        return self._examine(text)

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Weight:
        scale = self.devices.first(Scale)
        if scale is None:
            return Weight(reason="no_scale")
        outcome = await scale.weigh(Order(unit_price_minor, tare_g), lambda: self.changes.announce(WEIGHING))
        if isinstance(outcome, Reading):
            return Weight(outcome.net_g, outcome.tare_g)
        return Weight(reason=outcome.reason)

    async def cancel_weighing(self) -> None:
        scale = self.devices.first(Scale)
        if scale is not None:
            scale.give_up()

    async def open_gate(self, name: str) -> str:
        gate = self.devices.named(name)
        return await gate.open() if isinstance(gate, Gate) else "no_gate"

    async def charge(self, order: CardOrder) -> CardAnswer:
        return await self.charging.charge(order)

    async def cancel_charge(self) -> None:
        self.charging.give_up()

    async def settle_charge(self, charge_id: str, *, charged: bool, by: str) -> CardAnswer:
        return await self.charging.say(charge_id, charged=charged, by=by)

    async def close_terminal(self) -> TerminalDay:
        return await self.charging.end_of_day()

    async def settled(self) -> None:
        try:
            await self.node.settled()
        except self._refusals as error:
            code, said = getattr(error, "code", "books_failed"), str(error)
            if code == "books_failed":
                kept = _("{reason}; what was entered is kept, and counts as soon as they can be written")
                said = kept.format(reason=network_words.reason(said).rstrip("."))
            raise JournalRefused(code, _disk_full() if code == "disk_full" else said) from error

    async def status(self) -> dict[str, Any]:
        devices = self.devices.views()
        charges = self.charging.view()
        return {
            **self.node.status(),
            **({"devices": devices} if devices else {}),
            **({"charges": charges} if charges else {}),
        }

    async def readiness(self) -> Readiness:
        progress = self.node.provisioning
        if progress is not None:
            return Readiness((progress.done, progress.of))
        return Readiness(None, await self._beginnings.now())

    @property
    def confirmed(self) -> str:
        """As ``Beginnings.confirmed``."""
        return self._beginnings.confirmed

    async def raise_number_floor(self) -> int:
        """Give out no number that this disk could have lost: begin anew above all that are known; the new floor.

        ``JournalRefused`` when that could not be kept.
        """
        await self.settled()
        try:
            floor = await self._beginnings.raise_floor()
        except self._refusals as error:
            raise _refused(error) from error
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
    code = getattr(error, "code", "disk_full")
    return JournalRefused(code, _disk_full() if code == "disk_full" else getattr(error, "reason", str(error)))


def _disk_full() -> str:
    """For people: what the store says names its file, in English."""
    return _("the disk is full; make room and try again")
