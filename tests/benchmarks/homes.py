"""Homes of one network made without running anything: identities, membership and receipts straight into the stores."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.facts import codec
from app.facts.sales import ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from app.home import Home
from replication import certificates
from replication.core import records
from replication.core.clock import stamp
from replication.core.documents import document_id
from replication.core.effects import Store as Batch
from replication.core.feeds import segment_of
from replication.core.model import Chunk, Entry, Feed, FeedHead, Member, Record
from replication.crdt import SegmentDocument
from replication.identity import Identity, found_network, member_body, write_identity
from replication.store import Store

BEGAN_MS = time.time_ns() // 1_000_000 - 86_400_000
GOODS = (("Vogelfutter 1 kg", 499), ("Hundefutter Rind & Möhre 800 g", 349), ("Leine", 990), ("Wasser 0,5 l", 100))


def make_network(folder: Path, members: Sequence[tuple[str, str]]) -> list[Home]:
    """A home for each (role, site), the first the founder; all know the membership already."""
    homes = [Home(folder / f"member-{no}").make() for no in range(1, len(members) + 1)]
    ids = lambda: uuid.uuid4().hex  # noqa: E731
    founder = found_network(homes[0].path, "Bench", 1, members[0][0], site=members[0][1], ids=ids)
    assert founder.root_key is not None
    entries = founder.founding_entries()
    for no, (role, site) in enumerate(members[1:], start=2):
        key = Ed25519PrivateKey.generate()
        public = certificates.raw_public(key.public_key())
        member = Member(ids(), no, f"Kasse {no}", role, site, public)
        certificate = certificates.issue_member(member, founder.network_id, founder.root, founder.root_key)
        identity = write_identity(
            homes[no - 1].path,
            network_name="Bench",
            root=founder.root,
            certificate=certificate,
            founder_certificate=founder.founder_certificate,
            key=key,
        )
        entries.append(Entry("membership", "member.joined/1", member_body(identity.member())))
    written = list(batches(founder, [[entry] for entry in entries]))
    for home in homes:
        write(home, written)
    return homes


def receipts(till_no: int, count: int) -> Iterator[ReceiptCompleted]:
    """Receipts of one or two lines, paid in cash: bodies of about 430 to 600 bytes."""
    for number in range(1, count + 1):
        goods = [GOODS[(number + n) % len(GOODS)] for n in range(1 + number % 2)]
        total = sum(price for _, price in goods)
        net = round(total / 1.19)
        given = TenderRow("cash", "EUR", total + number % 7)
        back = (TenderRow("cash", "EUR", -(number % 7), role="change"),) if number % 7 else ()
        yield ReceiptCompleted(
            receipt_no=f"{till_no}-{number:06d}",
            till_no=till_no,
            sale_id=f"{till_no}/{number}",
            started_at="2026-11-21T10:00:00.000Z",
            finished_at="2026-11-21T10:00:09.000Z",
            business_day="2026-11-21",
            cashier="anna",
            currency="EUR",
            lines=tuple(
                ReceiptLine(n, "sale", name, 1000, "Stk", price, price, vat_key="1", vat_rate_bp=1900)
                for n, (name, price) in enumerate(goods, start=1)
            ),
            tax_table=(TaxRow("1", 1900, total, net, total - net),),
            tenders=(given, *back),
            total_minor=total,
            change_minor=number % 7,
        )


def fill(home: Home, count: int) -> int:
    """Give the home's member so many receipts, each journalled by itself; bytes of their bodies on average."""
    identity = Identity.load(home.path)
    facts = (codec.write(fact) for fact in receipts(identity.member().till_no, count))
    size = 0

    def counted(run: Iterable[Batch]) -> Iterator[Batch]:
        nonlocal size
        for batch in run:
            size += sum(len(record.text) for record in batch.records)
            yield batch

    write(home, counted(batches(identity, ([Entry(*fact)] for fact in facts))))
    return size // count


def batches(identity: Identity, appends: Iterable[Sequence[Entry]]) -> Iterator[Batch]:
    """What a journal would have written for these appends to one fresh feed."""
    me, key, network_id = identity.member_id, identity.private_key, identity.network_id
    head: FeedHead | None = None
    document = SegmentDocument.empty(b"a" * 16)
    wall = itertools.count(BEGAN_MS, 7)
    for number, entries in enumerate(appends, start=1):
        run: list[Record] = []
        feed = Feed(me, entries[0].topic)
        for entry in entries:
            record = records.write(
                key,
                network_id,
                feed,
                seq=head.seq + 1 if head else 1,
                hlc=stamp(next(wall), 0),
                prev=head.hash if head else records.genesis(network_id, feed),
                kind=entry.kind,
                body=entry.body,
            )
            head = FeedHead(record.seq, record.hash, record.hlc)
            run.append(record)
        assert segment_of(run[0].seq) == segment_of(run[-1].seq)
        if run[0].seq > 1 and segment_of(run[0].seq) != segment_of(run[0].seq - 1):
            document = SegmentDocument.empty(b"a" * 16)
        name = document_id(network_id, feed, segment_of(run[0].seq))
        raw = document.put_all([(records.key(record.seq), record.text) for record in run])
        yield Batch(number, 1, tuple(Chunk(name, change) for change in raw), tuple(run))


def write(home: Home, run: Iterable[Batch]) -> None:
    """Put the batches into the home's store."""
    store = Store.open(home.store)
    pending = threading.Semaphore(1_000)
    for batch in run:
        pending.acquire()
        store.submit(batch, lambda _answer: pending.release())
    store.close()
