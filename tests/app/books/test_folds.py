"""The law of the books: any order of arrival and any number of repeats give the same rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions import Question
from app.books.questions.accounting import AskPosted, ListZNumbers
from app.books.questions.accounts import AskAccount, CustomersWithAccount
from app.books.questions.audit import ListAudit
from app.books.questions.cash import AskDrawers
from app.books.questions.coupons import FindCoupon
from app.books.questions.numbers import LastNumbers
from app.books.questions.orders import FindOrder, ListOrders
from app.books.questions.parked import AskParked
from app.books.questions.periods import AskPeriod, AskTills, AskZReports
from app.books.questions.receivables import FindInvoice, FindReceivable, ListDeliveryNotes, ListOpenItems
from app.books.questions.sales_data import ListReceiptPlaces
from app.books.questions.users import FindBadge, HasUsers, ListUsers
from app.domain.number_range import Span
from app.facts.base import Fact
from app.facts.circulation import (
    CouponIssued,
    CustomerForgotten,
    CustomerSet,
    DeliveryNoteIssued,
    InvoiceOpened,
    OrderCancelled,
    OrderChanged,
    OrderDeposited,
    OrderLine,
    OrderPlaced,
    OverdrawSettled,
    ReceivablePaid,
    ResourceGranted,
    ResourceHeld,
    ResourceHoldReleased,
    ResourceUsed,
    SaleParked,
    VoucherBlocked,
    VoucherIssued,
)
from app.facts.master import ArticleSet, PriceSet, UserSet, VatRateSet
from app.facts.sales import (
    AuditLogged,
    CashCounted,
    CashMoved,
    CountedCash,
    InvoiceIssued,
    Period,
    ReceiptCompleted,
    SaleAborted,
    TrainingCompleted,
    ZReportClosed,
)
from app.facts.statements import CouponStated, VoucherStated
from tests.app.books.shelf import CODES, COVERAGE, MEMBERS, RESOURCES, Books, arrival, receipt, records_of
from tests.benchmarks import trading_day

PERIODS = ((1, None), (2, None), (None, "2026-11-21"), (None, None))


def z_report(till_no: int, z_no: int, gross: int) -> ZReportClosed:
    figures = Period("EUR", 1, gross, "", "", (), (), (), (), (), ())
    return ZReportClosed(z_no, till_no, "t", "2026-11-21", "anna", figures)


QUESTIONS: tuple[Question[Any], ...] = (
    HasUsers(),
    ListUsers(),
    FindBadge("b"),
    ListAudit(9),
    LastNumbers((Span("training", "T1-", 1, 0), Span("receipt", "1-", 1, 0))),
    AskTills(),
    AskZReports(None),
    AskParked(),
    FindOrder("O1"),
    ListOrders(),
    ListOrders("open", "10001", "2026-12-31"),
    FindReceivable("I1"),
    FindReceivable("D1"),
    ListDeliveryNotes(),
    ListDeliveryNotes("10001", "open"),
    ListOpenItems("10001"),
    FindInvoice("I1"),
    AskDrawers(1, 1, "EUR"),
    ListZNumbers("2026-11-01", "2026-11-30"),
    ListZNumbers("2026-11-01", "2026-11-30", (1,)),
    *(AskPosted(till_no, 1) for till_no in (1, 2)),
    *(ListReceiptPlaces(1, MEMBERS, 0, after) for after in ((0, ""), (1, "0"))),
    *(AskAccount(customer) for customer in ("10001", "10002")),
    CustomersWithAccount(),
    *(FindCoupon(code) for code in CODES),
    *(AskPeriod(till_no, "EUR", z_no, day) for till_no in (1, None) for z_no, day in PERIODS),
)


def bought(customer_no: str, sequence: int, total: int, buyer_id: str = "") -> ReceiptCompleted:
    return msgspec.structs.replace(receipt(1, sequence, total), customer_no=customer_no, buyer_id=buyer_id)


holds = st.sampled_from(["h1", "h2", "h3"])


codes = st.sampled_from(CODES)


resources = st.sampled_from(RESOURCES)


amounts = st.integers(1, 9)


customer_facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(UserSet, st.sampled_from(["anna", "chef"]), st.sampled_from(["Anna", "Carl"]),
              badge_hash=st.sampled_from(["", "b"]), removed=st.booleans()),
    st.builds(AuditLogged, st.sampled_from(["a1", "a2"]), st.just(1), st.just("login"),
              st.sampled_from(["anna", "chef"]), st.just("t"), st.just("2026-11-21")),
    st.builds(TrainingCompleted, st.sampled_from(["T1-000001", "T1-000002", "none"]),
              st.just(1), st.just("anna"), st.just("t"), amounts, amounts),
    st.builds(bought, st.sampled_from(["10001", "10002"]), st.integers(1, 2), amounts, st.sampled_from(["", "b1"])),
    st.builds(CustomerSet, st.sampled_from(["10001", "10002"]), st.sampled_from(["", "sealed", "sealed anew"]),
              st.sampled_from(["", "A"]), amounts, st.booleans(), st.booleans()),
    st.builds(CustomerForgotten, st.sampled_from(["10001", "10002"]), st.just("t"), st.just("chef"),
              st.sampled_from([(), ("10002",), ("b1", "b2")])),
    st.builds(ReceivablePaid, st.sampled_from(["p1", "p2"]), st.sampled_from(["10001", "10002"]), amounts,
              st.just("1-000001"), st.just("t"), st.just(1), st.sampled_from(["", "L1-000001"]), st.booleans()),
)  # fmt: skip


customers = st.sampled_from(["10001", "10002"])


orders = st.sampled_from(["O1", "O2"])


document_facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(OrderPlaced, orders, st.just(1), st.just("t"), st.just("anna"), st.just("EUR"),
              st.just((OrderLine("Leine", 1000, "Stk", 9, 9, vat_key="1"),)), amounts,
              st.sampled_from(["", "2026-12-01"]), customers),
    st.builds(OrderChanged, orders, st.just("t"), st.just(1),
              st.just((OrderLine("Futter", 2000, "Stk", 9, 18, vat_key="1"),)), amounts,
              st.sampled_from(["", "2026-12-02"]), customers),
    st.builds(OrderDeposited, orders, st.sampled_from(["1-000001", "2-000001"]), st.just("t"), amounts,
              amounts.map(lambda amount: (("1", 1900, amount),))),
    st.builds(OrderCancelled, orders, st.just("t"), st.just(1), st.sampled_from(["krank", "weg"]),
              st.sampled_from(["", "1-000001"])),
    st.builds(DeliveryNoteIssued, st.sampled_from(["D1", "D2"]), st.just("1-000001"), st.just(1), customers,
              st.just("t"), st.just("2026-11-21"), st.just("EUR"), amounts),
    st.builds(InvoiceOpened, st.sampled_from(["I1", "I2"]), customers, st.just(1), st.just("t"), st.just("EUR"),
              amounts, st.sampled_from([("D1",), ("D1", "D2")])),
    st.builds(InvoiceIssued, st.sampled_from(["I1", "I2"]), st.just(1), customers, st.just("t"),
              st.just("2026-11-21"), st.just("anna"), st.just("EUR"), amounts, st.just(())),
)  # fmt: skip


facts: st.SearchStrategy[Fact] = st.one_of(
    customer_facts,
    document_facts,
    st.builds(
        ArticleSet,
        ident_no=st.sampled_from(["1", "2"]),
        name=st.sampled_from(["Leine", "Napf"]),
        price_minor=amounts,
        currency=st.just("EUR"),
        vat_key=st.just("1"),
        barcodes=st.lists(st.sampled_from(["036000291452", "4006381333931", "X"]), unique=True, max_size=3).map(tuple),
    ),
    st.builds(
        PriceSet,
        ident_no=st.sampled_from(["1", "2"]),
        price_list=st.sampled_from([0, 1, 2]),
        price_minor=st.none() | amounts,
        valid_from=st.sampled_from(["", "2026-01-01", "someday"]),
        valid_until=st.sampled_from(["", "2026-12-31"]),
    ),
    st.builds(VatRateSet, st.sampled_from(["1", "2"]), st.sampled_from(["2020-01-01", "2021-01-01"]), amounts),
    st.builds(
        VoucherIssued, codes, st.just("multi_purpose"), amounts, st.just("EUR"), st.just("t"), st.just(1), st.just("r")
    ),
    st.builds(VoucherStated, codes, st.just("multi_purpose"), amounts, st.just("EUR"), st.just("t"),
              st.sampled_from(MEMBERS), st.integers(1, 2), st.just("TM1"), st.just("t")),
    st.builds(CouponStated, codes, st.sampled_from(["c1", "c2"]), st.just("t"), st.sampled_from(MEMBERS),
              st.integers(1, 2), st.just("TM1"), st.just("t")),
    st.builds(VoucherBlocked, codes, st.booleans(), st.sampled_from(["verloren", "gefunden"]), st.just("t"), st.just(1),
              st.just("anna")),
    st.builds(ResourceGranted, st.sampled_from(["g1", "g2"]), resources, amounts, st.just("t"), st.integers(1, 2),
              st.sampled_from(["", "1-000001"])),
    st.builds(ResourceHeld, holds, st.just("return/1-000001/1"), amounts, st.just("s"), st.integers(1, 2), st.just("t"),
              st.just(COVERAGE), st.just(5), amounts),
    st.builds(ResourceUsed, holds, st.just("return/1-000001/1"), amounts, st.just("2-000001"), st.just("t")),
    st.builds(CouponIssued, codes, st.sampled_from(["c1", "c2"]), st.just("t"), st.integers(1, 2), st.just("r")),
    st.builds(ResourceHeld, holds, resources, amounts, st.just("s"), st.just(1), st.just("t"), st.just(COVERAGE)),
    st.builds(ResourceHoldReleased, holds, resources, st.just("t"), st.sampled_from(["void", "broken"])),
    st.builds(OverdrawSettled, st.sampled_from(["o1", "o2"]), resources, holds, st.integers(0, 3), amounts,
              st.sampled_from(["written_off", "charged"]), st.just("x"), st.just("chef"), st.just(1), st.just("t")),
    st.builds(ResourceUsed, holds, resources, amounts, st.sampled_from(["1-000001", "2-000001"]), st.just("t")),
    st.builds(receipt, st.integers(1, 2), st.integers(1, 2), amounts, st.integers(0, 2)),
    st.builds(SaleAborted, st.just(1), st.sampled_from(["s1", "s2"]), st.just("t"), st.just("anna"), amounts, amounts,
              st.integers(0, 2)),
    st.builds(CashMoved, st.sampled_from(["m1", "m2", "m3"]), st.integers(1, 2), st.integers(1, 2),
              st.sampled_from(["opening_float", "pay_out", "difference"]), st.sampled_from(["EUR", "CHF"]),
              st.integers(-9, 9), st.just("t"), st.just("2026-11-21"), st.just("anna")),
    st.builds(CashCounted, st.sampled_from(["c1", "c2"]), st.integers(1, 2), st.just(1), st.just("t"),
              st.just("2026-11-21"), st.just("anna"), amounts.map(lambda amount: (CountedCash("EUR", amount),))),
    st.builds(z_report, st.integers(1, 2), st.integers(1, 2), amounts),
    st.builds(SaleParked, st.sampled_from(["P1", "P2"]), st.just("Tisch 5"), st.integers(1, 2), st.just("t"),
              st.just("anna"), st.just("EUR"), amounts, amounts, st.just("{}"), st.sampled_from(["s1", "s2"])),
)  # fmt: skip


def _come_to_the_same(
    pair: tuple[Books, Books],
    said: list[tuple[str, Fact]],
    seed: int,
    questions: Sequence[Question[Any]] = QUESTIONS,
) -> None:
    records = records_of(said)
    one, other = pair
    other.writer.rebuild([])
    for batch in arrival(records, random.Random(seed)):
        other.writer.apply(batch)
    assert one.writer.rebuild(records) == len(records)
    assert one.reader.fingerprint() == other.reader.fingerprint()
    assert one.writer.positions() == other.writer.positions()
    for code in CODES:
        assert one.reader.voucher(code) == other.reader.voucher(code)
    assert one.reader.overdraws() == other.reader.overdraws()
    for question in questions:
        assert one.reader.ask(question) == other.reader.ask(question), question


ASKED = len(QUESTIONS) // 3
"""Of each example: all rows have been compared before, and to ask everything takes six times as long as to fold."""


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), facts), max_size=25), st.integers(0, 2**32))
def test_any_order_and_any_repeats_give_the_same_books(
    two_books: tuple[Books, Books], said: list[tuple[str, Fact]], seed: int
) -> None:
    _come_to_the_same(two_books, said, seed, random.Random(seed).sample(QUESTIONS, ASKED))


@settings(max_examples=4)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), facts), max_size=25), st.integers(0, 2**32))
def test_any_order_and_any_repeats_give_the_same_books_on_a_server(
    both_books: tuple[Books, Books], said: list[tuple[str, Fact]], seed: int
) -> None:
    _come_to_the_same(both_books, said, seed)


def _come_to_the_same_in_groups(pair: tuple[Books, Books], sizes: list[int]) -> None:
    records = list(trading_day.records(3, 90))
    one, other = pair
    one.writer.rebuild([])
    while records:
        size = sizes[len(records) % len(sizes)]
        one.writer.apply(records[:size])
        del records[:size]
    other.writer.rebuild([])
    for record in trading_day.records(3, 90):
        other.writer.apply([record])
    assert one.reader.fingerprint() == other.reader.fingerprint()
    assert one.writer.positions() == other.writer.positions()
    assert one.reader.turnover(None, None).receipts == 90


@settings(max_examples=8)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_groups_of_any_size_give_the_same_books(two_books: tuple[Books, Books], sizes: list[int]) -> None:
    _come_to_the_same_in_groups(two_books, sizes)


@settings(max_examples=2)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_groups_of_any_size_give_the_same_books_on_a_server(both_books: tuple[Books, Books], sizes: list[int]) -> None:
    in_file, on_server = both_books
    _come_to_the_same_in_groups((on_server, in_file), sizes)
