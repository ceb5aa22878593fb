"""Who gets what: positions, live pushes, fetching what is missing, serving it.

Theory of operation. On connecting, members exchange *positions* (how far each feed is on disk,
with the hash found there). Afterwards

* a writer *pushes* its new records to every peer that has all before them: what others must know
  at once as soon as it is on disk, receipts (which nobody waits for) right after its own books;
* a member that hears of more than it has *fetches*: it sends a ``request`` for the first segment
  it lacks, from the writer if it is connected, otherwise from whoever has it;
* positions that changed are told every tick, which acknowledges pushes and tells relays' peers
  what there is to fetch.

A record is taken only if it continues its feed here, so segments are fetched in order.
Messages for a segment that is not next are left alone: the fetch will bring them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from replication.core import records, wire
from replication.core.documents import Held, document_id
from replication.core.effects import Effect, Report, Send
from replication.core.feeds import segment_of
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import SEGMENT_RECORDS, TOPICS, Feed, Member, Now, Record
from replication.core.records import BadRecord
from replication.core.wire import RemoteError
from replication.crdt import CrdtError

FETCH_MS = 5_000
FETCHES_PER_LINK = 4
EMPTY_FETCHES = 3
"""Fetches in a row that may bring nothing; then what the peer says of the feed is no longer believed."""
MAX_FRUITLESS_BYTES = 1024 * 1024
"""A document keeps changes whose past has not come, and a bad peer can send such for ever: it is then read anew."""
HASH_CHARS = 16
MAX_STRANGERS = 4_096
"""Feeds of members we have not heard of that one peer may speak of: a newcomer has heard of hardly anybody."""
NETWORK_FEED = Feed("network", "membership")
"""The feed that nobody writes: its document id is what our ephemeral messages name."""


class _Fetch(NamedTuple):
    """A segment asked for: of whom, from and up to which record, until when."""

    link_id: int
    staged: int
    target: int
    deadline_ms: int


def may_see(feed: Feed, writer: Member | None, peer: Member) -> bool:
    """Whether a feed goes to a peer: ``sales`` to the writer's site and to centres and nodes, the rest to everyone."""
    if feed.topic != "sales" or peer.role in ("centre", "node") or feed.member == peer.member_id:
        return True
    return writer is not None and writer.site == peer.site


class Sync:
    """Replication over all links of a hub. ``drop(link, reason)`` ends a link that broke the protocol."""

    def __init__(
        self,
        *,
        me: Member,
        network_id: str,
        session: str,
        journal: Journal,
        links: dict[int, Link],
        roster: Roster,
        emit: Callable[[Effect], None],
        drop: Callable[[Link, str], None],
        confirmed: Mapping[Feed, int],
    ) -> None:
        self._me = me
        self._mine = tuple(Feed(me.member_id, topic) for topic in TOPICS)
        self._confirmed = dict(confirmed)
        """How far somebody else has each of my feeds on disk, as far as I was ever told."""
        self._confirmed_changed = False
        self._session = session
        self._network_document = document_id(network_id, NETWORK_FEED, 0)
        self._journal = journal
        self._links = links
        self._roster = roster
        self._emit = emit
        self._drop = drop
        self._fetches: dict[Feed, _Fetch] = {}
        self._empty: Counter[tuple[str, Feed]] = Counter()
        """Fetches that brought nothing, by member and feed: a till must not wait for what nobody can show it."""
        self.forked: set[Feed] = set()
        self.newcomer = False
        """I lack my first data (``core/provisioning.py``): others' sales come later, and peers are told."""

    # --- sending -------------------------------------------------------------

    def send(self, link: Link, message: wire.Message, now: Now) -> None:
        """One message to a peer."""
        data = wire.encode(message)
        link.bytes_out += len(data)
        link.told_ms = now.mono_ms
        self._emit(Send(link.link_id, data))

    def tell(self, link: Link, body: dict[str, Any], now: Now) -> None:
        """One of our own messages to a peer."""
        self.send(link, link.ephemeral(self._me.member_id, self._session, self._network_document, body), now)

    def greet(self, link: Link, now: Now) -> None:
        """The link is up: say how far we are, and open the documents we write for live pushes."""
        self._announce(link, now, everything=True)

    def gossip(self, now: Now, keep_alive_ms: int) -> None:
        """Tell every peer the positions that changed; something at least every ``keep_alive_ms``."""
        for link in self._up():
            self._announce(link, now, everything=False, keep_alive_ms=keep_alive_ms)

    def _announce(self, link: Link, now: Now, *, everything: bool, keep_alive_ms: int = 0) -> None:
        changed: dict[str, list[int | str]] = {}
        for feed, seq in self._journal.feeds.durable_positions().items():
            if link.announced.get(feed) != seq and may_see(feed, self._writer(feed), link.member):
                head = self._journal.feeds.durable_head(feed)
                changed[str(feed)] = [seq, head.hash[:HASH_CHARS] if head else ""]
                link.announced[feed] = seq
        if changed or everything or now.mono_ms - link.told_ms >= keep_alive_ms:
            newcomer = {"newcomer": True} if self.newcomer else {}
            self.tell(link, {"t": "positions", "p": changed, "clock": now.wall_ms, **newcomer}, now)

    def push(self, run: Iterable[Record], now: Now) -> None:
        """My own records are on disk: send them to every peer that is waiting for just these."""
        by_feed: dict[Feed, list[Record]] = {}
        for record in run:
            by_feed.setdefault(record.feed, []).append(record)
        for feed, records_of_feed in by_feed.items():
            seq, last = records_of_feed[0].seq, records_of_feed[-1].seq
            kinds = [record.kind for record in records_of_feed]
            for link in self._up():
                if not link.greeted or not may_see(feed, self._me, link.member) or link.knows(feed) < seq - 1:
                    continue
                for segment in range(segment_of(seq), segment_of(last) + 1):
                    self._speak(link, self._journal.documents.id_of(feed, segment), now)
                link.pushed[feed] = last
                link.sent.update(kinds)

    def pay_debts(self, documents: Iterable[str], now: Now) -> None:
        """Documents are no longer dirty: send what had to wait for that."""
        for document in documents:
            for link in self._up():
                if document in link.owed:
                    link.owed.discard(document)
                    self._speak(link, document, now)

    def _speak(self, link: Link, document: str, now: Now, *, request: bool = False) -> None:
        """Send the next sync message of a document, now or when it may be spoken of."""

        def speak(held: Held) -> None:
            if link.link_id not in self._links:
                return
            if held.dirty:
                link.owed.add(document)
                return
            data = held.document.generate(link.state(document, fresh=request))
            if data is not None:
                message = wire.Sync(self._me.member_id, link.member.member_id, document, data, request)
                self.send(link, message, now)

        self._journal.with_document(document, now, speak)

    # --- hearing -------------------------------------------------------------

    def on_positions(self, link: Link, body: dict[str, Any], now: Now) -> bool:
        """The peer says how far it is; whether that is further than here. ``RemoteError`` if it does not say."""
        raw, clock = body.get("p"), body.get("clock")
        if not isinstance(raw, dict) or len(raw) > wire.MAX_POSITIONS or not isinstance(clock, int):
            raise RemoteError("positions expected")
        link.skew_ms = clock - now.wall_ms
        link.newcomer = body.get("newcomer") is True
        further = False
        for name, value in raw.items():
            if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], str):
                raise RemoteError("positions expected")
            if len(link.their) > wire.MAX_POSITIONS:
                raise RemoteError("more feeds than a network has")
            ((feed, seq),) = wire.positions_from_wire({name: value[0]}).items()
            if self._writer(feed) is None:
                link.strangers[feed] = (seq, value[1])
                if len(link.strangers) > MAX_STRANGERS:
                    raise RemoteError("positions of too many members that nobody has let in")
            else:
                further = further or seq > self._journal.feeds.staged(feed)
                self._take_position(link, feed, seq, value[1])
        if not link.greeted:
            link.greeted = True
            for topic in TOPICS:  # so that the first record need not wait for a handshake of its document
                mine = Feed(self._me.member_id, topic)
                seq = self._journal.feeds.durable(mine)
                if seq and link.their.get(mine) == seq and may_see(mine, self._me, link.member):
                    self._speak(link, self._journal.documents.id_of(mine, segment_of(seq + 1)), now)
        return further

    def _take_position(self, link: Link, feed: Feed, seq: int, hash_start: str) -> None:
        self._look_for_fork(link, feed, seq, hash_start)
        if self._empty[link.member.member_id, feed] < EMPTY_FETCHES or seq <= self._journal.feeds.staged(feed):
            link.their[feed] = seq
            self._note_confirmed(feed, seq)

    def membership_changed(self) -> None:
        """Members have joined: what peers said of their feeds before counts from now on."""
        for link in self._links.values():
            for feed in [feed for feed in link.strangers if self._writer(feed) is not None]:
                self._take_position(link, feed, *link.strangers.pop(feed))

    def _note_confirmed(self, feed: Feed, seq: int) -> None:
        if feed.member == self._me.member_id and seq > self._confirmed.get(feed, 0):
            self._confirmed[feed] = min(seq, self._journal.feeds.durable(feed))
            self._confirmed_changed = True

    def newly_confirmed(self) -> dict[Feed, int] | None:
        """What others have of my feeds, if that has changed since the last call: to be kept for the next start."""
        changed, self._confirmed_changed = self._confirmed_changed, False
        return dict(self._confirmed) if changed else None

    def _look_for_fork(self, link: Link, feed: Feed, seq: int, hash_start: str) -> None:
        head = self._journal.feeds.durable_head(feed)
        if head and head.seq == seq and head.hash[:HASH_CHARS] != hash_start:
            evidence = f"{head.hash} here, {hash_start} at {link.member.member_id}"
            self.found_fork(feed, seq, link.member.member_id, evidence)

    def found_fork(self, feed: Feed, seq: int, source: str, evidence: str) -> None:
        """Two records have one number: nothing more is taken from the feed. ``source``: who has the other one."""
        if feed not in self.forked:
            self.forked.add(feed)
            detail = f"{feed} has two records {seq}: a copied or restored disk; nothing more is taken from it"
            self._journal.quarantine(str(feed), "fork", evidence)
            self._emit(Report("fork", source, detail))

    def on_sync(self, link: Link, message: wire.Sync, now: Now) -> None:
        """A document's sync message."""
        place = self._journal.documents.where(message.document)
        if place is None or not may_see(place[0], self._writer(place[0]), link.member):
            self.send(link, wire.Unavailable(self._me.member_id, link.member.member_id, message.document), now)
            return
        feed, segment = place
        if feed in self.forked or self._writer(feed) is None:
            return
        if segment > segment_of(self._journal.feeds.staged(feed) + 1):
            if message.request:
                self.send(link, wire.Unavailable(self._me.member_id, link.member.member_id, message.document), now)
            return

        def receive(held: Held) -> None:
            if link.link_id in self._links:
                self._receive(link, message, held, now)

        self._journal.with_document(message.document, now, receive)

    def _receive(self, link: Link, message: wire.Sync, held: Held, now: Now) -> None:
        document = message.document
        writer = self._writer(held.feed)
        if writer is None:
            return
        try:
            before = len(held.document)
            raw, operations = held.document.receive(link.state(document, fresh=message.request), message.data)
            if raw and self._has_ended(held.feed):
                self._journal.spoil(document)
                link.states.pop(document, None)
                return
            if raw:
                texts = self._new_texts(held, operations, len(held.document) - before)
                run = self._journal.feeds.check_run(held.feed, texts, writer, self._roster.authorities)
        except (CrdtError, BadRecord) as error:
            self._journal.spoil(document)
            evidence = error.text if isinstance(error, BadRecord) else ""
            self._journal.quarantine(str(held.feed), str(error), evidence)
            self._emit(Report("quarantined", link.member.member_id, f"{held.feed}: {error}"))
            self._drop(link, f"bad record in {held.feed.topic}: {error}")
            return
        if raw:
            for record in run:
                self._journal.hybrid.see(record.hlc, now)
            self._journal.ingest(run, document, raw, link.link_id)
            link.received.update(record.kind for record in run)
        held.fruitless += len(message.data) - sum(map(len, raw))
        if held.fruitless > MAX_FRUITLESS_BYTES:
            self._journal.spoil(document)
            link.states.pop(document, None)
        self._speak(link, document, now)

    def is_taken(self, feed: Feed) -> bool:
        """Whether records of the feed belong here, wherever they come from."""
        writer = self._writer(feed)
        foreign = feed.topic == "membership" and feed.member not in self._roster.authorities
        return writer is not None and feed not in self.forked and not foreign and may_see(feed, writer, self._me)

    def checked(self, feed: Feed, texts: list[str]) -> list[Record]:
        """The texts as records that may follow what is staged, none if the feed has ended; ``BadRecord``."""
        if self._has_ended(feed):
            return []
        writer = self._writer(feed)
        if writer is None:
            raise BadRecord(f"{feed.member} is no member")
        return self._journal.feeds.check_run(feed, texts, writer, self._roster.authorities)

    def _new_texts(self, held: Held, operations: int, keys: int) -> list[str]:
        """The texts that the new changes brought, in order; ``BadRecord`` if they did anything else."""
        seq = self._journal.feeds.staged(held.feed)
        texts: list[str] = []
        while len(texts) < keys:
            text = held.document.text(records.key(seq + len(texts) + 1))
            if text is None:
                raise BadRecord(f"record {seq + len(texts) + 1} is missing among {keys} new keys")
            texts.append(text)
        if operations != keys:
            raise BadRecord(f"{operations} operations for {keys} new records: something was overwritten")
        return texts

    # --- fetching ------------------------------------------------------------

    def plan_fetches(self, now: Now) -> None:
        """Ask for what peers have and we lack: one segment per feed at a time, few at once per peer."""
        feeds = self._journal.feeds
        for feed in [feed for feed in self._fetches if self._fetch_is_over(feed, now)]:
            self._learn_from(feed, self._fetches.pop(feed))
        per_link: dict[int, int] = {}
        for fetch in self._fetches.values():
            per_link[fetch.link_id] = per_link.get(fetch.link_id, 0) + 1
        best: dict[Feed, Link] = {}
        for link in self._up():
            if per_link.get(link.link_id, 0) >= FETCHES_PER_LINK:
                continue
            for feed, seq in link.their.items():
                if seq > feeds.staged(feed) and self._is_wanted(feed) and self._better(link, best.get(feed), feed):
                    best[feed] = link
        for feed, link in sorted(best.items(), key=lambda item: TOPICS.index(item[0].topic)):
            if per_link.get(link.link_id, 0) >= FETCHES_PER_LINK:
                continue
            per_link[link.link_id] = per_link.get(link.link_id, 0) + 1
            self._journal.documents.know(feed, feeds.staged(feed))
            segment = segment_of(feeds.staged(feed) + 1)
            target = min(link.their[feed], (segment + 1) * SEGMENT_RECORDS)
            self._fetches[feed] = _Fetch(link.link_id, feeds.staged(feed), target, now.mono_ms + FETCH_MS)
            self._speak(link, self._journal.documents.id_of(feed, segment), now, request=True)

    def _fetch_is_over(self, feed: Feed, now: Now) -> bool:
        fetch = self._fetches[feed]
        return (
            fetch.link_id not in self._links
            or now.mono_ms >= fetch.deadline_ms
            or self._journal.feeds.staged(feed) >= fetch.target
        )

    def _learn_from(self, feed: Feed, fetch: _Fetch) -> None:
        """A fetch is over. Who again and again shows nothing of what it announced is not believed any more."""
        link = self._links.get(fetch.link_id)
        if link is None:
            return
        who = (link.member.member_id, feed)
        if self._journal.feeds.staged(feed) > fetch.staged:
            del self._empty[who]
            return
        self._empty[who] += 1
        if self._empty[who] == EMPTY_FETCHES:
            link.their[feed] = self._journal.feeds.staged(feed)
            self._emit(Report("dropped", who[0], f"it announces records of {feed} that it does not show"))

    def _is_wanted(self, feed: Feed) -> bool:
        later = self.newcomer and feed.topic == "sales" and feed.member != self._me.member_id
        return feed not in self._fetches and not later and self._can_be_had(feed)

    def _can_be_had(self, feed: Feed) -> bool:
        return self.is_taken(feed) and self._roster.takes(feed, self._journal.feeds.staged(feed))

    def is_coming(self, feed: Feed) -> bool:
        """Whether more of the feed is on its way to the books, or to be had from somebody who is connected."""
        feeds = self._journal.feeds
        if feeds.staged(feed) > feeds.applied(feed):
            return True
        return self._can_be_had(feed) and any(link.their.get(feed, 0) > feeds.staged(feed) for link in self._up())

    def _has_ended(self, feed: Feed) -> bool:
        """Whether it is the feed of an earlier authority, whole: what follows does not count, as far as we know."""
        ended = feed.topic == "membership" and self._roster.is_closed(feed.member)
        return ended and not self._roster.takes(feed, self._journal.feeds.staged(feed))

    def _better(self, link: Link, other: Link | None, feed: Feed) -> bool:
        """Prefer the writer itself, then whoever has more, then the older link."""
        if other is None:
            return True
        if feed.member in (link.member.member_id, other.member.member_id):
            return link.member.member_id == feed.member
        return link.their[feed] > other.their[feed]

    # --- status --------------------------------------------------------------

    def unconfirmed(self) -> int:
        """My records that a connected peer (without any: anybody, ever) has not confirmed; 0 in a network of one."""
        me, roster = self._me, self._roster
        if not any(member != me.member_id and member not in roster.revoked for member in roster.members):
            return 0
        feeds = self._journal.feeds
        mine = [(feed, seq) for feed in self._mine if (seq := feeds.durable(feed))]
        most = -1
        for link in self._up():  # counted after every event
            lacks = 0
            for feed, seq in mine:
                if seq > (known := link.their.get(feed, 0)) and may_see(feed, me, link.member):
                    lacks += seq - known
            most = max(most, lacks)
        return most if most >= 0 else sum(seq - self._confirmed.get(feed, 0) for feed, seq in mine)

    def behind(self) -> bool:
        """Whether a connected peer has said that it knows more than we have applied."""
        return any(
            seq > self._journal.feeds.applied(feed) and self._writer(feed) is not None and feed not in self.forked
            for link in self._up()
            for feed, seq in link.their.items()
            if may_see(feed, self._writer(feed), self._me)
            and self._roster.takes(feed, self._journal.feeds.applied(feed))
        )

    def _up(self) -> list[Link]:
        return [link for link in self._links.values() if link.up]

    def _writer(self, feed: Feed) -> Member | None:
        if feed.member == self._me.member_id:
            return self._me
        return self._roster.members.get(feed.member)
