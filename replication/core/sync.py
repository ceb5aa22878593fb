"""Who gets what: positions, live pushes, fetching what is missing, serving it.

Theory of operation. On connecting, members exchange *positions* (how far each feed is on disk,
with the hash found there). Afterwards

* a writer *pushes* its new records to every peer that has all before them: what others must know
  at once as soon as it is on disk, receipts (which nobody waits for) right after its own books;
* a member that hears of more than it has *fetches*: it sends a ``request`` for the first segments
  it lacks, to the writer or whoever else has them (``core/fetching.py``);
* a closed segment that somebody lacks whole is *served* as its changes lie on disk, in small messages;
* positions that changed are told every tick, which acknowledges pushes and tells relays' peers
  what there is to fetch.

A record is taken only if it continues its feed here. Messages for a segment that is not next wait if they were
asked for, and are left alone otherwise: the fetch will bring them. A run of many records is checked in slices;
until the whole of it has passed, its document is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from replication.core import clock, records, wire
from replication.core.documents import Held, document_id
from replication.core.effects import Effect, Report, Send
from replication.core.feeds import RunCheck, segment_of
from replication.core.fetching import Fetching
from replication.core.forks import Forks
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import SEGMENT_RECORDS, TOPICS, Feed, Member, Now, Record, is_assigned
from replication.core.records import BadRecord
from replication.core.slices import Slices
from replication.core.whereabouts import Whereabouts
from replication.core.wire import RemoteError
from replication.crdt import CrdtError, heads_told, sync_parts

MAX_FRUITLESS_BYTES = 1024 * 1024
"""A document keeps changes whose past has not come, and a bad peer can send such for ever: it is then read anew."""
SLICE_RECORDS = 100
"""Records checked in one step; a longer run is checked in slices."""
MAX_SERVED = 16
"""Closed segments of which a link's answers are awaited; older ones are forgotten."""
HASH_CHARS = 16
LEISURE_MS = 1_000
"""How long news may wait that a peer also hears from the writer, and thanks that its position says already."""
MAX_UNTHANKED = 16
"""Messages after which the next tick thanks: what is not thanked for is gone through with each further one."""
MAX_STRANGERS = 4_096
"""Feeds of members we have not heard of that one peer may speak of: a newcomer has heard of hardly anybody."""
NETWORK_FEED = Feed("network", "membership")
"""The feed that nobody writes: its document id is what our ephemeral messages name."""


def _refuse_overwriting(operations: int, keys: int) -> None:
    if operations != keys:
        raise BadRecord(f"{operations} operations for {keys} new records: something was overwritten")


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
        slices: Slices,
        whereabouts: Whereabouts,
    ) -> None:
        self._me = me
        self._confirmed = dict(confirmed)
        """How far somebody else has each of my feeds on disk, as far as I was ever told."""
        self._confirmed_changed = False
        self.session = session
        self._network_document = document_id(network_id, NETWORK_FEED, 0)
        self._journal = journal
        self._links = links
        self._roster = roster
        self._emit = emit
        self._drop = drop
        self._slices = slices
        self._ahead_of_time: set[Feed] = set()
        """Feeds that were reported for dates more than a day ahead of our clock: once each."""
        self.fetching = Fetching(
            journal=journal,
            links=links,
            slices=slices,
            wanted=self._is_wanted,
            ask=lambda link, document, now: self._speak(link, document, now, request=True),
            receive=self._hear,
            emit=emit,
        )
        self.forks = Forks(
            me=me.member_id,
            network_id=network_id,
            journal=journal,
            links=links,
            writer=self._writer,
            visible=roster.may_see,
            tell=self.tell,
            drop=drop,
            emit=emit,
        )
        self.whereabouts = whereabouts
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
        self.send(link, link.ephemeral(self._me.member_id, self.session, self._network_document, body), now)

    def greet(self, link: Link, now: Now) -> None:
        """The link is up: say how far we are, and which feeds are forked."""
        peers = frozenset([link.member.member_id for link in self._up()])
        self._announce(link, now, self._journal.feeds.durable_positions(), peers, everything=True)
        self.forks.greet(link, now)

    def gossip(self, now: Now, keep_alive_ms: int) -> None:
        """Tell every peer the positions that changed; something at least every ``keep_alive_ms``."""
        positions, up = self._journal.feeds.durable_positions(), self._up()
        peers = frozenset([link.member.member_id for link in up])
        for link in up:
            if link.thanks:
                self._thank(link, now)
            self._announce(link, now, positions, peers, keep_alive_ms=keep_alive_ms)

    def _thank(self, link: Link, now: Now) -> None:
        """Say of the documents that the peer sent something of that it has come."""
        if link.unthanked < MAX_UNTHANKED and now.mono_ms - link.thanked_ms < LEISURE_MS:
            return
        documents, link.thanks = sorted(link.thanks), set()
        link.unthanked, link.thanked_ms = 0, now.mono_ms
        for document in documents:
            if self._journal.documents.held(document) is not None:  # otherwise its position tells it
                self._speak(link, document, now)

    def _announce(
        self,
        link: Link,
        now: Now,
        positions: Mapping[Feed, int],
        peers: frozenset[str],
        *,
        everything: bool = False,
        keep_alive_ms: int = 0,
    ) -> None:
        changed: dict[str, list[int | str]] = {}
        assigned: dict[str, list[int | str]] = {}
        at_leisure = everything or now.mono_ms - link.leisure_ms >= LEISURE_MS
        for feed, seq in positions.items() if positions != link.announced else ():  # with every tick, for every peer
            if link.announced.get(feed) == seq or not self._is_for(feed, link):
                continue
            if not at_leisure and self._hears_of_it_anyway(link, feed, seq):
                continue
            head = self._journal.feeds.durable_head(feed)
            told = assigned if is_assigned(feed.topic) else changed
            told[str(feed)] = [seq, head.hash[:HASH_CHARS] if head else ""]
            link.announced[feed] = seq
        if at_leisure and (changed or assigned):
            link.leisure_ms = now.mono_ms
        where = self.whereabouts.news(link)
        due = everything or now.mono_ms - link.told_ms >= keep_alive_ms
        if changed or assigned or where or due or peers != link.told_peers:
            body: dict[str, Any] = {"t": "positions", "p": changed, "clock": now.wall_ms, **where}
            if assigned:  # apart: earlier versions know no such topics, and would take the whole message for nonsense
                body["a"] = assigned
            if self.newcomer:
                body["newcomer"] = True
            if peers != link.told_peers:
                body["peers"] = sorted(peers)
                link.told_peers = peers
            self.tell(link, body, now)

    def _hears_of_it_anyway(self, link: Link, feed: Feed, seq: int) -> bool:
        """Whether the writer itself tells the peer: then it need not hear it from me at once as well.

        In a full mesh of n members all others would tell all others of every record: n² messages, of which n count.
        """
        if feed.member == self._me.member_id:
            # A feed's first records must be announced: nobody takes documents of a feed it has not heard of.
            return link.pushed.get(feed, 0) >= seq and link.their.get(feed, 0) > 0
        return feed.member != link.member.member_id and feed.member in link.their_peers

    def push(self, run: Iterable[Record], now: Now) -> None:
        """My own records are on disk: send them to every peer that is waiting for just these."""
        by_feed: dict[Feed, list[Record]] = {}
        for record in run:
            by_feed.setdefault(record.feed, []).append(record)
        for feed, records_of_feed in by_feed.items():
            seq, last = records_of_feed[0].seq, records_of_feed[-1].seq
            kinds = [record.kind for record in records_of_feed]
            for link in self._up():
                if not link.greeted or not self._roster.may_see(feed, link.member) or link.knows(feed) < seq - 1:
                    continue
                for segment in range(segment_of(seq), segment_of(last) + 1):
                    self._speak(link, self._journal.documents.id_of(feed, segment), now)
                link.pushed[feed] = last
                for kind in kinds:
                    link.sent[kind] += 1

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
            if link.link_id not in self._links or not self._is_for(held.feed, link):
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
        usual, assigned, clock = body.get("p"), body.get("a", {}), body.get("clock")
        if not isinstance(usual, dict) or not isinstance(assigned, dict) or not isinstance(clock, int):
            raise RemoteError("positions expected")
        raw = usual | assigned
        if len(raw) > wire.MAX_POSITIONS:
            raise RemoteError("positions expected")
        link.skew_ms = clock - now.wall_ms
        if "peers" in body:
            link.their_peers = wire.members(body, "peers")
        link.newcomer = body.get("newcomer") is True
        further = False
        for name, value in raw.items():
            if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], str):
                raise RemoteError("positions expected")
            if len(link.their) > wire.MAX_POSITIONS:
                raise RemoteError("more feeds than a network has")
            feed, seq = wire.position_from_wire(name, value[0])
            if self._is_strange(feed):
                link.strangers[feed] = (seq, value[1])
                if len(link.strangers) > MAX_STRANGERS:
                    raise RemoteError("positions of too many members that nobody has let in")
            else:
                further = further or seq > self._journal.feeds.staged(feed)
                self._take_position(link, feed, seq, value[1], now)
        if not link.greeted:
            link.greeted = True
            for topic in TOPICS:  # so that the first record need not wait for a handshake of its document
                mine = Feed(self._me.member_id, topic)
                seq = self._journal.feeds.durable(mine)
                if seq and link.their.get(mine) == seq and self._roster.may_see(mine, link.member):
                    self._speak(link, self._journal.documents.id_of(mine, segment_of(seq + 1)), now)
        return further

    def _take_position(self, link: Link, feed: Feed, seq: int, hash_start: str, now: Now) -> None:
        self._journal.know_mine(feed)
        self.forks.position(link, feed, seq, hash_start, now)
        if self.fetching.announced(link, feed, seq):
            link.their[feed] = seq
            if feed.member == self._me.member_id:
                if seq > self._journal.feeds.durable(feed):
                    self._journal.further_elsewhere.add(feed)
                self._note_confirmed(feed, seq)

    def membership_changed(self, now: Now) -> None:
        """Members have joined, or topics been assigned: what peers said of those feeds before counts from now on."""
        for link in self._links.values():
            for feed in [feed for feed in link.strangers if not self._is_strange(feed)]:
                self._take_position(link, feed, *link.strangers.pop(feed), now)

    def _note_confirmed(self, feed: Feed, seq: int) -> None:
        if seq > self._confirmed.get(feed, 0):
            self._confirmed[feed] = min(seq, self._journal.feeds.durable(feed))
            self._confirmed_changed = True

    def newly_confirmed(self) -> dict[Feed, int] | None:
        """What others have of my feeds, if that has changed since the last call: to be kept for the next start."""
        changed, self._confirmed_changed = self._confirmed_changed, False
        return dict(self._confirmed) if changed else None

    def on_sync(self, link: Link, message: wire.Sync, now: Now) -> None:
        """A document's sync message."""
        place = self._journal.documents.where(message.document)
        if place is None or not self._is_for(place[0], link):
            self.send(link, wire.Unavailable(self._me.member_id, link.member.member_id, message.document), now)
            return
        feed, segment = place
        if self._writer(feed) is None or self.forks.asking(link, feed):
            return
        if self.fetching.put_ahead(link, message, feed, segment, now):
            return
        if segment > segment_of(self._journal.feeds.staged(feed) + 1):
            if message.request:
                self.send(link, wire.Unavailable(self._me.member_id, link.member.member_id, message.document), now)
        elif message.request and self._journal.feeds.durable(feed) >= (segment + 1) * SEGMENT_RECORDS:
            self._serve(link, message, now)
        elif not self._is_answer_to_served(link, message):
            self._hear(link, message, now)

    def _hear(self, link: Link, message: wire.Sync, now: Now) -> None:
        def receive(held: Held) -> None:
            if link.link_id in self._links:
                self._receive(link, message, held, now)

        self._journal.with_document(message.document, now, receive)

    def _serve(self, link: Link, message: wire.Sync, now: Now) -> None:
        """Send a whole closed segment as it lies on disk; who has a part of it gets what the documents make of it."""
        if heads_told(message.data) != []:
            self._hear(link, message, now)
            return
        document = message.document
        place = self._journal.documents.where(document)
        assert place is not None
        link.served.pop(document, None)
        while len(link.served) >= MAX_SERVED:
            del link.served[next(iter(link.served))]
        heads = link.served[document] = set()

        def send(chunks: tuple[bytes, ...]) -> None:
            if link.link_id not in self._links or not self._is_for(place[0], link):
                return
            try:
                for part, head in list(sync_parts(chunks)):
                    heads.add(head)
                    self.send(link, wire.Sync(self._me.member_id, link.member.member_id, document, part), now)
                self._count_served(link, *place)
            except CrdtError:
                self._hear(link, message, now)

        self._journal.read_document(document, send)

    def _count_served(self, link: Link, feed: Feed, segment: int) -> None:
        """For the sync log: a peer that asked gets what it lacks of a segment. Their kinds would have to be read."""
        first, last = segment * SEGMENT_RECORDS, (segment + 1) * SEGMENT_RECORDS
        lacking = min(self._journal.feeds.durable(feed), last) - max(link.their.get(feed, 0), first)
        if lacking > 0:
            link.sent[f"{feed.topic}/*"] += lacking

    def _is_answer_to_served(self, link: Link, message: wire.Sync) -> bool:
        """Whether the peer only says that it has what it was served: nothing need be loaded for that."""
        served = link.served.get(message.document)
        if served is None:
            return False
        heads = heads_told(message.data)
        if heads and served.issuperset(heads):
            return True
        del link.served[message.document]
        return False

    def _receive(self, link: Link, message: wire.Sync, held: Held, now: Now) -> None:
        writer = self._writer(held.feed)
        if writer is None:
            return
        try:
            before = len(held.document)
            state = link.state(message.document, fresh=message.request)
            if message.request:
                self._count_served(link, held.feed, held.segment)
            raw, operations = held.document.receive(state, message.data)
            held.fruitless += len(message.data) - sum(map(len, raw))
            if raw and (self._has_ended(held.feed) or held.feed in self.forks or not self._is_for_me(held.feed)):
                self._journal.spoil(message.document)
                link.states.pop(message.document, None)
                return
            if raw:
                keys = len(held.document) - before
                _refuse_overwriting(operations, keys)
                check = self._journal.feeds.checking(held.feed, writer, self._roster.authorities)
                if keys > SLICE_RECORDS:
                    self._journal.lock(message.document)
                    self._slices.add(self._check_in_slices(link, message.document, held, check, keys, raw))
                    return
                check.take(self._texts(held, check.seq, keys))
                self._take(link, message.document, held, check.finish(), raw, now)
        except (CrdtError, BadRecord) as error:
            self._refuse(link, message.document, held, error, now)
            return
        if held.fruitless > MAX_FRUITLESS_BYTES:
            self._journal.spoil(message.document)
            link.states.pop(message.document, None)
        if raw and not message.request and not self.fetching.busy:
            link.thanks.add(message.document)
            link.unthanked += 1
        else:  # what was asked for may take several turns
            self._speak(link, message.document, now)

    def _check_in_slices(
        self, link: Link, document: str, held: Held, check: RunCheck, keys: int, raw: tuple[bytes, ...]
    ) -> Iterator[None]:
        """A long run, slice by slice. The document is locked; nothing is taken before the end of the run is signed."""
        first, end = check.seq, check.seq + keys
        try:
            while check.seq < end:
                check.take(self._texts(held, check.seq, min(SLICE_RECORDS, end - check.seq)))
                yield
                # The disk has refused, or the feed went on some other way: what is in memory counts no more.
                if self._journal.documents.held(document) is not held or self._journal.feeds.staged(held.feed) != first:
                    self._journal.spoil(document)
                    link.states.pop(document, None)
                    self._journal.unlock(document, self._slices.now)
                    return
            self._take(link, document, held, check.finish(), raw, self._slices.now)
        except (CrdtError, BadRecord) as error:
            self._refuse(link, document, held, error, self._slices.now)
        self._journal.unlock(document, self._slices.now)
        self._speak(link, document, self._slices.now)

    def _take(self, link: Link, document: str, held: Held, run: list[Record], raw: tuple[bytes, ...], now: Now) -> None:
        for record in reversed(run):  # stamps rise within a feed: the newest that can be believed says all
            if self._journal.hybrid.see(record.hlc, now):
                break
        if run[-1].hlc > clock.stamp(now.wall_ms + clock.DAY_MS, 0) and held.feed not in self._ahead_of_time:
            # Perhaps it is our own clock that is wrong: that must not keep a feed from coming in.
            self._ahead_of_time.add(held.feed)
            self._emit(Report("clock", held.feed.member, f"records of {held.feed} are dated more than a day ahead"))
        self._journal.ingest(run, document, raw, link.link_id)
        for record in run:
            link.received[record.kind] += 1
        self.fetching.brought(held.feed, held.segment, now)

    def _refuse(self, link: Link, document: str, held: Held, error: CrdtError | BadRecord, now: Now) -> None:
        self._journal.spoil(document)
        link.states.pop(document, None)
        if held.feed in self.forks.known:
            return  # it has the other branch, and is no worse for it than we are
        evidence = error.text if isinstance(error, BadRecord) else ""
        self._journal.quarantine(str(held.feed), str(error), evidence)
        self._emit(Report("quarantined", link.member.member_id, f"{held.feed}: {error}"))
        why = f"bad record in {held.feed.topic}: {error}"
        both_have = min(self._journal.feeds.durable(held.feed), link.their.get(held.feed, 0))
        if not self.forks.ask(link, held.feed, both_have, now, why):
            self._drop(link, why)

    def is_taken(self, feed: Feed) -> bool:
        """Whether records of the feed belong here, wherever they come from."""
        writer = self._writer(feed)
        foreign = feed.topic == "membership" and feed.member not in self._roster.authorities
        return writer is not None and feed not in self.forks and not foreign and self._is_for_me(feed)

    def checking(self, feed: Feed) -> RunCheck | None:
        """The check of what may follow what is staged, None if the feed has ended; ``BadRecord``."""
        if self._has_ended(feed):
            return None
        writer = self._writer(feed)
        if writer is None:
            raise BadRecord(f"{feed.member} is no member")
        return self._journal.feeds.checking(feed, writer, self._roster.authorities)

    def _texts(self, held: Held, after: int, count: int) -> list[str]:
        """The texts of the records that follow ``after``; ``BadRecord`` if one is missing."""
        texts: list[str] = []
        for seq in range(after + 1, after + count + 1):
            text = held.document.text(records.key(seq))
            if text is None:
                raise BadRecord(f"record {seq} is missing among the new keys")
            texts.append(text)
        return texts

    # --- fetching ------------------------------------------------------------

    def plan_fetches(self, now: Now) -> None:
        """Ask for what peers have and we lack (``core/fetching.py``)."""
        self.fetching.plan(now)

    def _is_wanted(self, feed: Feed) -> bool:
        later = self.newcomer and feed.topic == "sales" and feed.member != self._me.member_id
        return not later and self._can_be_had(feed)

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

    # --- status --------------------------------------------------------------

    def unconfirmed(self) -> int:
        """My records that a connected peer (without any: anybody, ever) has not confirmed; 0 in a network of one."""
        me, roster = self._me, self._roster
        if not any(member != me.member_id and member not in roster.revoked for member in roster.members):
            return 0
        positions = self._journal.feeds.durable_positions()
        mine = [(feed, seq) for feed in self._journal.mine if (seq := positions.get(feed, 0))]
        most = -1
        for link in self._up():  # counted after every event
            lacks = 0
            for feed, seq in mine:
                if seq > (known := link.their.get(feed, 0)) and roster.may_see(feed, link.member):
                    lacks += seq - known
            most = max(most, lacks)
        return most if most >= 0 else sum(seq - self._confirmed.get(feed, 0) for feed, seq in mine)

    def behind(self) -> bool:
        """Whether a connected peer has said that it knows more than we have applied."""
        return any(
            seq > self._journal.feeds.applied(feed) and self._writer(feed) is not None and feed not in self.forks
            for link in self._up()
            for feed, seq in link.their.items()
            if self._is_for_me(feed) and self._roster.takes(feed, self._journal.feeds.applied(feed))
        )

    def _up(self) -> list[Link]:
        return [link for link in self._links.values() if link.up]

    def _is_for_me(self, feed: Feed) -> bool:
        """Whether the feed comes here."""
        return self._roster.knows_topic(feed.topic) and self._roster.may_see(feed, self._me)

    def _is_for(self, feed: Feed, link: Link) -> bool:
        """Whether the feed may be spoken of over the link: a sync message shows what its sender has, both ways."""
        may = self._roster.may_see(feed, link.member)
        return may and (not is_assigned(feed.topic) or self._is_for_me(feed))

    def _is_strange(self, feed: Feed) -> bool:
        """Whether nobody here has heard of its writer, or of whom it is for."""
        return self._writer(feed) is None or not self._roster.knows_topic(feed.topic)

    def _writer(self, feed: Feed) -> Member | None:
        if feed.member == self._me.member_id:
            return self._me
        return self._roster.members.get(feed.member)
