"""Facts as tills write them, with a clock, so that a test can commit a sin and see it found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.books.writer import BooksWriter
from app.facts import codec
from app.facts.base import Fact
from app.facts.master import ArticleSet, ReferenceSet
from app.facts.sales import (
    CashMoved,
    Period,
    ReceiptCompleted,
    ReceiptLine,
    TaxRow,
    TenderRow,
    ZReportClosed,
)
from replication.core.clock import stamp
from replication.core.model import Feed, Record

BEGIN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Writing:
    """Members that write facts, which are in the books after ``flush``."""

    def __init__(self, writer: BooksWriter) -> None:
        self.now = BEGIN
        self._writer = writer
        self._pending: list[Record] = []
        self._lengths: dict[Feed, int] = {}
        self._numbers: dict[int, int] = {}

    def say(self, fact: Fact, member: str = "a", *, hlc_at: datetime | None = None) -> Record:
        """Journal a fact, a minute after the last one; its record may bear another time."""
        self.now += timedelta(minutes=1)
        topic, kind, body = codec.write(fact)
        return self.raw(topic, kind, body, member, hlc_at=hlc_at)

    def raw(
        self, topic: str, kind: str, body: dict[str, Any], member: str = "a", *, hlc_at: datetime | None = None
    ) -> Record:
        feed = Feed(member, topic)
        seq = self._lengths[feed] = self._lengths.get(feed, 0) + 1
        said = msgspec.json.decode(msgspec.json.encode(body))
        hlc = stamp(int((hlc_at or self.now).timestamp() * 1000), 0)
        record = Record(feed, seq, hlc, kind, said, "", "", "", "")
        self._pending.append(record)
        return record

    def flush(self) -> None:
        """What was said comes into the books, in one go."""
        self._writer.apply(self._pending)
        self._pending.clear()

    def sell(self, till_no: int = 1, total: int = 1000, member: str = "a", **fields: Any) -> ReceiptCompleted:
        """A receipt with the till's next number, and its fact."""
        at = iso(self.now + timedelta(minutes=1))
        self._numbers[till_no] = self._numbers.get(till_no, 0) + 1
        hlc_at = fields.pop("hlc_at", None)
        lines = fields.pop("lines", (ReceiptLine(1, "sale", "Ware", 1000, "Stk", total, total),))
        plain = {
            "receipt_no": f"{till_no}-{self._numbers[till_no]:06d}",
            "sale_id": f"{till_no}/{at}",
            "started_at": at,
            "finished_at": at,
            "business_day": at[:10],
            "cashier": "anna",
            "z_no": 1,
        }
        fact = ReceiptCompleted(
            till_no=till_no,
            currency="EUR",
            lines=lines,
            tax_table=(TaxRow("0", 0, total, total, 0),),
            tenders=(TenderRow("cash", "EUR", total),),
            total_minor=total,
            change_minor=0,
            **(plain | fields),
        )
        self.say(fact, member, hlc_at=hlc_at)
        return fact

    def close(self, z_no: int, receipts: int, gross: int, till_no: int = 1, member: str = "a") -> None:
        at = iso(self.now + timedelta(minutes=1))
        figures = Period("EUR", receipts, gross, "", "", (), (), (), (), (), ())
        self.say(ZReportClosed(z_no, till_no, at, at[:10], "anna", figures, f"Z{till_no}-{z_no:06d}"), member)

    def move(self, movement: str, amount: int, z_no: int = 1, till_no: int = 1) -> None:
        at = iso(self.now + timedelta(minutes=1))
        self.say(CashMoved(f"m{at}", till_no, z_no, movement, "EUR", amount, at, at[:10], "anna"))

    def article(self, ident_no: str, purchase: int) -> None:
        fact = ArticleSet(ident_no, "Kaffee", 500, "EUR", "1", purchase_price_minor=purchase)
        self.say(fact)

    def set(self, subject: str, key: str, value: dict[str, Any]) -> None:
        self.say(ReferenceSet(subject, key, value))
