"""How far every feed is known, and the check that a run of records must pass.

A feed has three positions, each a sequence number, in falling order:

* *staged*: in the document in memory, its batch on the way to disk;
* *durable*: on disk; only this is told to peers;
* *applied*: in the books; claims count on this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication.core import clock, records
from replication.core.clock import HybridClock
from replication.core.model import SEGMENT_RECORDS, Entry, Feed, FeedHead, Member, Now, Record, is_assigned
from replication.core.records import BadRecord

WRITERS: dict[str, tuple[str, ...]] = {
    "master": ("till", "centre"),
    "circulation": ("till", "centre"),
    "sales": ("till", "centre"),
}
"""Which roles may write which topic; ``membership`` is for the line of authorities alone."""
ASSIGNED_WRITERS = ("till", "centre")
"""The same of topics with an audience."""


def may_write(role: str, topic: str) -> bool:
    """Whether members of the role may write feeds on the topic; who is the authority is asked elsewhere."""
    return topic == "membership" or role in (ASSIGNED_WRITERS if is_assigned(topic) else WRITERS.get(topic, ()))


def segment_of(seq: int) -> int:
    """The segment that holds record ``seq`` (from 1)."""
    return (seq - 1) // SEGMENT_RECORDS


class RunCheck:
    """The check of a run of records that follows ``head``; nothing counts before ``finish``."""

    def __init__(self, network_id: str, feed: Feed, head: FeedHead, public_key: bytes) -> None:
        self._network_id = network_id
        self._feed = feed
        self._public_key = public_key
        self._head = head
        self._run: list[Record] = []

    @property
    def seq(self) -> int:
        """The newest record that has passed so far."""
        return self._head.seq

    def take(self, texts: Sequence[str]) -> None:
        """Form, number, chain and hybrid time of what comes next. ``BadRecord`` for the first that fails."""
        seq, prev, hlc = self._head
        for text in texts:
            record = records.parse(self._feed, text)
            if record.seq != seq + 1:
                raise BadRecord(f"record {record.seq} where {seq + 1} belongs", text)
            if record.prev != prev:
                raise BadRecord(f"record {record.seq} does not continue the chain", text)
            if not clock.EARLIEST <= record.hlc < clock.LATEST:
                raise BadRecord(f"record {record.seq} is dated when no member can have written it", text)
            if record.hlc <= hlc:
                raise BadRecord(f"record {record.seq} is earlier than the one before it", text)
            seq, prev, hlc = record.seq, record.hash, record.hlc
            self._run.append(record)
        self._head = FeedHead(seq, prev, hlc)

    def finish(self) -> list[Record]:
        """The run, if the newest record's signature vouches for it; else ``BadRecord``."""
        run = self._run
        if run and not records.verify_signature(self._public_key, self._network_id, run[-1]):
            raise BadRecord(f"record {run[-1].seq} is not signed by its writer", run[-1].text)
        return run


class Feeds:
    """Positions of all feeds that this member knows."""

    def __init__(self, network_id: str, heads: Mapping[Feed, FeedHead], applied: Mapping[Feed, int]) -> None:
        self.network_id = network_id
        self._durable = dict(heads)
        self._positions = {feed: head.seq for feed, head in heads.items()}
        """The numbers of ``_durable``: asked for many times for each record."""
        self._staged = dict(heads)
        self._applied = {feed: min(seq, self.durable(feed)) for feed, seq in applied.items()}

    def staged(self, feed: Feed) -> int:
        head = self._staged.get(feed)
        return head.seq if head else 0

    def durable(self, feed: Feed) -> int:
        return self._positions.get(feed, 0)

    def durable_head(self, feed: Feed) -> FeedHead | None:
        return self._durable.get(feed)

    def applied(self, feed: Feed) -> int:
        return self._applied.get(feed, 0)

    def durable_positions(self) -> Mapping[Feed, int]:
        """How far each feed is on disk: not a copy, it goes on with them."""
        return self._positions

    def write(
        self, key: Ed25519PrivateKey, me: str, entries: Iterable[Entry], hybrid: HybridClock, now: Now
    ) -> list[Record]:
        """Sign and chain entries onto my feeds, staged. ``BadRecord`` leaves everything as it was.

        A clock that cannot be right (a till whose battery is empty says 1970) is not written down as it is: nobody
        would take the records.
        """
        now = Now(now.mono_ms, min(max(now.wall_ms, clock.EARLIEST_MS), clock.LATEST_MS - clock.DAY_MS))
        written: list[Record] = []
        heads: dict[Feed, FeedHead] = {}
        for entry in entries:
            feed = Feed(me, entry.topic)
            head = heads.get(feed) or self._staged.get(feed)
            record = records.write(
                key,
                self.network_id,
                feed,
                seq=head.seq + 1 if head else 1,
                hlc=hybrid.next(now),
                prev=head.hash if head else records.genesis(self.network_id, feed),
                kind=entry.kind,
                body=entry.body,
            )
            heads[feed] = FeedHead(record.seq, record.hash, record.hlc)
            written.append(record)
        self._staged.update(heads)
        return written

    def checking(self, feed: Feed, writer: Member, authorities: Collection[str]) -> RunCheck:
        """The check of a run that follows what is staged: ``take`` as often as needed, then ``finish``.

        ``authorities`` is the line of those that may write membership. ``BadRecord`` for the role; nothing is staged.
        """
        if feed.topic == "membership":
            if feed.member not in authorities:
                raise BadRecord("only the authority writes a membership feed")
        elif not may_write(writer.role, feed.topic):
            raise BadRecord(f"a {writer.role} may not write the {feed.topic} feed")
        head = self._staged.get(feed) or FeedHead(0, records.genesis(self.network_id, feed), "")
        return RunCheck(self.network_id, feed, head, writer.public_key)

    def stage(self, run: Sequence[Record]) -> None:
        """Records that have passed the check are on their way to disk."""
        self._staged.update(_heads(run))

    def mark_durable(self, run: Sequence[Record]) -> None:
        heads = _heads(run)
        self._durable.update(heads)
        self._positions.update((feed, head.seq) for feed, head in heads.items())

    def mark_applied(self, run: Sequence[Record]) -> None:
        for feed, head in _heads(run).items():
            self._applied[feed] = max(self.applied(feed), head.seq)

    def unstage(self) -> None:
        """Forget what is not on disk."""
        self._staged = dict(self._durable)

    def newest_hlc(self, member_id: str) -> str:
        """The newest hybrid time of a member's feeds on disk; empty if it has none."""
        return max((head.hlc for feed, head in self._durable.items() if feed.member == member_id), default="")

    def newest_hlcs(self) -> list[str]:
        """The hybrid time of the newest record of every feed on disk."""
        return [head.hlc for head in self._durable.values()]


def _heads(run: Iterable[Record]) -> dict[Feed, FeedHead]:
    """Where each feed stands after these records, which are in order."""
    newest = {record.feed: record for record in run}
    return {feed: FeedHead(record.seq, record.hash, record.hlc) for feed, record in newest.items()}
