"""What enters the books, what does not, and how they come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.books.questions.coupons import FindCoupon
from app.books.questions.customers import FindCustomer
from app.books.reader import BooksReader
from app.books.schema import BooksDamaged, open_books
from app.books.versions import TABLE
from app.books.writer import BooksGap, BooksNotWritten, BooksWriter
from app.facts.circulation import (
    CouponsPrinted,
    CustomerSet,
    VoucherIssued,
)
from app.facts.master import PriceSet
from app.facts.sales import (
    TaxRow,
)
from replication.core.model import Feed
from tests.app.books.shelf import CODES, Books, receipt, record, records_of


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


def test_books_on_disk_come_back_and_those_of_before_alembic_begin_anew(tmp_path: Path) -> None:
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
        TABLE.drop(connection)
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


def test_a_full_disk_is_told_in_its_own_words_and_nothing_of_the_batch_is_there() -> None:
    books = Books()
    records = records_of([("a", PriceSet(str(number), 2, 100)) for number in range(5_000)])
    with books.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()
    with pytest.raises(BooksNotWritten, match=r"^database or disk is full$"):
        books.writer.apply(records)
    with books.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000").close()
    books.writer.apply(records)
    assert len(books.reader.all_prices()) == 5_000
    books.close()
