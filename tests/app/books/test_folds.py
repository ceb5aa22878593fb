"""The law of the books: any order of arrival and any number of repeats give the same rows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from app.books.questions import Question
from app.books.questions.audit import ListAudit
from app.books.questions.cash import AskDrawers
from app.books.questions.coupons import FindCoupon
from app.books.questions.customers import FindCustomer
from app.books.questions.numbers import LastNumbers
from app.books.questions.orders import FindOrder, ListOrders
from app.books.questions.parked import AskParked
from app.books.questions.periods import AskPeriod, AskTills, AskZReports
from app.books.questions.receivables import FindInvoice, FindReceivable, ListDeliveryNotes, ListOpenItems
from app.books.questions.users import FindBadge, HasUsers, ListUsers
from app.books.reader import BooksReader
from app.books.schema import BooksDamaged, open_books
from app.books.tables.base import meta, metadata
from app.books.writer import BooksGap, BooksWriter
from app.domain.number_range import Span
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import (
    ClaimCoverage,
    CouponIssued,
    CouponsPrinted,
    CustomerForgotten,
    CustomerSet,
    DeliveryNoteIssued,
    InvoiceOpened,
    OrderCancelled,
    OrderDeposited,
    OrderLine,
    OrderPlaced,
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
    ReceiptLine,
    SaleAborted,
    TaxRow,
    TenderRow,
    TrainingCompleted,
    ZReportClosed,
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
PERIODS = ((1, None), (2, None), (None, "2026-11-21"), (None, None))
COVERAGE = ClaimCoverage(complete=False, promised=("b",), missing=("c",))


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
    """Books in memory."""

    def __init__(self) -> None:
        self.engine: Engine = create_engine("sqlite://", poolclass=StaticPool)
        metadata.create_all(self.engine)
        self.writer = BooksWriter(self.engine)
        self.reader = BooksReader(self.engine)

    def close(self) -> None:
        self.engine.dispose()


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


@pytest.fixture(scope="module")
def two_books() -> Iterator[tuple[Books, Books]]:
    """Emptied by each example; made once, because making tables is slow."""
    pair = Books(), Books()
    yield pair
    for each in pair:
        each.close()


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


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), facts), max_size=25), st.integers(0, 2**32))
def test_any_order_and_any_repeats_give_the_same_books(
    two_books: tuple[Books, Books], said: list[tuple[str, Fact]], seed: int
) -> None:
    records = records_of(said)
    one, other = two_books
    other.writer.rebuild([])
    for batch in arrival(records, random.Random(seed)):
        other.writer.apply(batch)
    assert one.writer.rebuild(records) == len(records)
    assert one.reader.fingerprint() == other.reader.fingerprint()
    assert one.writer.positions() == other.writer.positions()
    for code in CODES:
        assert one.reader.voucher(code) == other.reader.voucher(code)
    assert one.reader.overdraws() == other.reader.overdraws()
    for question in QUESTIONS:
        assert one.reader.ask(question) == other.reader.ask(question), question


def test_leading_zeros_of_an_ident_number_need_not_be_typed(books: Books) -> None:
    articles = [ArticleSet("0042", "Napf", 1, "EUR", "1"), ArticleSet("42", "Leine", 1, "EUR", "1")]
    books.writer.apply(records_of([("a", article) for article in articles]))
    names = {code: getattr(books.reader.article(code), "name", None) for code in ("42", "0042", "042", "00042", "4")}
    assert names == {"42": "Leine", "0042": "Napf", "042": "Leine", "00042": "Leine", "4": None}


def test_the_newest_article_wins_with_its_barcodes_whatever_came_first(books: Books) -> None:
    old = ArticleSet("1", "alt", 100, "EUR", "1", barcodes=("4006381333931",))
    new = ArticleSet("1", "neu", 200, "EUR", "1", barcodes=("036000291452",))
    first, second = records_of([("a", old), ("b", old), ("b", new)])[0], records_of([("b", new), ("b", new)])
    books.writer.apply([msgspec.structs.replace(second[0], hlc="9" * 16 + "-00000")])
    books.writer.apply([first])
    found = books.reader.article("1")
    assert found is not None
    assert (found.name, found.price_minor) == ("neu", 200)
    assert books.reader.article("4006381333931") is None
    assert books.reader.article("036000291452") == books.reader.article("0036000291452") == found


def test_of_two_articles_with_one_barcode_the_newest_is_found(books: Books) -> None:
    books.writer.apply(
        records_of([("a", ArticleSet(ident, ident, 1, "EUR", "1", ("4006381333931",))) for ident in ("1", "2", "3")])
    )
    found = books.reader.article("4006381333931")
    assert found is not None
    assert found.ident_no == "3"


def test_a_redemption_beats_a_release(books: Books) -> None:
    books.writer.apply(
        records_of(
            [
                ("a", VoucherIssued(CODES[0], "multi_purpose", 500, "EUR", "t", 1, "1-000001")),
                ("a", ResourceHeld("h1", RESOURCES[0], 300, "s", 1, "t", COVERAGE)),
                ("b", ResourceHoldReleased("h1", RESOURCES[0], "t", "broken by a supervisor")),
            ]
        )
    )
    freed = books.reader.voucher(CODES[0])
    assert freed is not None
    assert freed.balance_minor == 500
    records = records_of([("a", ResourceUsed("h1", RESOURCES[0], 300, "1-000002", "t"))])
    books.writer.apply([msgspec.structs.replace(records[0], seq=3)])
    used = books.reader.voucher(CODES[0])
    assert used is not None
    assert (used.balance_minor, used.redeemed_minor, used.held_minor, used.state) == (200, 300, 0, "open")


def test_an_overdraw_names_every_use_with_its_coverage(books: Books) -> None:
    books.writer.apply(
        records_of(
            [
                ("a", VoucherIssued(CODES[0], "multi_purpose", 500, "EUR", "t", 1, "1-000001")),
                ("a", ResourceHeld("h1", RESOURCES[0], 400, "s", 1, "t1", COVERAGE)),
                ("a", ResourceUsed("h1", RESOURCES[0], 400, "1-000002", "t")),
                ("b", ResourceHeld("h2", RESOURCES[0], 300, "s", 2, "t2", COVERAGE)),
            ]
        )
    )
    (found,) = books.reader.overdraws()
    assert (found["resource"], found["amount"]) == (f"voucher/{CODES[0]}", 200)
    assert [(use["receipt_no"], use["till_no"], use["amount"]) for use in found["uses"]] == [
        ("1-000002", 1, 400),
        ("", 2, 300),
    ]
    assert all(use["coverage"] == COVERAGE for use in found["uses"])
    view = books.reader.voucher(CODES[0])
    assert view is not None
    assert (view.state, view.balance_minor) == ("overdrawn", -200)


def test_what_cannot_be_read_is_counted_and_stops_nobody(books: Books) -> None:
    good = records_of([("a", VoucherIssued(CODES[0], "multi_purpose", 500, "EUR", "t", 1, "r"))])[0]
    books.writer.apply(
        [
            record("a", 1, "voucher.framed/7", {}),
            record("a", 2, "voucher.framed/7", {}),
            record("a", 3, "voucher.issued/1", {"code": 7}),
            record("a", 4, "article.set/1", {}),
            record("a", 5, "voucher.issued/1", good.body),
        ]
    )
    books.writer.apply([record("a", 6, "voucher.framed/7", {})])
    assert books.reader.voucher_codes() == (CODES[0],)
    assert books.writer.positions() == {Feed("a", "circulation"): 6}
    assert books.reader.passed_over() == {
        ("voucher.framed/7", "unknown_kind"): 3,
        ("voucher.issued/1", "unreadable"): 1,
        ("article.set/1", "wrong_feed"): 1,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"total_minor": 1}, {"till_no": 9}, {"receipt_no": "no number"}, {"tenders": ()}, {"tax_table": ()},
        {"tax_table": (TaxRow("1", 0, 300, 301, 0), TaxRow("2", 0, 200, 199, 0))},
    ],
)  # fmt: skip
def test_a_receipt_that_does_not_add_up_never_enters(books: Books, change: dict[str, Any]) -> None:
    bad = msgspec.structs.replace(receipt(1, 1, 500), **change)
    books.writer.apply(records_of([("a", bad), ("a", receipt(1, 2, 300))]))
    assert books.reader.turnover(None, None).gross_minor == 300
    assert books.reader.passed_over() == {("receipt.completed/1", "unreadable"): 1}


def test_a_gap_is_refused_and_nothing_of_the_batch_is_written(books: Books) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3)])
    with pytest.raises(BooksGap):
        books.writer.apply([records[0], records[2]])
    assert books.writer.positions() == {}
    assert books.reader.turnover(None, None).receipts == 0


def test_turnover_by_till_day_rate_and_tender(books: Books) -> None:
    other_day = msgspec.structs.replace(receipt(1, 2, 700), business_day="2026-11-22")
    books.writer.apply(records_of([("a", receipt(1, 1, 500)), ("b", receipt(2, 1, 300)), ("a", other_day)]))
    every = books.reader.turnover(None, None)
    assert (every.gross_minor, every.receipts, every.currency) == (1500, 3, "EUR")
    assert every.by_vat == (("0", 0, 1500, 1500, 0),)
    assert every.by_tender == (("cash", 1500),)
    assert books.reader.turnover(1, None).gross_minor == 1200
    assert books.reader.turnover(1, "2026-11-21").gross_minor == 500
    nothing = books.reader.turnover(3, None)
    assert (nothing.gross_minor, nothing.receipts, nothing.by_vat) == (0, 0, ())
    assert books.reader.last_receipt_sequence(1) == 2
    assert books.reader.last_receipt_sequence(3) == 0


def test_search_finds_words_in_name_ident_barcode_and_group(books: Books) -> None:
    books.writer.apply(
        records_of(
            [
                ("a", ArticleSet("1", "Vogelfutter 50 %", 1, "EUR", "1", ("4006381333931",), ("Käfig",))),
                ("a", ArticleSet("2", "Futternapf", 1, "EUR", "1")),
            ]
        )
    )

    def found(text: str) -> list[str]:
        return [view.ident_no for view in books.reader.search_articles(text, 10)]

    assert found("FUTTER") == ["2", "1"]
    assert found("futter vogel") == found("63813") == found("KÄFIG") == found("50 %") == ["1"]
    assert found("_") == found("Hund") == []
    assert [view.ident_no for view in books.reader.search_articles("", 1)] == ["2"]


def test_rates_by_day(books: Books) -> None:
    books.writer.apply(
        records_of([("a", VatRateSet("1", "2020-07-01", 1600)), ("a", VatRateSet("1", "2021-01-01", 1900))])
    )
    assert [books.reader.vat_rate_bp("1", day) for day in ("2020-06-30", "2020-12-31", "2026-01-01")] == [
        None,
        1600,
        1900,
    ]
    assert books.reader.vat_keys() == ("1",)


def test_books_on_disk_come_back_and_another_version_begins_anew(tmp_path: Path) -> None:
    place = tmp_path / "books.sqlite"
    records = records_of([("a", receipt(1, 1, 500)), ("b", receipt(2, 1, 300))])
    engine = open_books(place)
    BooksWriter(engine).apply(records)
    before = BooksReader(engine).fingerprint()
    engine.dispose()
    engine = open_books(place)
    assert BooksReader(engine).fingerprint() == before
    assert BooksWriter(engine).positions() == {Feed("a", "sales"): 1, Feed("b", "sales"): 1}
    with engine.begin() as connection:
        connection.execute(meta.update().values(value="of another version"))
    engine.dispose()
    engine = open_books(place)
    writer = BooksWriter(engine)
    assert writer.positions() == {}
    writer.apply(records)
    assert BooksReader(engine).fingerprint() == before
    engine.dispose()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    place = tmp_path / "books.sqlite"
    place.write_bytes(b"no database at all " * 100)
    with pytest.raises(BooksDamaged, match=r"books\.sqlite"):
        open_books(place)


def test_a_failed_rebuild_leaves_the_old_books(books: Books) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in (1, 2, 3)])
    books.writer.apply(records)
    before = books.reader.fingerprint()
    with pytest.raises(BooksGap):
        books.writer.rebuild([records[0], records[2]])
    assert books.reader.fingerprint() == before
    assert books.writer.positions() == {Feed("a", "sales"): 3}


def test_a_price_that_cannot_be_is_passed_over(books: Books) -> None:
    bad = [PriceSet("1", 16, 5), PriceSet("1", 1, -5), PriceSet("1", 1, 5, "soon"), PriceSet("a b", 1, 5)]
    books.writer.apply(records_of([("a", each) for each in bad]))
    assert books.reader.passed_over() == {("price.set/1", "unreadable"): 4}


def test_paper_that_somebody_journals_changes_nothing_and_stops_nothing(books: Books) -> None:
    sheet = CouponsPrinted("ten", "Zehn Prozent", ("5ABCDEFGH1230",), "2026-11-21T10:00:00.000Z", 1)
    books.writer.apply(records_of([("a", sheet), ("a", CustomerSet("10001"))]))
    assert books.reader.ask(FindCoupon("5ABCDEFGH1230")) is None
    assert books.reader.ask(FindCustomer("10001")) is not None
