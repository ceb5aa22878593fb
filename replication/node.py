"""A member at work: the one asyncio loop between the hub and the world.

Theory of operation. Whatever happens (a frame, a tick, a batch on disk, an answer from the
books) becomes an event; the hub turns it into effects, which are carried out in order
(``pump.py``). Everything that can wait for a disk is off the loop (``background.py``):

==================  =========================================================
thread              does
==================  =========================================================
``tillmesh-store``  writes batches, answers ``Stored`` / ``StoreFailed``
``tillmesh-apply``  folds durable records into the books, answers ``Applied``
``tillmesh-read``   reads documents (``Load``), makes TLS contexts
==================  =========================================================

Who carries out what: ``bookkeeping.py`` hands durable records to the books, ``reading.py`` reads
back, ``standing.py`` keeps identity and TLS in line with the feeds, ``net/websocket.py`` has the
links; ``requests.py`` is what can be asked of a member. If the disk or the books fall behind,
links are read more slowly; TCP tells the peers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from replication import certificates
from replication.background import Background
from replication.bookkeeping import Bookkeeping
from replication.core import effects, events
from replication.core.acquaintance import HEARD
from replication.core.hub import CONFIRMED, Hub
from replication.core.membership import Roster
from replication.core.model import Feed, Now, Record
from replication.core.provisioning import Progress
from replication.enrolment_desk import EnrolmentDesk
from replication.identity import Identity
from replication.net import tls
from replication.net.discovery import Announcement, Browser, listening_at
from replication.net.websocket import Links, PortInUse, endpoints
from replication.pump import Pump
from replication.reading import Reading
from replication.requests import Requests
from replication.standing import Standing
from replication.store import Store
from replication.sync_log import SyncLog
from replication.tickets import AppendRefused, Tickets

__all__ = ["AppendRefused", "Node", "PortInUse"]

TICK_S = 0.05
WHERE_S = 5.0
STOP_TIMEOUT_S = 5.0
RECOVERY_TIMEOUT_S = 6.0
"""How long is waited for this till's own records; beyond that writing is refused until they are there."""
MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024
MAX_UNAPPLIED = 12_000
"""Records that may wait for the books before links are read no further: some 40 MB."""
_trouble = logging.getLogger(__name__)


class Node(Requests):
    """A member of the network, running between ``start`` and ``stop``.

    ``apply`` folds records into the books, in one dedicated thread and in order; ``applied`` is how far
    the books are already. ``books_away``: why they cannot be written yet; then ``apply`` is called with nothing until
    it has brought them up to date by itself.
    ``on_change`` is called on the loop with ``books``, ``status`` or ``membership``.
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
        pass_on: bool = True,
        applied: Mapping[Feed, int] | None = None,
        books_away: str = "",
        secrets: Callable[[], bytes] = bytes,
        machine: str = "",
    ) -> None:
        self._background = Background()
        self._log = SyncLog(store.submit_log, lambda: clock().wall_ms)
        tickets = Tickets()
        self._pump = Pump(clock, tickets, self._log)
        handle = self._pump.handle
        super().__init__(identity, tickets, Standing(identity, self._background, handle), handle)
        self._reading = Reading(store, self._background, handle, self._on_damage)
        self._books = Bookkeeping(
            me=identity.member_id,
            apply=apply,
            background=self._background,
            catching_up=lambda: self._hub.catching_up,
            handle=handle,
            changed=lambda: on_change("books"),
            log=self._log,
        )
        self.port = 0
        self._provisioned = False
        self._last_progress = Progress(0, 0)
        self._machine = machine
        self._store = store
        self._clock = clock
        self._rng = rng
        self._on_change = on_change
        self._secrets = secrets
        self._listen = listen
        self._peers = endpoints((*peers, *(identity.peers if listen is not None else ())))
        self._discovery = discovery
        self._pass_on = pass_on
        self._written: deque[events.Stored | events.StoreFailed] = deque()
        """What the store's thread has answered, in order."""
        self._applied_at_start = dict(applied or {})
        self._books_away = books_away
        self._gate_changed = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._stopping = False
        self._running = AsyncExitStack()

    # -- life ----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring the books up to date, then go on line. ``PortInUse`` if the address is taken, ``StoreDamaged``."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        off_loop = self._background.off_loop
        self._running.callback(self._background.close)
        self._running.push_async_callback(self._end)
        self._books.begin()
        self._running.push_async_callback(self._books.end)
        heads = await off_loop(self._store.heads)
        if self._books_away:
            self._books.begin_late(self._books_away)
        else:
            await self._books.replay(self._store.records_after(self._applied_at_start))
        identity = self._identity
        self._hub = Hub(
            me=identity.member(),
            network_id=identity.network_id,
            authority=identity.founder_id,
            private_key=identity.private_key_bytes,
            rng=self._rng,
            heads=heads,
            membership=await off_loop(self._store.membership_records),
            applied={feed: head.seq for feed, head in heads.items()},
            known=(identity.founder(),),
            confirmed=await off_loop(self._store.kept, CONFIRMED),
            heard=await off_loop(self._store.kept, HEARD),
            newcomer_since_ms=await off_loop(identity.newcomer_since_ms),
            kept=await off_loop(self._store.kept_all),
            machine=self._machine,
            alone=self._listen is None and not self._peers,
            pass_on=self._pass_on,
        )
        self._provisioned = self._hub.provisioning is None
        desk = EnrolmentDesk(
            identity,
            lambda: self._hub.roster,
            self.append,
            lambda: self._clock().wall_ms,
            self._secrets,
            partial(self._log.add, "not_let_in"),
        )
        self._links = Links(
            identity,
            self._handle,
            full=self._is_full,
            room=self._room,
            enrolment=desk.serve,
            may_enrol=desk.is_open,
            server_context=await self._standing.begin(self._hub.roster),
            client_context=await off_loop(tls.client_context, identity),
            held_off=partial(self._log.add, "held_off"),
        )
        self._running.push_async_callback(self._links.stop)
        self._pump.begin(self._hub, self._carriers())
        self._handle(events.Started())
        ticking = self._background.spawn(self._tick())
        self._running.callback(ticking.cancel)
        if (
            identity.is_founder
            and identity.root_key is not None
            and Feed(identity.member_id, "membership") not in heads
        ):
            await self.append(identity.founding_entries())
        if self._listen is not None:
            self.port = await self._links.listen(*self._listen)
            telling = self._background.spawn(self._tell_where(self._listen[0]))
            self._running.callback(telling.cancel)
        for peer in self._peers:
            self._handle(events.Sighted(peer, static=True))
        if self._discovery and self._listen is not None:
            await self._running.enter_async_context(self._browser(self._listen[0]))

    async def _tell_where(self, host: str) -> None:
        """The hub always knows where this member listens, though cables and leases come and go."""
        told: tuple[str, ...] = ()
        while True:
            if (where := listening_at(host, self.port)) != told:
                told = where
                self._handle(events.Listening(where))
            await asyncio.sleep(WHERE_S)

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
        self._handle(events.Stopping())
        self._tickets.shut(AppendRefused("stopping", "the till is closing"))
        await self._tickets.answered(STOP_TIMEOUT_S)
        self._books.hand_over()
        await self._running.aclose()
        self._books.leave()
        self._log.close()

    async def _end(self) -> None:
        self._pump.end()
        await self._background.end()

    # -- how it stands -------------------------------------------------------------------------

    @property
    def roster(self) -> Roster:
        """Who belongs to the network, as far as this member knows."""
        return self._hub.roster

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
        self._tell_written()
        await self._books.settled()

    @property
    def provisioning(self) -> Progress | None:
        """How much of a newcomer's first data is in the books; None once it may work."""
        if self._provisioned:
            return None
        coming = self._hub.provisioning
        self._last_progress = coming.progress if coming is not None else self._last_progress
        return self._last_progress

    def status(self) -> dict[str, Any]:
        """The hub's status: online, peers, pending, members, positions; and how full the quarantine is. JSON-able.

        ``books``: why they cannot be written (empty if they can), and how many durable records wait for them.
        """
        books = {"trouble": self._books.trouble, "waiting": self._books.waiting_records}
        return {**self._hub.status(self._clock()), "quarantine": self._store.quarantined()._asdict(), "books": books}

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
        await self._standing.marked()

    def note(self, what: str, peer: str, detail: str, kinds: Mapping[str, int], size: int) -> None:
        """A line of the sync log: ``kinds`` counts records, ``size`` bytes."""
        self._log.add(what, peer, detail, kinds, size)

    # -- what happens --------------------------------------------------------------------------

    def _carriers(self) -> dict[type[effects.Effect], Callable[[Any], None]]:
        return {
            effects.Store: lambda effect: self._store.submit(effect, partial(self._on_written, effect)),
            effects.Apply: self._books.take,
            effects.Load: self._reading.load,
            effects.Find: self._reading.find,
            effects.Continue: lambda _effect: self._background.soon(self._handle, events.Continue()),
            effects.Send: lambda effect: self._links.send(effect.link_id, effect.data),
            effects.Close: lambda effect: self._links.close(effect.link_id, effect.reason),
            effects.Dial: lambda effect: self._links.dial(effect.target),
            effects.Appended: lambda effect: self._tickets.resolve(effect.ticket, effect.records),
            effects.AppendFailed: lambda effect: self._tickets.reject(
                effect.ticket, AppendRefused(effect.code, effect.reason)
            ),
            effects.ClaimProgress: self.claim_progress,
            effects.ClaimDone: lambda effect: self._tickets.resolve(effect.ticket, effect),
            effects.Report: lambda effect: self._log.add(
                effect.what, effect.peer, effect.detail, effect.kinds, effect.size
            ),
            effects.KeepRootKey: self._standing.keep_root_key,
            effects.MembershipChanged: lambda _effect: self._on_membership(),
            effects.Provisioned: lambda _effect: self._standing.mark_provisioned(self._on_provisioned),
            effects.StatusChanged: lambda _effect: self._on_change("status"),
            effects.GateChanged: self._on_gate,
        }

    def _on_written(self, batch: effects.Store, answer: events.Stored | events.StoreFailed) -> None:
        """In the store's thread."""
        self._written.append(answer)
        waking = True
        if isinstance(answer, events.Stored) and self._books.goes_ahead(batch.records):
            waking = self._books.put_ahead(batch.batch_id, batch.records, self._tell_written)
        if waking:
            self._background.from_thread(self._tell_written)

    def _tell_written(self) -> None:
        while self._written:
            self._handle(self._written.popleft())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._tell_written()  # if the books are stuck
            if self._store.queued_bytes < MAX_UNWRITTEN_BYTES // 2 and self._books.waiting_records < MAX_UNAPPLIED // 2:
                self._has_room.set()
            self._handle(events.Tick())
            self._log.look()

    def _is_full(self) -> bool:
        return self._store.queued_bytes > MAX_UNWRITTEN_BYTES or self._books.waiting_records > MAX_UNAPPLIED

    async def _room(self) -> None:
        """Return when disk and books have caught up enough to take more in."""
        if self._is_full() and not self._stopping:  # a till that closes would wait for ever for a disk that has no room
            self._has_room.clear()
            await self._has_room.wait()

    def _on_membership(self) -> None:
        self._on_change("membership")
        self._standing.renew(self._hub.roster, self._links.trust)

    def _on_gate(self, effect: effects.GateChanged) -> None:
        self._gate_changed.set()
        self._on_change("recovered" if effect.recovered else "status")

    def _on_provisioned(self) -> None:
        self._provisioned = True
        self._log.add("provisioned", "", "the first data are here")
        self._on_change("membership")
        self._on_change("status")

    def _on_damage(self, damage: str) -> None:
        """What cannot be read back cannot be written on: nothing is journalled from here on, and all are told why."""
        _trouble.error("%s", damage)
        self._log.add("damaged", self._identity.member_id, damage)
        self._tickets.shut(AppendRefused("store_damaged", damage))
        self._tickets.reject_all()
