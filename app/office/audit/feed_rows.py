"""The rows that the rules want, out of the store: one walk over all feeds, and what the store keeps of refusals.

The walk reads every record once. Each must continue its feed's chain; of every ``SEGMENT_RECORDS`` the newest one's
signature vouches for those before it, as when they came (``tillmesh verify`` checks every single one). On the way it
notes numbers of receipts that one feed gave out twice, of which the books keep the first only, and where the records
are that the books passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from app.books.writer import fact_of
from app.domain.number_range import split_number
from app.facts.sales import ReceiptCompleted
from app.office.audit.finding import Evidence
from app.office.audit.rules.chain import Broken
from app.office.audit.rules.clock_jump import Heard as ClockHeard
from app.office.audit.rules.fork import Forked
from app.office.audit.rules.number_double import Repeated
from app.office.audit.rules.quarantined import Refused
from app.office.audit.rules.silence import Heard
from app.office.audit.runs import Runs
from replication.core import clock, forks, records
from replication.core.membership import Roster
from replication.core.model import SEGMENT_RECORDS, Feed, Member, Record
from replication.core.records import BadRecord
from replication.identity import Identity
from replication.log_table import MAX_LOG_ROWS
from replication.quarantine_table import FORK, MAX_ROWS
from replication.store import Store, StoreDamaged
from replication.verify import fault_of

MAX_NAMED = 100
"""Faults of chains, doubles, and records for each reason that are named; the first say where it began."""


class Feeds:
    """Everything of one home's store; ``passed`` are the kinds of records of which the books passed some over."""

    def __init__(self, store: Store, identity: Identity, passed: Collection[str]) -> None:
        self._store = store
        self._identity = identity
        self._passed = frozenset(passed)

    @cached_property
    def roster(self) -> Roster:
        """Who belongs to the network, as far as its feeds can be read."""
        try:
            return Roster(self._identity.founder_id, self._store.membership_records())
        except StoreDamaged:
            return Roster(self._identity.founder_id)

    @cached_property
    def walked(self) -> _Walk:
        """What one walk over all records has found."""
        walk = _Walk(self._store, self._identity, self.roster, self._passed)
        walk.run()
        return walk

    def forked(self) -> Iterator[Forked]:
        """Every fork that is proved."""
        for name, text in sorted(self._store.kept_all().items()):
            if not name.startswith(forks.KEPT):
                continue
            try:
                feed = Feed.parse(name.removeprefix(forks.KEPT))
                seq, *texts = msgspec.json.decode(text, type=tuple[int, str, str])
                found = [records.parse(feed, each) for each in texts]
            except (ValueError, msgspec.MsgspecError, BadRecord):
                continue  # not what a fork's proof looks like; the hub passes it over as well
            proof = tuple((instant(record.hlc), record.kind, record.hash[:16]) for record in found)
            yield Forked(str(feed), feed.member, self.till_no(feed.member), seq, proof)

    def refused(self) -> Iterator[Refused]:
        """What lies in quarantine, but for the proofs of forks."""
        for row in self._store.quarantine(MAX_ROWS):
            if row.reason != FORK:
                till_no = self.till_no(row.feed.partition("/")[0])
                yield Refused(row.feed, till_no, _iso(row.at_ms), row.reason, row.evidence)

    def clocks(self) -> Iterator[ClockHeard]:
        """What the sync log says of clocks that were wrong; that one is right again is no news here."""
        for row in self._store.log(MAX_LOG_ROWS, what=["clock"]):
            if not row.detail.endswith("again"):
                yield ClockHeard(row.peer, self.till_no(row.peer), _iso(row.at_ms), row.detail)

    def heard(self) -> tuple[list[Heard], int]:
        """Every active till with its newest record, and the newest record of all (Unix ms).

        Nobody where that cannot be read: the walk says so.
        """
        newest: dict[str, str] = {}
        try:
            heads = self._store.heads()
        except StoreDamaged:
            return [], 0
        for feed, head in heads.items():
            newest[feed.member] = max(head.hlc, newest.get(feed.member, ""))
        tills = [
            Heard(member.member_id, member.till_no, member.name, *_times(newest.get(member.member_id, "")))
            for member in self.roster.active().values()
            if member.role == "till"
        ]
        return tills, max((clock.parse(hlc)[0] for hlc in newest.values()), default=0)

    def till_no(self, member_id: str) -> int:
        """The member's number; 0 for who is not known."""
        member = self.roster.members.get(member_id)
        return member.till_no if member is not None else 0


class _Walk:
    """One pass over all feeds."""

    def __init__(self, store: Store, identity: Identity, roster: Roster, passed: Collection[str]) -> None:
        self.broken: list[Broken] = []
        self.repeated: list[Repeated] = []
        self.passed_over: dict[tuple[str, str], list[Evidence]] = {}
        self._store = store
        self._identity = identity
        self._passed = passed
        me = identity.member()
        self._members: Mapping[str, Member] = {me.member_id: me, **roster.members}
        self._numbers: dict[tuple[str, str], Runs] = {}

    def run(self) -> None:
        try:
            feeds = sorted(self._store.heads())
        except StoreDamaged as error:
            self.broken.append(Broken("store.sqlite", "", 0, 0, str(error)))
            return
        for feed in feeds:
            if len(self.broken) < MAX_NAMED:
                self._feed(feed)

    def _feed(self, feed: Feed) -> None:
        writer = self._members.get(feed.member)
        if writer is None:
            self._fault(feed, 0, "its writer is no member of the network")
            return
        network_id = self._identity.network_id
        seq, prev, hlc = 0, records.genesis(network_id, feed), ""
        try:
            while run := self._store.records(feed, seq, SEGMENT_RECORDS):
                for record in run:
                    key = writer.public_key if record is run[-1] else None
                    if fault := fault_of(network_id, key, record, seq + 1, prev, hlc):
                        self._fault(feed, record.seq, fault)
                        return
                    seq, prev, hlc = record.seq, record.hash, record.hlc
                    self._note(record, writer)
        except (StoreDamaged, BadRecord) as error:
            self._fault(feed, seq + 1, str(error))

    def _fault(self, feed: Feed, seq: int, why: str) -> None:
        till_no = self._members[feed.member].till_no if feed.member in self._members else 0
        self.broken.append(Broken(str(feed), feed.member, till_no, seq, why))

    def _note(self, record: Record, writer: Member) -> None:
        if record.kind == ReceiptCompleted.kind:
            self._note_number(record, writer)
        if record.kind in self._passed:
            reason = fact_of(record)
            named = self.passed_over.setdefault((record.kind, reason), []) if isinstance(reason, str) else None
            if named is not None and len(named) < MAX_NAMED:
                text = instant(record.hlc)
                named.append(Evidence("record", f"{record.feed}/{record.seq}", record.feed.member, text))

    def _note_number(self, record: Record, writer: Member) -> None:
        number = record.body.get("receipt_no")
        split = split_number(number) if isinstance(number, str) else None
        if split is None or not isinstance(number, str):
            return
        key = (record.feed.member, split[0])
        if key not in self._numbers:
            self._numbers[key] = Runs()
        if not self._numbers[key].add(split[1]) and len(self.repeated) < MAX_NAMED:
            name = f"{record.feed}/{record.seq}"
            self.repeated.append(Repeated(number, writer.till_no, record.feed.member, name, instant(record.hlc)))


def instant(hlc: str) -> str:
    """A hybrid time as an ISO instant in UTC."""
    return _times(hlc)[1]


def _times(hlc: str) -> tuple[int, str]:
    if not hlc:
        return 0, ""
    milliseconds = clock.parse(hlc)[0]
    return milliseconds, _iso(milliseconds)


def _iso(at_ms: int) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
