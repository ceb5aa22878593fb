"""The hub: one event in, effects out. Everything a member does in its network, and nothing else.

``handle(now, event)`` is the only door. Shells turn sockets, disk and clocks into events and
carry the effects out in order; tests and the simulator do the same with toys. The parts:
``Gate`` (may it be written now), ``Journal`` (batches to disk), ``Receiving`` (what comes in),
``Sync`` (who gets what), ``Carrying`` (what comes in a folder), ``Asking`` (claims), ``Dialer``
(whom to call), ``Whereabouts`` (where they are), ``Switchboard`` (connections), ``Clones`` (who
is here twice), ``Roster`` (who belongs), ``Presence`` (who has signed off), ``Handover`` (of
authority), ``Provisioning`` (a newcomer's first data), ``Status`` (what people are told).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication.core import clock, effects, events, wire
from replication.core.acquaintance import HEARD, Acquaintances
from replication.core.asking import DOUBTS, RUNNING, Asking
from replication.core.carrying import Carrying
from replication.core.clock import HybridClock
from replication.core.clocks import Clocks
from replication.core.clones import Clones
from replication.core.dialer import Dialer
from replication.core.documents import Documents
from replication.core.feeds import Feeds, may_write, segment_of
from replication.core.gate import Gate
from replication.core.handover import Handover
from replication.core.journal import CARRIED, Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import TOPICS, Feed, FeedHead, Member, Now, Randomness, Record
from replication.core.presence import PRESENCE, Presence
from replication.core.provisioning import Provisioning
from replication.core.receiving import Receiving
from replication.core.recovery import CLONED, Recovery
from replication.core.slices import Slices
from replication.core.status import Status
from replication.core.switchboard import Switchboard
from replication.core.sync import Sync
from replication.core.whereabouts import Whereabouts
from replication.core.wire import RemoteError
from replication.crdt import ACTOR_BYTES, CrdtError

KEEP_ALIVE_MS = 2_000
SUMMARY_MS = 1_000
REPORTS = (events.Stored, events.Applied)
CONFIRMED = "confirmed"
"""The kept value that says how far others have my feeds."""


class Hub:
    """A member of a network.

    ``authority`` is the first one, the founder; the feeds say who followed. ``heads`` are the feeds as
    found on disk and ``applied`` how far the books hold them; ``membership`` are the stored records of
    the membership feeds; ``known`` are members known otherwise (a newcomer knows the founder from its
    enrolment). ``confirmed`` is the kept value of that name: how far others had my feeds when I last
    ran; ``heard`` likewise, by member. ``kept`` are all kept values, ``machine`` the name of this machine,
    and ``alone`` says that no network is used (``recovery.py``). ``pass_on``: whether addresses are passed on
    (``whereabouts.py``). ``rng`` is the only source of ids, actor ids and jitter.
    """

    def __init__(
        self,
        *,
        me: Member,
        network_id: str,
        authority: str,
        private_key: bytes,
        rng: Randomness,
        heads: Mapping[Feed, FeedHead],
        membership: Sequence[Record] = (),
        applied: Mapping[Feed, int] | None = None,
        known: Sequence[Member] = (),
        confirmed: str | None = None,
        heard: str | None = None,
        newcomer_since_ms: int | None = None,
        kept: Mapping[str, str] | None = None,
        machine: str = "",
        alone: bool = False,
        pass_on: bool = True,
    ) -> None:
        self.me = me
        self._out: list[effects.Effect] = []
        self._links: dict[int, Link] = {}
        self.roster = Roster(authority, membership)
        for member in (*known, me):
            self.roster.members.setdefault(member.member_id, member)
        feeds = Feeds(network_id, heads, applied if applied is not None else {f: h.seq for f, h in heads.items()})
        documents = Documents(network_id, lambda: rng.randbytes(ACTOR_BYTES))
        for feed, head in heads.items():
            documents.know(feed, head.seq)
        for topic in TOPICS:
            documents.know(Feed(me.member_id, topic), 0)
        self.presence = Presence(me.member_id, (kept or {}).get(PRESENCE), feeds.applied)
        key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.journal = Journal(
            me=me.member_id,
            private_key=key,
            feeds=feeds,
            documents=documents,
            hybrid=HybridClock(feeds.newest_hlc(me.member_id)),
            emit=self._out.append,
            beside=self.presence.stage,
        )
        self.slices = Slices(self._out.append)
        self.dialer = Dialer(me.member_id, rng)
        self.whereabouts = Whereabouts(
            me=me.member_id, links=self._links, roster=self.roster, dialer=self.dialer, quiet=not pass_on
        )
        self.sync = Sync(
            whereabouts=self.whereabouts,
            slices=self.slices,
            me=me,
            network_id=network_id,
            session=rng.randbytes(8).hex(),
            journal=self.journal,
            links=self._links,
            roster=self.roster,
            emit=self._out.append,
            drop=lambda link, reason: self._dropping.append((link, reason)),
            confirmed=_confirmed_from(confirmed),
        )
        self.asking = Asking(
            me=me.member_id,
            role=me.role,
            rng=rng,
            journal=self.journal,
            sync=self.sync,
            links=self._links,
            roster=self.roster,
            presence=self.presence,
            emit=self._out.append,
            append=self._on_append,
            sure=lambda: self.gate.recovery.state == "clear" and not self.gate.behind,
            crashed=RUNNING in (kept or {}),
            doubts=(kept or {}).get(DOUBTS),
        )
        self.handover = Handover(
            me=me,
            rng=rng,
            roster=self.roster,
            links=self._links,
            sync=self.sync,
            emit=self._out.append,
            append=self._on_append,
        )
        self.carrying = Carrying(journal=self.journal, sync=self.sync, slices=self.slices, emit=self._out.append)
        self.clones = Clones(
            me=me,
            network_id=network_id,
            session=self.sync.session,
            key=key,
            tell=self.sync.tell,
            emit=self._out.append,
            stop=lambda reason: self.gate.stop(CLONED, reason),
        )
        self.switchboard = Switchboard(
            me=me.member_id,
            links=self._links,
            roster=self.roster,
            dialer=self.dialer,
            emit=self._out.append,
            gone=self._on_link_gone,
            clones=self.clones,
        )
        self.receiving = Receiving(
            me=me.member_id,
            links=self._links,
            switchboard=self.switchboard,
            sync=self.sync,
            clones=self.clones,
            emit=self._out.append,
            take=self._on_own_message,
        )
        self.acquaintances = Acquaintances(
            me=me, roster=self.roster, links=self._links, journal=self.journal, kept=heard
        )
        self.clocks = Clocks(me.member_id, self._links, self._out.append)
        self.gate = Gate(
            me=me,
            recovery=Recovery(
                kept=kept or {},
                machine=machine,
                known_ms=[clock.parse(head.hlc)[0] for head in heads.values()],
                alone=alone,
            ),
            journal=self.journal,
            links=self._links,
            roster=self.roster,
            dialer=self.dialer,
            emit=self._out.append,
        )
        self.sync.forks.remember(kept or {})
        self.gate.forked.update(feed for feed in self.sync.forks.known if feed.member == me.member_id)
        self.sync.forks.on_own = self.gate.own_fork
        self.told = Status(
            me=me,
            roster=self.roster,
            links=self._links,
            journal=self.journal,
            sync=self.sync,
            acquaintances=self.acquaintances,
            clocks=self.clocks,
            recovery=self.gate.recovery,
            clones=self.clones,
            presence=self.presence,
        )
        self.provisioning: Provisioning | None = None
        if newcomer_since_ms is not None:
            self.provisioning = Provisioning(me.member_id, newcomer_since_ms, feeds.applied)
            self.told.provisioning, self.sync.newcomer = self.provisioning, True
        self._dropping: list[tuple[Link, str]] = []
        self._summary_ms = 0
        self._on: dict[type[events.Event], Callable[[Now, Any], None]] = {
            events.Started: self._on_started,
            events.Tick: self._on_tick,
            events.Append: self._on_append,
            events.Carried: self.carrying.take,
            events.Refused: self.carrying.keep_evidence,
            events.Heard: self._on_heard,
            events.Continue: self._on_continue,
            events.Stored: self._on_stored,
            events.StoreFailed: self._on_store_failed,
            events.Applied: self._on_applied,
            events.Loaded: self._on_loaded,
            events.Found: lambda _now, event: self.sync.forks.found(event.ticket, event.text),
            events.Connected: self._on_connected,
            events.Received: self.receiving.received,
            events.Disconnected: self._on_disconnected,
            events.Sighted: self._on_sighted,
            events.Lost: self._on_lost,
            events.Listening: lambda _now, event: self.whereabouts.announced(event.addresses),
            events.DialFailed: self._on_dial_failed,
            events.ClaimWanted: self.asking.wanted,
            events.ClaimReleased: lambda now, event: self.asking.release(now, event.claim_id),
            events.ClaimCancelled: self.asking.cancelled,
            events.Stopping: lambda now, _event: self.asking.end(now),
            events.Confirmed: self._on_confirmed,
            events.SignOff: self._on_sign_off,
            events.HandOver: self.handover.start,
            events.RootKeyKept: self.handover.on_root_key_kept,
        }

    def handle(self, now: Now, event: events.Event) -> list[effects.Effect]:
        """Take one event in; the effects, to be carried out in this order."""
        self._on[type(event)](now, event)
        while self._dropping:
            link, reason = self._dropping.pop()
            self.switchboard.drop(link, reason, now)
        # What the disk and the books report changes nothing that people watch but what the next tick counts anyway.
        if type(event) not in REPORTS and self.told.changed(counting=isinstance(event, events.Tick)):
            self._out.append(effects.StatusChanged())
        out = self._out.copy()
        self._out.clear()
        return out

    def _on_started(self, now: Now, _event: events.Started) -> None:
        self.gate.begin(now)
        self.asking.begin(now)
        for hlc in self.journal.feeds.newest_hlcs():  # of others only as far as their clocks can be believed
            self.journal.hybrid.see(hlc, now)
        for mine in self.journal.mine:  # the documents I go on writing
            if seq := self.journal.feeds.durable(mine):
                document = self.journal.documents.id_of(mine, segment_of(seq + 1))
                self.journal.with_document(document, now, lambda _held: None)
        self.switchboard.dial(now)

    def _on_sighted(self, now: Now, event: events.Sighted) -> None:
        self.dialer.sighted(event.target, event.member_id, event.static, now.mono_ms)
        self.switchboard.dial(now)

    def _on_lost(self, _now: Now, event: events.Lost) -> None:
        self.dialer.lost(event.target)

    def _on_dial_failed(self, now: Now, event: events.DialFailed) -> None:
        self.dialer.down(event.target, now.mono_ms, failed=True)
        self._out.append(effects.Report("dial_failed", event.target, event.reason))

    # --- journal -------------------------------------------------------------

    def _on_append(self, now: Now, event: events.Append) -> None:
        if event.claim_id is not None and not self.asking.may_write(now, event.claim_id):
            self._out.append(effects.AppendFailed(event.ticket, "claim_expired", "the claim is no longer valid"))
        elif not self.handover.may_write(event.entries):
            reason = "only the network's authority writes to its membership"
            self._out.append(effects.AppendFailed(event.ticket, "not_authority", reason))
        elif any(not may_write(self.me.role, entry.topic) for entry in event.entries):
            # The others would refuse it, and with it everything that comes after.
            self._out.append(effects.AppendFailed(event.ticket, "not_a_writer", f"a {self.me.role} writes no facts"))
        elif topic := next((e.topic for e in event.entries if not self.roster.knows_topic(e.topic)), ""):
            reason = f"nobody has been assigned {topic}; assign it first"
            self._out.append(effects.AppendFailed(event.ticket, "not_assigned", reason))
        elif not self.gate.refuses(now, event):
            batch = self.journal.append(now, event)
            if batch is not None:
                self.handover.staged(event.entries)
                self.asking.writing(batch.claim_id, +1)

    def _on_confirmed(self, now: Now, event: events.Confirmed) -> None:
        if self.gate.confirm(now, event.ticket):
            self._out.append(effects.Appended(event.ticket, ()))

    def _look_at_gate(self, now: Now) -> None:
        for append in self.gate.look(now):
            self._on_append(now, append)

    def _on_stored(self, now: Now, event: events.Stored) -> None:
        batch = self.journal.stored(event.batch_id)
        if batch is None:
            return
        self.asking.writing(batch.claim_id, -1)
        if batch.link_id is None:
            self.sync.push((record for record in batch.records if record.feed.topic != "sales"), now)
        if batch.ticket is not None:
            self._out.append(effects.Appended(batch.ticket, batch.records))
        self.journal.apply(batch)
        self.sync.pay_debts(batch.documents, now)
        self._fold_membership(batch.records, now)
        self._fold_presence(batch.records, now)
        self._let_go(self.journal.documents.drop_closed(self._is_open))
        if batch.link_id is not None:
            self.switchboard.stored()
            self.gate.ingested(batch.records)
            self.sync.plan_fetches(now)

    def _fold_membership(self, run: Sequence[Record], now: Now) -> None:
        if not any(record.feed.topic == "membership" for record in run):
            return
        for record in run:
            if record.feed.topic == "membership":
                self.roster.fold(record)
        if self.roster.is_closed(self.me.member_id):
            self.handover.settled()
        self.switchboard.membership_changed(now)
        self.whereabouts.membership_changed()
        self.sync.membership_changed(now)
        self._out.append(effects.MembershipChanged())

    def _fold_presence(self, run: Sequence[Record], now: Now) -> None:
        if self.presence.concerns(run):
            self.presence.fold(run)
            self.asking.progress(now)
            self._out.append(effects.StatusChanged())

    def _on_sign_off(self, now: Now, event: events.SignOff) -> None:
        self._on_append(now, events.Append(event.ticket, (self.presence.sign_off(self.roster.claimants()),)))

    def _on_applied(self, now: Now, event: events.Applied) -> None:
        run = self.journal.applied(event.batch_id)
        if self.gate.applied(self.journal.feeds):
            self._look_at_gate(now)
        if any(record.feed.topic == "circulation" for record in run):
            self.asking.progress(now)
        sales = Feed(self.me.member_id, "sales")
        self.sync.push((record for record in run if record.feed == sales), now)

    def _on_continue(self, now: Now, _event: events.Continue) -> None:
        self.slices.step(now)
        for append in self.journal.take_held_back():  # what they waited for may have been checked
            self._on_append(now, append)

    def _on_loaded(self, now: Now, event: events.Loaded) -> None:
        chunks = tuple(chunk.data for chunk in event.chunks)
        for reader in self.journal.documents.readers(event.document_id):
            reader(chunks)
        if self.journal.is_shut(event.document_id):
            return
        try:
            waiting = self.journal.documents.loaded(event.document_id, chunks, now.mono_ms)
        except CrdtError as error:
            self._out.append(effects.Report("damaged", self.me.member_id, str(error)))
            for append in self.journal.take_held_back():
                self._out.append(effects.AppendFailed(append.ticket, "store_damaged", str(error)))
            return
        held = self.journal.documents.held(event.document_id)
        for work in waiting:
            if held is not None:
                work(held)
        for append in self.journal.take_held_back():
            self._on_append(now, append)

    def _on_store_failed(self, now: Now, event: events.StoreFailed) -> None:
        batch, first = self.journal.store_failed(event.batch_id, event.reason)
        if batch is None:
            return
        self.asking.writing(batch.claim_id, -1)
        if first:
            self.handover.settled()
            self.presence.unstage()
            self._out.append(effects.Report("store_failed", self.me.member_id, event.reason))
        if batch.link_id not in (None, CARRIED):
            self.switchboard.stay_away(now)

    # --- links ---------------------------------------------------------------

    def _on_connected(self, now: Now, event: events.Connected) -> None:
        link = self.switchboard.connected(now, event)
        if link is not None and link.initiator == self.me.member_id:
            self.sync.send(link, wire.Join(self.me.member_id, (wire.PROTOCOL_VERSION,), session=self.sync.session), now)

    def _on_disconnected(self, now: Now, event: events.Disconnected) -> None:
        self.switchboard.disconnected(now, event.link_id, event.reason)

    def _on_link_gone(self, link: Link, now: Now) -> None:
        self.acquaintances.meet(link, now, ended=True)
        self.asking.link_gone(link, now)
        self.handover.link_gone(link)

    def _on_own_message(self, link: Link, body: dict[str, Any], now: Now) -> None:
        if body.get("t") == "positions":
            met = link.greeted
            further = self.sync.on_positions(link, body, now)
            self.whereabouts.hear(link, body, now)
            self.clocks.watch(link)
            if self.provisioning is not None and not link.newcomer:
                self.provisioning.hear(link.member.member_id, link.theirs_for_me(), now.mono_ms)
            if further:  # most only confirm: with many peers looking through all of theirs each time would cost most
                self.sync.plan_fetches(now)
            self._look_at_gate(now)
            if not met:
                self.asking.greeted(link, now)
        elif not self.handover.on_message(link, body, now) and not (
            self.sync.forks.on_message(link, body, now) or self.clones.on_message(link, body, now)
        ):
            self.asking.on_message(link, body, now)

    # --- time ----------------------------------------------------------------

    def _on_tick(self, now: Now, _event: events.Tick) -> None:
        self.switchboard.watch(now)
        self.carrying.watch(now)
        self.sync.gossip(now, KEEP_ALIVE_MS)
        self.sync.forks.tick(now)
        self.sync.plan_fetches(now)
        self.asking.progress(now)
        self._provision(now)
        self._look_at_gate(now)
        self.handover.watch(now)
        if now.mono_ms - self._summary_ms >= SUMMARY_MS:
            self._summary_ms = now.mono_ms
            self.switchboard.summarise(now)
            keep: dict[str, str | None] = {}
            if (confirmed := self.sync.newly_confirmed()) is not None:
                keep[CONFIRMED] = msgspec.json.encode(wire.positions_to_wire(confirmed)).decode()
            self.acquaintances.observe(now)
            if (heard := self.acquaintances.to_keep(now)) is not None:
                keep[HEARD] = heard
            if keep:
                self.journal.keep(keep)
            self._let_go(self.journal.documents.drop_idle(now.mono_ms, self._is_being_written))

    def _let_go(self, documents: Sequence[str]) -> None:
        for document in documents:
            for link in self._links.values():
                link.states.pop(document, None)

    def _is_open(self, feed: Feed, segment: int) -> bool:
        return segment >= segment_of(self.journal.feeds.durable(feed) + 1)

    def _provision(self, now: Now) -> None:
        if self.provisioning is None:
            return
        connected = any(link.greeted and not link.newcomer for link in self._links.values())
        if self.provisioning.look(now.mono_ms, connected, self.sync.is_coming):
            self.provisioning = self.told.provisioning = None
            self.sync.newcomer = False
            self._out.append(effects.Provisioned())
            self.sync.plan_fetches(now)

    def _on_heard(self, now: Now, event: events.Heard) -> None:
        if self.provisioning is not None:
            mine = {feed: seq for feed, seq in event.positions.items() if self.roster.may_see(feed, self.me)}
            self.provisioning.read(event.member_id, mine, now.mono_ms)
            self._provision(now)

    def _is_being_written(self, feed: Feed, segment: int) -> bool:
        return feed.member == self.me.member_id and segment == segment_of(self.journal.feeds.staged(feed) + 1)

    # --- status --------------------------------------------------------------

    @property
    def catching_up(self) -> bool:
        """Segments have been asked for, or what has come of them is being looked at."""
        return self.sync.fetching.busy

    @property
    def synced(self) -> bool:
        """Connected peers have all that I have, and I have all that they have said they have."""
        return self.told.synced and self.gate.empty

    def status(self, now: Now) -> dict[str, Any]:
        """As the `status` command tells it (``core/status.py``)."""
        return self.told.tell(now)


def _confirmed_from(text: str | None) -> dict[Feed, int]:
    try:
        return wire.positions_from_wire(msgspec.json.decode(text)) if text else {}
    except (msgspec.DecodeError, RemoteError):
        return {}  # it only counts what is still to be sent; peers will say it anew
