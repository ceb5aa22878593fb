"""Books in memory, and facts as the records of members that they may arrive as."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from app.books.reader import BooksReader
from app.books.schema import CONTENTS
from app.books.tables.base import metadata, passed_over, positions
from app.books.writer import BooksWriter
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import (
    ClaimCoverage,
)
from app.facts.sales import (
    ReceiptCompleted,
    ReceiptLine,
    TaxRow,
    TenderRow,
)
from replication.core.model import Feed, Record

MEMBERS = ("a", "b", "c")


CODES = ("7K3M9QXA0PWTB", "0000000000001")


RESOURCES = (
    *(f"voucher/{code}" for code in CODES),
    "parked/P1",
    f"coupon/{CODES[0]}",
    "order/O1",
    "deposit/O1",
    "receivable/10001/note/D1",
    "receivable/10001/invoice/I1",
)


COVERAGE = ClaimCoverage(complete=False, promised=("b",), missing=("c",))


EMPTY = ";".join(f"DELETE FROM {table.name}" for table in (positions, passed_over, *CONTENTS))
"""All in one go: a hundred tests begin with it."""


def receipt(till_no: int, sequence: int, total: int, z_no: int = 0) -> ReceiptCompleted:
    return ReceiptCompleted(
        receipt_no=f"{till_no}-{sequence:06d}",
        till_no=till_no,
        sale_id=f"{till_no}/{sequence}/{total}",
        started_at="2026-11-21T10:00:00.000Z",
        finished_at="2026-11-21T10:00:01.000Z",
        business_day="2026-11-21",
        cashier="anna",
        currency="EUR",
        lines=tuple(ReceiptLine(n, "sale", "Ware", 1000, "Stk", total, total) for n in range(1, 2)),
        tax_table=(TaxRow("0", 0, total, total, 0),),
        tenders=(TenderRow("cash", "EUR", total + 5), TenderRow("cash", "EUR", -5, role="change")),
        total_minor=total,
        change_minor=5,
        z_no=z_no,
    )


def records_of(said: Sequence[tuple[str, Fact]]) -> list[Record]:
    """Each member's facts as its feeds, stamped in the order said."""
    lengths: dict[Feed, int] = {}
    records = []
    for number, (member, fact) in enumerate(said):
        topic, kind, body = codec.write(fact)
        feed = Feed(member, topic)
        lengths[feed] = lengths.get(feed, 0) + 1
        body = msgspec.json.decode(msgspec.json.encode(body))
        # Two facts in a row share a hybrid time: the member decides then.
        records.append(Record(feed, lengths[feed], f"{number // 2:016d}-00000", kind, body, "", "", "", ""))
    return records


def record(member: str, seq: int, kind: str, body: dict[str, Any], topic: str = "circulation") -> Record:
    return Record(Feed(member, topic), seq, f"{seq:016d}-00000", kind, body, "", "", "", "")


class Books:
    """Books in memory, or those behind an engine, which are emptied before and stay open."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._kept = engine is not None
        self.engine: Engine = engine or create_engine("sqlite://", poolclass=StaticPool)
        if self._kept:
            with self.engine.begin() as connection:
                connection.exec_driver_sql(EMPTY)
        else:
            metadata.create_all(self.engine)
        self.writer = BooksWriter(self.engine)
        self.reader = BooksReader(self.engine)

    def close(self) -> None:
        self.writer.close()
        if not self._kept:
            self.engine.dispose()


def arrival(records: Sequence[Record], rng: random.Random) -> Iterator[list[Record]]:
    """The records in another order (every feed's own order kept), in batches, with repeats."""
    feeds: dict[Feed, list[Record]] = {}
    for each in records:
        feeds.setdefault(each.feed, []).append(each)
    came: list[Record] = []
    while feeds:
        feed = rng.choice(sorted(feeds))
        batch = feeds[feed][: rng.randint(1, 3)]
        del feeds[feed][: len(batch)]
        if not feeds[feed]:
            del feeds[feed]
        repeats = [each for each in came if rng.random() < 0.3]
        yield [*repeats, *batch, *batch]
        came += batch
