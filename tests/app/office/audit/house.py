"""A network whose members write real signed records into one home's store, without any node: as honest or evil as a
test wants them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.facts import codec
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from replication import certificates
from replication.core import clock, effects, records
from replication.core.documents import document_id
from replication.core.events import Stored
from replication.core.feeds import segment_of
from replication.core.model import Chunk, Entry, Feed, Member, Record
from replication.crdt import SegmentDocument
from replication.identity import Identity, found_network, member_body, write_identity
from replication.store import LogRow, Store

BEGIN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def new_id() -> str:
    return uuid.uuid4().hex


class House:
    """``centre`` founded it. Whoever joins is known by a member id."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.identity: Identity = found_network(home, "Messe", 1, "centre", ids=new_id)
        self.store = Store.open(home / "store.sqlite")
        self.now = BEGIN
        self.centre = self.identity.member_id
        self._keys = {self.centre: self.identity.private_key}
        self.members: dict[str, Member] = {}
        self._last: dict[Feed, Record] = {}
        self._documents: dict[tuple[Feed, int], SegmentDocument] = {}
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._batch = 0
        for entry in self.identity.founding_entries():
            self.write(self.centre, entry)

    def close(self) -> None:
        self.store.close()

    def join(self, till_no: int, role: str = "till", *, listed: bool = True) -> str:
        """A new member; ``listed`` False: with a certificate, but no record says that it has joined."""
        assert self.identity.root_key is not None
        key = Ed25519PrivateKey.generate()
        me = Member(new_id(), till_no, f"Kasse {till_no}", role, "", certificates.raw_public(key.public_key()))
        certificate = certificates.issue_member(
            me, self.identity.network_id, self.identity.root, self.identity.root_key
        )
        self._keys[me.member_id] = key
        self.members[me.member_id] = member = msgspec.structs.replace(me, certificate=certificate)
        if listed:
            self.write(self.centre, Entry("membership", "member.joined/1", member_body(member)))
        return me.member_id

    def home_of(self, member_id: str, home: Path) -> Identity:
        """The identity of a member that has joined, in a home of its own."""
        home.mkdir()
        return write_identity(
            home,
            network_name="Messe",
            root=self.identity.root,
            certificate=self.members[member_id].certificate,
            founder_certificate=self.identity.certificate,
            key=self._keys[member_id],
        )

    def signed(self, member_id: str, entry: Entry, *, key: Ed25519PrivateKey | None = None, **change: Any) -> Record:
        """A record a minute after the last one. ``key``: another than the member's own; ``change``: ``seq``, ``prev``
        or ``hlc`` as an evil member would have them."""
        self.now += timedelta(minutes=1)
        feed = Feed(member_id, entry.topic)
        last = self._last.get(feed)
        network_id = self.identity.network_id
        place: dict[str, Any] = {
            "seq": last.seq + 1 if last else 1,
            "prev": last.hash if last else records.genesis(network_id, feed),
            "hlc": clock.stamp(int(self.now.timestamp() * 1000), 0),
        }
        place |= change
        return records.write(key or self._keys[member_id], network_id, feed, kind=entry.kind, body=entry.body, **place)

    def write(self, member_id: str, *entries: Entry, **change: Any) -> list[Record]:
        """Sign, chain and store entries; ``change`` as for ``signed``."""
        run: list[Record] = []
        for entry in entries:
            run.append(self.signed(member_id, entry, **change))
            self._last[run[-1].feed] = run[-1]
        self._submit(run, tuple(chunk for record in run for chunk in self._chunks(record)))
        return run

    def say(self, member_id: str, *facts: Fact) -> list[Record]:
        return self.write(member_id, *(Entry(*codec.write(fact)) for fact in facts))

    def sell(self, member_id: str, number: str, till_no: int, total: int = 500, **fields: Any) -> Record:
        return self.say(member_id, receipt(number, till_no, self.now + timedelta(minutes=1), total, **fields))[0]

    def keep(self, name: str, text: str) -> None:
        self._submit([], (), keep={name: text})

    def quarantine(self, feed: str, reason: str, evidence: str) -> None:
        self._submit([], (), quarantine=((feed, reason, evidence),))

    def log(self, what: str, peer: str, detail: str, at: datetime) -> None:
        self.store.submit_log([LogRow(int(at.timestamp() * 1000), what, peer, detail)])
        self.store.log(1)  # returns when it is there

    def _chunks(self, record: Record) -> list[Chunk]:
        segment = segment_of(record.seq)
        place = (record.feed, segment)
        if place not in self._documents:
            self._documents[place] = SegmentDocument.empty(uuid.uuid4().bytes)
        name = document_id(self.identity.network_id, record.feed, segment)
        raw = self._documents[place].put_all([(records.key(record.seq), record.text)])
        return [Chunk(name, data) for data in raw]

    def _submit(self, run: list[Record], chunks: tuple[Chunk, ...], **what: Any) -> None:
        self._batch += 1
        keep, refused = what.get("keep", {}), what.get("quarantine", ())
        batch = effects.Store(self._batch, 1, chunks, tuple(run), keep, refused)
        self.store.submit(batch, self._answers.put)
        answer = self._answers.get(timeout=30)
        assert isinstance(answer, Stored), answer


def receipt(number: str, till_no: int, at: datetime, total: int = 500, **fields: Any) -> ReceiptCompleted:
    """A plain cash sale."""
    instant = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    plain = ReceiptCompleted(
        receipt_no=number,
        till_no=till_no,
        sale_id=f"{till_no}/{number}/{instant}",
        started_at=instant,
        finished_at=instant,
        business_day=instant[:10],
        cashier="anna",
        currency="EUR",
        lines=(ReceiptLine(1, "sale", "Ware", 1000, "Stk", total, total),),
        tax_table=(TaxRow("0", 0, total, total, 0),),
        tenders=(TenderRow("cash", "EUR", total),),
        total_minor=total,
        change_minor=0,
        z_no=1,
    )
    return msgspec.structs.replace(plain, **fields)
