"""A member at work: the one asyncio loop between the hub and the world.

Theory of operation. Whatever happens (a frame, a tick, a batch on disk, an answer from the
books) becomes an event; the hub turns it into effects; the node carries them out in order.
Events that arise while effects are carried out wait their turn, so the hub never sees one
inside another. Everything that can wait for a disk is off the loop:

==================  =========================================================
thread              does
==================  =========================================================
``tillmesh-store``  writes batches, answers ``Stored`` / ``StoreFailed``
``tillmesh-apply``  folds durable records into the books, answers ``Applied``
``tillmesh-read``   reads documents (``Load``), makes TLS contexts
==================  =========================================================

At the start the books first get what is durable but not yet in them, then the hub begins.
If the disk or the books fall behind, links are read more slowly; TCP tells the peers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, TypeVar

from replication import certificates
from replication.applier import Applier
from replication.core import effects, events
from replication.core.acquaintance import HEARD
from replication.core.hub import CONFIRMED, Hub
from replication.core.membership import Roster
from replication.core.model import Entry, Feed, Now, Record
from replication.core.provisioning import Progress
from replication.enrolment_desk import EnrolmentDesk, bootstrap_certificates
from replication.identity import Identity
from replication.net import tls
from replication.net.discovery import Announcement, Browser
from replication.net.websocket import Links, PortInUse, endpoints
from replication.root_key import Settlement, keep_offered
from replication.store import Store, StoreDamaged
from replication.sync_log import SyncLog
from replication.tickets import AppendRefused, Tickets

__all__ = ["AppendRefused", "Node", "PortInUse"]

TICK_S = 0.05
STOP_TIMEOUT_S = 5.0
RECOVERY_TIMEOUT_S = 6.0
"""How long is waited for this till's own records; beyond that writing is refused until they are there."""
ANSWER_FIRST_S = 0.001
"""How long the books wait while whoever journalled is being answered."""
MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024
MAX_UNAPPLIED = 12_000
"""Records that may wait for the books before links are read no further: some 40 MB."""
MAX_POSTPONED = 4_000
"""Of them, those that wait until a catch-up is on disk."""
_Answer = TypeVar("_Answer")
_trouble = logging.getLogger(__name__)


class Node:
    """A member of the network, running between ``start`` and ``stop``.

    ``apply`` folds records into the books, in one dedicated thread and in order; ``applied`` is how far
    the books are already. ``on_change`` is called on the loop with ``books``, ``status`` or ``membership``.
    ``secrets`` reads what the application hands to members that are let in.
    ``machine`` names this machine, so that a disk that was copied to another one is found out.
    ``listen`` None: nobody can connect. ``peers`` are always dialled, beside whom discovery finds.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        store: Store,
        clock: Callable[[], Now],
        rng: random.Random,
        apply: Callable[[Sequence[Record]], None],
        on_change: Callable[[str], None],
        listen: tuple[str, int] | None,
        peers: Sequence[str] = (),
        discovery: bool = True,
        applied: Mapping[Feed, int] | None = None,
        secrets: Callable[[], bytes] = bytes,
        machine: str = "",
    ) -> None:
        self.port = 0
        self._provisioned = False
        self._last_progress = Progress(0, 0)
        self._machine = machine
        self._gate_changed = asyncio.Event()
        self._identity = identity
        self._me = identity.member_id  # read once: it is checked against the root each time
        self._store = store
        self._clock = clock
        self._rng = rng
        self._apply = apply
        self._on_change = on_change
        self._secrets = secrets
        self._listen = listen
        self._peers = endpoints((*peers, *(identity.peers if listen is not None else ())))
        self._discovery = discovery
        self._applied_at_start = dict(applied or {})
        self._events: deque[events.Event] = deque()
        self._handling = False
        self._tickets = Tickets()
        self._log = SyncLog(store.submit_log, lambda: clock().wall_ms)
        self._unfolded: deque[effects.Apply] = deque()
        self._postponed: deque[effects.Apply] = deque()
        self._postponed_records = 0
        self._unapplied_records = 0
        self._asked_to_apply = 0
        self._applied = 0
        self._settlers: list[tuple[int, asyncio.Future[None]]] = []
        self._books_trouble: AppendRefused | None = None
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._trust: asyncio.Task[None] | None = None
        self._remembering: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopping = self._ended = False
        self._running = AsyncExitStack()
        self._carriers: dict[type[effects.Effect], Callable[[Any], None]] = {
            effects.Store: self._write,
            effects.Apply: self._fold,
            effects.Load: self._load,
            effects.Continue: lambda _effect: self._soon(events.Continue()),
            effects.Find: self._find,
            effects.Send: lambda effect: self._links.send(effect.link_id, effect.data),
            effects.Close: lambda effect: self._links.close(effect.link_id, effect.reason),
            effects.Dial: lambda effect: self._links.dial(effect.target),
            effects.Appended: lambda effect: self._tickets.resolve(effect.ticket, effect.records),
            effects.AppendFailed: lambda effect: self._tickets.reject(
                effect.ticket, AppendRefused(effect.code, effect.reason)
            ),
            effects.ClaimDone: lambda effect: self._tickets.resolve(effect.ticket, effect),
            effects.Report: lambda effect: self._log.add(
                effect.what, effect.peer, effect.detail, effect.kinds, effect.size
            ),
            effects.KeepRootKey: self._keep_root_key,
            effects.MembershipChanged: lambda _effect: self._renew_trust(),
            effects.Provisioned: lambda _effect: self._on_provisioned(),
            effects.StatusChanged: lambda _effect: self._on_change("status"),
            effects.GateChanged: self._on_gate,
        }

    # -- life ----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring the books up to date, then go on line. ``PortInUse`` if the address is taken, ``StoreDamaged``."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = ThreadPoolExecutor(1, "tillmesh-read")
        self._running.callback(self._reader.shutdown)
        self._running.push_async_callback(self._end)
        self._applier = Applier(self._apply, partial(self._from_thread, self._on_apply_trouble))
        self._running.push_async_callback(self._off_loop, self._applier.stop)
        heads = await self._off_loop(self._store.heads)
        await self._replay()
        identity = self._identity
        self._hub = Hub(
            me=identity.member(),
            network_id=identity.network_id,
            authority=identity.founder_id,
            private_key=identity.private_key_bytes,
            rng=self._rng,
            heads=heads,
            membership=await self._off_loop(self._store.membership_records),
            applied={feed: head.seq for feed, head in heads.items()},
            known=(identity.founder(),),
            confirmed=await self._off_loop(self._store.kept, CONFIRMED),
            heard=await self._off_loop(self._store.kept, HEARD),
            newcomer_since_ms=await self._off_loop(identity.newcomer_since_ms),
            kept=await self._off_loop(self._store.kept_all),
            machine=self._machine,
            alone=self._listen is None and not self._peers,
        )
        self._provisioned = self._hub.provisioning is None
        await self._off_loop(Settlement(identity, self._hub.roster).settle)
        desk = EnrolmentDesk(
            identity, lambda: self._hub.roster, self.append, lambda: self._clock().wall_ms, self._secrets
        )
        self._links = Links(
            identity,
            self._handle,
            room=self._room,
            enrolment=desk.serve,
            may_enrol=desk.is_open,
            server_context=await self._off_loop(self._server_context),
            client_context=await self._off_loop(tls.client_context, identity),
        )
        self._running.push_async_callback(self._links.stop)
        self._handle(events.Started())
        ticking = self._spawn(self._tick())
        self._running.callback(ticking.cancel)
        if (
            identity.is_founder
            and identity.root_key is not None
            and Feed(identity.member_id, "membership") not in heads
        ):
            await self.append(identity.founding_entries())
        if self._listen is not None:
            self.port = await self._links.listen(*self._listen)
        for peer in self._peers:
            self._handle(events.Sighted(peer, static=True))
        if self._discovery and self._listen is not None:
            await self._running.enter_async_context(self._browser(self._listen[0]))

    def _browser(self, host: str) -> Browser:
        me, identity = self._identity.member(), self._identity
        fingerprint = certificates.fingerprint(identity.root).hex()
        return Browser(
            network_id=identity.network_id,
            announcement=Announcement(identity.network_id, fingerprint, me.member_id, me.till_no, host, self.port),
            sighted=lambda address, member_id: self._handle(events.Sighted(address, member_id)),
            lost=lambda address: self._handle(events.Lost(address)),
        )

    async def stop(self) -> None:
        """Let what was asked for be written, take leave of the peers, and end. May be called twice."""
        self._stopping = True
        self._has_room.set()
        self._gate_changed.set()
        self._tickets.shut(AppendRefused("stopping", "the till is closing"))
        await self._tickets.answered(STOP_TIMEOUT_S)
        self._fold_now()
        self._fold_postponed()
        await self._running.aclose()
        for _, settler in self._settlers:
            settler.cancel()
        self._log.close()

    async def _end(self) -> None:
        """Nothing begins anew from here on: a batch that is written only now is found at the next start."""
        self._ended = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- what a till asks of it ----------------------------------------------------------------

    @property
    def roster(self) -> Roster:
        """Who belongs to the network, as far as this member knows."""
        return self._hub.roster

    async def append(
        self, entries: Sequence[Entry], *, keep: Mapping[str, str | None] | None = None, claim_id: str | None = None
    ) -> tuple[Record, ...]:
        """Journal the entries and kept values in one step; the records, once they are on disk.

        ``AppendRefused`` when nothing was written.
        """
        ticket, answer = self._tickets.issue()
        self._handle(events.Append(ticket, tuple(entries), dict(keep or {}), claim_id))
        records: tuple[Record, ...] = await answer
        if any(entry.topic == "membership" for entry in entries) and self._trust is not None:
            # A code that has been shown must open the door: wait until TLS knows it.
            await asyncio.shield(self._trust)
        return records

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """Set kept values (None removes one) durably; ``AppendRefused`` when nothing was written."""
        await self.append((), keep=values)

    async def claim(self, resource: str) -> effects.ClaimDone:
        """Ask every reachable member before ``resource`` is used up; ends within about a second."""
        ticket, answer = self._tickets.issue()
        self._handle(events.ClaimWanted(ticket, resource))
        done: effects.ClaimDone = await answer
        return done

    async def sign_off(self) -> None:
        """Say durably that this till is put away; its next claim says that it is back."""
        ticket, answer = self._tickets.issue()
        self._handle(events.SignOff(ticket))
        await answer

    async def hand_over(self, member_id: str) -> None:
        """Hand authority on to a member that is connected. ``AppendRefused`` if it stays here."""
        root_key = self._identity.root_key
        if root_key is None:
            raise AppendRefused("not_authority", "the root's key is not in this home; hand over at the authority")
        ticket, answer = self._tickets.issue()
        self._handle(events.HandOver(ticket, member_id, certificates.raw_private(root_key)))
        await answer
        if self._trust is not None:
            await asyncio.shield(self._trust)

    def release_claim(self, claim_id: str) -> None:
        """The claim is done with."""
        self._handle(events.ClaimReleased(claim_id))

    # -- what a carrier's reader asks of it ----------------------------------------------------

    async def carry(self, feed: Feed, segment: int, chunks: tuple[bytes, ...], carrier: str) -> tuple[Record, ...]:
        """Take a segment's changes in that ``carrier`` had on disk; the records that were new, once they are on disk.

        ``AppendRefused`` with a code of ``core/carrying.py`` when nothing was taken.
        """
        await self._room()
        ticket, answer = self._tickets.issue()
        self._handle(events.Carried(ticket, feed, segment, chunks, carrier))
        records: tuple[Record, ...] = await answer
        return records

    def takes(self, feed: Feed) -> bool:
        """Whether records of the feed belong here."""
        return self._hub.sync.is_taken(feed)

    async def heard(self, member: str, positions: Mapping[Feed, int]) -> None:
        """What a carrier's writer had: a newcomer that has all of it in its books may work when this returns.

        ``AppendRefused`` when the books cannot be written.
        """
        if self._provisioned:
            return
        await self.settled()
        self._handle(events.Heard(member, dict(positions)))
        if self._remembering is not None:
            await asyncio.shield(self._remembering)

    async def keep_evidence(self, source: str, reason: str, evidence: str) -> None:
        """Put what was refused into quarantine; ``AppendRefused`` if the disk does not take it."""
        ticket, answer = self._tickets.issue()
        self._handle(events.Refused(ticket, source, reason, evidence))
        await answer

    def note(self, what: str, peer: str, detail: str, kinds: Mapping[str, int], size: int) -> None:
        """A line of the sync log: ``kinds`` counts records, ``size`` bytes."""
        self._log.add(what, peer, detail, kinds, size)

    async def confirm(self) -> None:
        """A supervisor says that this till may write again; ``AppendRefused`` (``forked``) if it never may."""
        ticket, answer = self._tickets.issue()
        self._handle(events.Confirmed(ticket))
        await answer

    async def settled(self) -> None:
        """Everything that is durable now has been applied, and what this till wrote before its start is here.

        Asked before the first number is given: see ``core/recovery.py`` for how long that is waited for.
        ``AppendRefused`` when the books cannot be written (a full disk).
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECOVERY_TIMEOUT_S):
                while self._hub.gate.waits and not self._stopping:
                    self._gate_changed.clear()
                    await self._gate_changed.wait()
        self._fold_now()
        self._fold_postponed()
        if self._applied < self._asked_to_apply:
            if self._books_trouble is not None:
                raise self._books_trouble
            settler: asyncio.Future[None] = self._loop.create_future()
            self._settlers.append((self._asked_to_apply, settler))
            await settler

    @property
    def provisioning(self) -> Progress | None:
        """How much of a newcomer's first data is in the books; None once it may work."""
        if self._provisioned:
            return None
        coming = self._hub.provisioning
        self._last_progress = coming.progress if coming is not None else self._last_progress
        return self._last_progress

    def status(self) -> dict[str, Any]:
        """The hub's status: online, peers, pending, members, positions; and how full the quarantine is. JSON-able."""
        return {**self._hub.status(self._clock()), "quarantine": self._store.quarantined()._asdict()}

    # -- events and effects --------------------------------------------------------------------

    def _handle(self, event: events.Event) -> None:
        if self._ended:
            return
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                event = self._events.popleft()
                for effect in self._ask_hub(event):
                    self._carriers[type(effect)](effect)
        finally:
            self._handling = False

    def _soon(self, event: events.Event) -> None:
        self._loop.call_soon(self._handle, event)

    def _ask_hub(self, event: events.Event) -> list[effects.Effect]:
        try:
            return self._hub.handle(self._clock(), event)
        except Exception as error:  # noqa: BLE001 - see below
            # A defect of ours: whoever caused it is cut off, the till goes on.
            _trouble.exception("the hub failed on %s", type(event).__name__)
            failure = AppendRefused("internal", f"internal error: {error!r}")
            match event:
                case events.Received(link_id=link_id):
                    self._log.add("dropped", "", f"internal error: {error!r}")
                    return [effects.Close(link_id, "internal error")]
                case (
                    events.Append(ticket=ticket)
                    | events.Carried(ticket=ticket)
                    | events.Refused(ticket=ticket)
                    | events.ClaimWanted(ticket=ticket)
                    | events.Confirmed(ticket=ticket)
                ):
                    self._tickets.reject(ticket, failure)
            return []

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if self._store.queued_bytes < MAX_UNWRITTEN_BYTES // 2 and self._unapplied_records < MAX_UNAPPLIED // 2:
                self._has_room.set()
            self._handle(events.Tick())
            self._log.look()

    def _write(self, batch: effects.Store) -> None:
        self._store.submit(batch, partial(self._from_thread, self._handle))

    def _fold(self, effect: effects.Apply) -> None:
        """Hand a batch to the books, in order; our own a moment later, or at once if somebody waits for it.

        The books' thread would take the interpreter from the one who is being answered right now.
        """
        self._asked_to_apply += 1
        self._unapplied_records += len(effect.records)
        if effect.records[0].feed.member == self._me:
            self._unfolded.append(effect)
            if len(self._unfolded) == 1:
                self._loop.call_later(ANSWER_FIRST_S, self._fold_now)
        elif self._hub.catching_up and all(record.feed.topic == "sales" for record in effect.records):
            # Nobody waits for another till's receipts: first to disk with all there is, then into the books.
            self._postponed.append(effect)
            self._postponed_records += len(effect.records)
            if self._postponed_records >= MAX_POSTPONED:
                self._fold_postponed()
        else:
            self._fold_postponed()
            self._put(effect)

    def _fold_now(self) -> None:
        while self._unfolded:
            self._put(self._unfolded.popleft())

    def _on_gate(self, effect: effects.GateChanged) -> None:
        self._gate_changed.set()
        self._on_change("recovered" if effect.recovered else "status")

    def _fold_postponed(self) -> None:
        self._postponed_records = 0
        while self._postponed:
            self._put(self._postponed.popleft())

    def _put(self, effect: effects.Apply) -> None:
        done = partial(self._from_thread, self._on_applied, effect.batch_id, len(effect.records))
        self._applier.put(effect.records, done)

    def _on_applied(self, batch_id: int, records: int) -> None:
        self._applied += 1
        self._unapplied_records -= records
        self._handle(events.Applied(batch_id))
        while self._settlers and self._settlers[0][0] <= self._applied:
            settler = self._settlers.pop(0)[1]
            if not settler.done():
                settler.set_result(None)
        self._on_change("books")

    def _on_apply_trouble(self, trouble: str) -> None:
        self._log.add("books", "", trouble or "the books can be written again")
        self._books_trouble = None
        if trouble:
            _trouble.error("%s", trouble)
            full = "full" in trouble or "disk I/O" in trouble
            # Whoever waits for the books would wait until somebody makes room.
            self._books_trouble = AppendRefused("disk_full" if full else "books_failed", trouble)
            for _, settler in self._settlers:
                if not settler.done():
                    settler.set_exception(self._books_trouble)
            self._settlers.clear()

    def _load(self, effect: effects.Load) -> None:
        async def load() -> None:
            try:
                chunks = await self._off_loop(self._store.chunks, effect.document_id)
            except StoreDamaged as error:
                self._on_damage(str(error))
            else:
                self._handle(events.Loaded(effect.document_id, chunks))

        self._spawn(load())

    def _find(self, effect: effects.Find) -> None:
        async def find() -> None:
            try:
                run = await self._off_loop(self._store.records, effect.feed, effect.seq - 1, 1)
            except StoreDamaged as error:
                self._on_damage(str(error))
            else:
                self._handle(events.Found(effect.ticket, run[0].text if run else ""))

        self._spawn(find())

    def _on_damage(self, damage: str) -> None:
        """What cannot be read back cannot be written on: nothing is journalled from here on, and all are told why."""
        _trouble.error("%s", damage)
        self._log.add("damaged", self._identity.member_id, damage)
        self._tickets.shut(AppendRefused("store_damaged", damage))
        self._tickets.reject_all()

    def _renew_trust(self) -> None:
        self._on_change("membership")

        settlement = Settlement(self._identity, self._hub.roster)

        async def renew() -> None:
            try:
                await self._off_loop(settlement.settle)
            except OSError as error:  # tried again at the next change, and at the next start
                _trouble.error("the root's key could not be settled: %s", error)
            # One reading thread: the contexts are made, and taken up, in the order of the changes.
            self._links.trust(await self._off_loop(self._server_context))

        self._trust = self._spawn(renew())

    def _keep_root_key(self, effect: effects.KeepRootKey) -> None:
        async def keep() -> None:
            reason = ""
            try:
                await self._off_loop(keep_offered, self._identity, effect.giver, effect.key)
            except (OSError, ValueError) as error:
                reason = str(error)
            self._handle(events.RootKeyKept(effect.link_id, reason))

        self._spawn(keep())

    def _server_context(self) -> ssl.SSLContext:
        bootstrap = bootstrap_certificates(self._hub.roster) if self._identity.may_enrol(self._hub.roster) else ()
        return tls.server_context(self._identity, bootstrap)

    # -- waiting -------------------------------------------------------------------------------

    async def _room(self) -> None:
        """Return when disk and books have caught up enough to take more in."""
        if self._store.queued_bytes > MAX_UNWRITTEN_BYTES or self._unapplied_records > MAX_UNAPPLIED:
            self._has_room.clear()
            await self._has_room.wait()

    def _on_provisioned(self) -> None:
        self._remembering = self._spawn(self._remember_provisioned())

    async def _remember_provisioned(self) -> None:
        """The till may sell only once that cannot be forgotten: after a crash there may be nobody to ask."""
        try:
            await self._off_loop(self._identity.is_provisioned)
        except OSError as error:
            _trouble.error("the home cannot be marked as provisioned, so it is provisioned again next time: %s", error)
        self._provisioned = True
        self._log.add("provisioned", "", "the first data are here")
        self._on_change("membership")
        self._on_change("status")

    async def _replay(self) -> None:
        """Fold what is durable but not yet in the books: after a crash between the two, or for a rebuild."""
        missing = self._store.records_after(self._applied_at_start)
        while run := await self._off_loop(next, missing, None):
            folded = self._loop.create_future()
            self._applier.put(run, partial(self._from_thread, folded.set_result, None))
            await folded

    # -- threads and tasks ---------------------------------------------------------------------

    def _from_thread(self, call: Callable[..., None], *values: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *values)
        except RuntimeError:  # the loop has ended; what was written is found at the next start
            _trouble.debug("an answer came after the end")

    def _off_loop(self, call: Callable[..., _Answer], *values: Any) -> Awaitable[_Answer]:
        return self._loop.run_in_executor(self._reader, call, *values)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
