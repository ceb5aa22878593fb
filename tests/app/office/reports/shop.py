"""A small shop's facts by seed: receipts with everything that reports ask of them, and the engines over their books.

``SHOP`` is small enough to fold in a moment, and has whatever makes sums differ: discounts, returns, voids, vouchers,
change, several rates, groups, tills, cashiers, and receipts around midnight.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.domain.branch import Branch, TillPlan
from app.domain.vat import net_of
from app.facts.base import Fact
from app.facts.circulation import (
    ClaimCoverage,
    CouponIssued,
    CustomerSet,
    DeliveryNoteIssued,
    InvoiceOpened,
    OrderDeposited,
    OrderPlaced,
    OverdrawSettled,
    ReceivablePaid,
    ResourceHeld,
    ResourceHoldReleased,
    ResourceUsed,
    VoucherIssued,
)
from app.facts.master import ArticleSet, ReferenceSet
from app.facts.sales import (
    CashMoved,
    LineDiscount,
    Period,
    ReceiptCompleted,
    ReceiptLine,
    TaxRow,
    TenderRow,
    ZReportClosed,
)
from tests.app.books.shelf import records_of

ARTICLES = (
    # ident, name, price, rate, groups
    ("101", "Pils", 420, ("1", 1900), ("drinks", "beer")),
    ("102", "Apfelsaft", 310, ("1", 1900), ("drinks", "juice")),
    ("201", "Bratwurst", 550, ("2", 700), ("food",)),
    ("202", "Ännchens Kuchen", 380, ("2", 700), ("food", "cake", "sweet")),
    ("901", "Nie gekauft", 999, ("1", 1900), ("books",)),
)
DAYS = ("2026-07-30", "2026-07-31", "2026-08-01", "2026-08-02", "2025-08-02")
COVERED = ClaimCoverage(complete=True, promised=(), missing=())


def receipts(seed: int, count: int) -> list[ReceiptCompleted]:
    rng = random.Random(seed)
    return [_receipt(rng, number) for number in range(1, count + 1)]


def facts(seed: int = 1, count: int = 60) -> list[tuple[str, Fact]]:
    """Who said what."""
    said: list[tuple[str, Fact]] = [("a", fact) for fact in _master()]
    sold = receipts(seed, count)
    said += [(f"till-{fact.till_no}", fact) for fact in sold]
    practised = msgspec.structs.replace(sold[0], receipt_no=f"{sold[0].till_no}-999999", receipt_type="training")
    said.append(("practice", practised))
    return said + [("a", fact) for fact in _ledger()]


def _receipt(rng: random.Random, number: int) -> ReceiptCompleted:
    till_no = rng.randint(1, 3)
    day = rng.choice(DAYS)
    void = number % 17 == 0
    sign = -1 if void else 1
    lines: list[ReceiptLine] = []
    for row in range(1, rng.randint(2, 6)):
        ident, name, price, (key, rate), groups = rng.choice(ARTICLES[:4])
        pieces = sign * rng.choice((1, 1, 2, -1))
        off = rng.choice((0, 0, 50)) * (1 if pieces > 0 else -1)
        rule = LineDiscount("coupon", "Sommer", off, "summer") if row % 2 else LineDiscount("line_discount", "", off)
        gross = price * pieces - off
        lines.append(
            ReceiptLine(
                row, "sale", name, pieces * 1000, "Stk", price, gross, ident, vat_key=key, vat_rate_bp=rate,
                discounts=(rule,) if off else (), article_groups=groups,
            )
        )  # fmt: skip
    if number % 5 == 0:
        value = sign * 2500
        lines.append(ReceiptLine(len(lines) + 1, "voucher_sale", "Gutschein", sign * 1000, "Stk", 2500, value))
    total = sum(line.gross_minor for line in lines)
    given = total + 500 if total > 0 and number % 3 else total
    tenders = [TenderRow("cash" if number % 2 else "girocard", "EUR", given, tender_kind="cash")]
    if given != total:
        tenders.append(TenderRow("cash", "EUR", total - given, role="change", tender_kind="cash"))
    customer = rng.choice(("", "", "10001", "10002"))
    return ReceiptCompleted(
        receipt_no=f"{till_no}-{number:06d}",
        till_no=till_no,
        sale_id=f"sale-{number}",
        started_at=f"{day}T10:00:00.000Z",
        finished_at=f"{day}T{rng.randint(6, 22):02d}:30:00.000Z",
        business_day=day,
        cashier=rng.choice(("anna", "bert", "O'Neill")),
        currency="EUR",
        lines=tuple(lines),
        tax_table=_taxes(lines),
        tenders=tuple(tenders),
        total_minor=total,
        change_minor=given - total,
        receipt_type="void" if void else "receipt",
        voids="1-000001" if void else "",
        customer_no=customer,
        customer_group="staff" if customer == "10001" else "",
        cost_centre="4711" if number % 7 == 0 else "",
    )


def _taxes(lines: list[ReceiptLine]) -> tuple[TaxRow, ...]:
    sums: dict[tuple[str, int], int] = {}
    for line in lines:
        key = (line.vat_key, line.vat_rate_bp)
        sums[key] = sums.get(key, 0) + line.gross_minor
    return tuple(
        TaxRow(key, rate, gross, net_of(gross, rate), gross - net_of(gross, rate))
        for (key, rate), gross in sorted(sums.items())
    )


def _master() -> Iterator[Fact]:
    for ident, name, price, (key, _rate), groups in ARTICLES:
        yield ArticleSet(ident, name, price, "EUR", key, article_groups=groups)
    yield ReferenceSet("branch", "fair", msgspec.to_builtins(Branch("fair", "Messe")))
    for till_no, groups in ((1, ("bar",)), (2, ("bar", "outside"))):
        plan = TillPlan(till_no, "fair", groups)
        yield ReferenceSet("till_plan", plan.key, msgspec.to_builtins(plan))


def _ledger() -> Iterator[Fact]:
    at = "2026-08-01T10:00:00.000Z"
    yield VoucherIssued("7K3M9QXA0PWTB", "multi_purpose", 2500, "EUR", "2026-07-30T09:00:00.000Z", 1, "1-000005")
    yield VoucherIssued("0000000000001", "multi_purpose", 1000, "EUR", "2025-01-02T09:00:00.000Z", 1, "1-000006")
    yield from _used("voucher/7K3M9QXA0PWTB", "v1", 1000, at)
    yield from _used("voucher/0000000000001", "v2", 1300, at)
    yield ResourceHeld("v3", "voucher/7K3M9QXA0PWTB", 300, "open", 2, at, COVERED)
    yield ResourceHeld("v4", "voucher/7K3M9QXA0PWTB", 50, "given-up", 2, at, COVERED)
    yield ResourceHoldReleased("v4", "voucher/7K3M9QXA0PWTB", at, "voided")
    yield OverdrawSettled("s1", "voucher/0000000000001", "v2", 0, 100, "written_off", "small", "anna", 1, at)
    yield CouponIssued("C1", "summer", at, 1)
    yield CouponIssued("C2", "summer", at, 1)
    yield from _used("coupon/C1", "c1", 1, at)
    yield CustomerSet("10001", customer_group="staff", credit_limit_minor=10_000)
    yield CustomerSet("10002", credit_limit_minor=5_000)
    yield from _used("credit/10001", "k1", 7_000, at)
    yield ReceivablePaid("p1", "10001", 2_500, "1-000009", at, 1)
    for number, amount in (("D1", 1_200), ("D2", 3_400), ("D3", 560)):
        yield DeliveryNoteIssued(number, f"1-{number}", 1, "10002", at, "2026-08-01", "EUR", amount)
    yield InvoiceOpened("I1", "10002", 1, at, "EUR", 3_400, ("D2",))
    yield from _used("receivable/10002/note/D3", "n1", 560, at)
    for number in ("O1", "O2"):
        yield OrderPlaced(number, 2, at, "anna", "EUR", (), 9_000, due_on="2026-08-20", customer_no="10002")
        yield OrderDeposited(number, f"2-{number}", at, 4_000, ())
    yield from _used("order/O2", "o2", 1, at)
    for number, amount in (("m1", -120), ("m2", 35)):
        yield CashMoved(number, 1, 1, "difference", "EUR", amount, at, "2026-08-01", "anna", "counted")
    figures = Period("EUR", 3, 1_234, "1-000001", "1-000003", (), (), (), (), (), ())
    yield ZReportClosed(1, 1, "2026-08-01T20:00:00.000Z", "2026-08-01", "anna", figures, "Z1-1")
    yield CashMoved("m3", 2, 1, "pay_in", "EUR", 5_000, at, "2026-08-01", "bert", "change")


def _used(resource: str, hold_id: str, amount: int, at: str) -> Iterator[Fact]:
    yield ResourceHeld(hold_id, resource, amount, f"sale-{hold_id}", 1, at, COVERED)
    yield ResourceUsed(hold_id, resource, amount, f"1-{hold_id}", at)


def fold(place: Path | str, said: list[tuple[str, Fact]]) -> None:
    """Books at this place that know these facts and no other."""
    database = open_books(place)
    writer = BooksWriter(database)
    try:
        writer.apply(records_of(said))
        with database.connect() as connection:
            assert not list(connection.exec_driver_sql("SELECT * FROM passed_over")), "a fact that tests made is none"
    finally:
        writer.close()
        database.dispose()
