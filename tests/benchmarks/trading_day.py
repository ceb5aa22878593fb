"""A day's trade of several tills, as facts and as the records that replication hands to the books.

Of ten receipts, each with three lines and paid in cash, one sells a voucher too, two are paid with part of it (so
there are issues, holds and uses between the receipts) and one names a customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import msgspec

from app.domain import codes
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage, ResourceHeld, ResourceUsed, VoucherIssued
from app.facts.master import ArticleSet
from app.facts.sales import ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from replication.core.model import Feed, Record

DAY = "2026-11-21"
RUN = 500
"""Records of one feed in a row: what a segment brings when a till catches up."""
ARTICLES = 200
_VOUCHER_MINOR = 500
_PRICES = (499, 1_290, 89)
_EVERYBODY = ClaimCoverage(complete=True, promised=("b" * 32, "c" * 32), missing=())


def member(till_no: int) -> str:
    """A member's id, as long as real ones."""
    return f"{till_no:032x}"


def articles() -> Iterator[Fact]:
    for number in range(ARTICLES):
        body = f"40{number:010d}"
        barcode = body + codes.gtin_check_digit(body)
        yield ArticleSet(
            f"{number}", f"Vogelfutter {number} kg", 499, "EUR", "1", (barcode,), article_groups=("FUTTER",)
        )


def sale(till_no: int, sequence: int, prices: Sequence[int] = _PRICES) -> Iterator[Fact]:
    """What one sale of lines with these prices writes: its receipt, and what it does to vouchers."""
    receipt_no, sale_id = f"{till_no}-{sequence:06d}", f"{till_no:08x}-{sequence:08x}-4a5e-9c41-7d0f5b6a2c11"
    began, ended = (
        f"{DAY}T{8 + sequence // 3600 % 12:02d}:{sequence // 60 % 60:02d}:{sequence % 60:02d}.{ms}Z"
        for ms in (120, 930)
    )
    lines = [
        ReceiptLine(
            line=line, business_case="sale", name=f"Vogelfutter {line} kg", quantity_milli=1_000, unit="Stk",
            unit_price_minor=price, gross_minor=price, ident_no=str((sequence + line) % ARTICLES),
            barcode="2000000260105", vat_key="1", vat_rate_bp=1_900, article_groups=("FUTTER",),
        )
        for line, price in enumerate(prices, 1)
    ]  # fmt: skip
    gross = sum(prices)
    net = round(gross / 1.19)
    taxes = [TaxRow("1", 1_900, gross, net, gross - net)]
    total, paid_by_voucher = gross, 0
    tenders: list[TenderRow] = []
    code, kind = f"7{till_no:02d}{sequence // 10:010d}", "multi_purpose"
    if sequence % 10 == 1:
        line = ReceiptLine(
            len(lines) + 1, "voucher_sale", "Gutschein", 1_000, "Stk", _VOUCHER_MINOR, _VOUCHER_MINOR, voucher_code=code
        )
        lines.append(line)
        taxes.append(TaxRow("", 0, _VOUCHER_MINOR, _VOUCHER_MINOR, 0))
        total += _VOUCHER_MINOR
        yield VoucherIssued(code, kind, _VOUCHER_MINOR, "EUR", ended, till_no, receipt_no)
    if sequence % 10 in (2, 3):
        hold_id, resource = f"{sale_id}/{sequence}", f"voucher/{code}"
        paid_by_voucher = _VOUCHER_MINOR // 2
        yield ResourceHeld(hold_id, resource, paid_by_voucher, sale_id, till_no, began, _EVERYBODY)
        yield ResourceUsed(hold_id, resource, paid_by_voucher, receipt_no, ended)
        tenders.append(
            TenderRow("voucher", "EUR", paid_by_voucher, code, hold_id, tender_kind="voucher", name="Gutschein")
        )
    handed = (total - paid_by_voucher + 999) // 1_000 * 1_000
    change = handed - (total - paid_by_voucher)
    tenders.append(TenderRow("cash", "EUR", handed, tender_kind="cash", name="Bar", opens_drawer=True))
    tenders.append(TenderRow("cash", "EUR", -change, role="change", tender_kind="cash", name="Bar"))
    yield ReceiptCompleted(
        receipt_no, till_no, sale_id, began, ended, DAY, "anna", "EUR", tuple(lines), tuple(taxes), tuple(tenders),
        total, change, z_no=1, user="anna", customer_no="10001" if sequence % 10 == 4 else "",
    )  # fmt: skip


def facts(tills: int, receipts: int, prices: Sequence[int] = _PRICES) -> Iterator[tuple[int, Fact]]:
    """What the tills wrote, in the order of time: till number and fact. The first has the articles."""
    for fact in articles():
        yield 1, fact
    for number in range(receipts):
        till_no = 1 + number % tills
        for fact in sale(till_no, 1 + number // tills, prices):
            yield till_no, fact


def records(tills: int, receipts: int, prices: Sequence[int] = _PRICES) -> Iterator[Record]:
    """The same as records, without signature and chain, which the books do not look at."""
    return _recorded(facts(tills, receipts, prices))


def by_till(tills: int, receipts: int, prices: Sequence[int] = _PRICES) -> Iterator[Record]:
    """``receipts`` of each till, one till's after another's: as tills come that have been away."""
    days = ((till_no, sequence) for till_no in range(1, tills + 1) for sequence in range(1, receipts + 1))
    said = ((till_no, fact) for till_no, sequence in days for fact in sale(till_no, sequence, prices))
    return _recorded(chain(((1, fact) for fact in articles()), said))


def _recorded(said: Iterable[tuple[int, Fact]]) -> Iterator[Record]:
    seqs: Counter[Feed] = Counter()
    for tick, (till_no, fact) in enumerate(said):
        feed = Feed(member(till_no), fact.topic)
        seqs[feed] += 1
        body = msgspec.json.decode(msgspec.json.encode(codec.write(fact).body))
        yield Record(feed, seqs[feed], f"{tick:016d}-00000", fact.kind, body, "", "", "", "")


def runs(tills: int, receipts: int, prices: Sequence[int] = _PRICES) -> list[list[Record]]:
    """The records in runs of one feed each, as they come when a till catches up."""
    begun: dict[Feed, list[Record]] = {}
    full: list[list[Record]] = []
    for record in records(tills, receipts, prices):
        run = begun.setdefault(record.feed, [])
        run.append(record)
        if len(run) == RUN:
            full.append(begun.pop(record.feed))
    return full + list(begun.values())
