"""What the books answer."""

from __future__ import annotations

import msgspec

from app.books.questions.articles import ListVatRates
from app.books.questions.resources import ListMovements
from app.facts.circulation import (
    ResourceHeld,
    ResourceHoldReleased,
    ResourceUsed,
    VoucherIssued,
)
from app.facts.master import ArticleSet, VatRateSet
from tests.app.books.shelf import CODES, COVERAGE, RESOURCES, Books, receipt, records_of


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


def test_a_resources_movements_say_who_did_what_and_how_much_of_the_network_confirmed(books: Books) -> None:
    books.writer.apply(
        records_of(
            [
                ("a", VoucherIssued(CODES[0], "multi_purpose", 500, "EUR", "t1", 1, "1-000001")),
                ("a", ResourceHeld("h1", RESOURCES[0], 400, "s", 1, "t2", COVERAGE)),
                ("a", ResourceUsed("h1", RESOURCES[0], 300, "1-000002", "t3")),
                ("b", ResourceHeld("h2", RESOURCES[0], 50, "s", 2, "t4", COVERAGE)),
                ("b", ResourceHeld("h3", RESOURCES[0], 60, "s", 2, "t5", COVERAGE)),
                ("b", ResourceHoldReleased("h3", RESOURCES[0], "t6", "void")),
                ("c", ResourceUsed("h4", RESOURCES[0], 10, "3-000001", "t7")),
                ("a", ResourceHeld("h5", RESOURCES[1], 1, "s", 1, "t8", COVERAGE)),
            ]
        )
    )
    moved = books.reader.ask(ListMovements(RESOURCES[0]))
    assert [(each.at, each.what, each.amount, each.till_no, each.reference) for each in moved] == [
        ("t1", "granted", 500, 1, "1-000001"),
        ("t3", "used", 300, 1, "1-000002"),
        ("t4", "held", 50, 2, ""),
        ("t6", "released", 60, 2, ""),
        ("t7", "used", 10, 0, "3-000001"),
    ]
    assert [(each.promised, each.asked) for each in moved] == [(0, 0), (1, 2), (1, 2), (1, 2), (0, 0)]
    assert [each.at for each in books.reader.ask(ListMovements(RESOURCES[0], limit=1))] == ["t1", "t7"]


def test_every_vat_key_that_has_a_rate_on_the_day_is_listed(books: Books) -> None:
    rates = [VatRateSet("1", "2020-07-01", 1600), VatRateSet("1", "2021-01-01", 1900), VatRateSet("2", "2021-01-01", 7)]
    books.writer.apply(records_of([("a", rate) for rate in rates]))
    assert books.reader.ask(ListVatRates("2020-12-31")) == {"1": 1600}
    assert books.reader.ask(ListVatRates("2021-01-01")) == {"1": 1900, "2": 7}
