"""Reports on SQLite, PostgreSQL and DuckDB over Parquet, against sums reckoned from the facts in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from app.facts.sales import ReceiptCompleted
from app.office.reports.definition import Layout, Query, Report
from app.office.reports.predefined import PREDEFINED
from app.office.reports.running import Asked, run
from app.office.reports.table import Cell, ReportTable
from app.text import use
from tests.app.office.reports.shop import receipts

RECEIPTS = receipts(1, 60)
Sums = dict[tuple[Cell, ...], tuple[Cell, ...]]


@pytest.fixture(params=["sqlite", "postgresql", "duckdb"])
def books(request: pytest.FixtureRequest) -> Asked:
    found: Asked = request.getfixturevalue(f"{request.param}_books")
    return found


def made(books: Asked, source: str, *columns: str, **query: object) -> ReportTable:
    asked = Query(source, **query)  # type: ignore[arg-type]
    return run(Report("A test", asked, Layout(columns)), [books], "EUR")


def by_key(table: ReportTable, keys: int) -> Sums:
    return {row.cells[:keys]: row.cells[keys:] for row in table.lines}


def summed(rows: Iterator[tuple[tuple[Cell, ...], tuple[int, ...]]]) -> Sums:
    sums: dict[tuple[Cell, ...], Counter[int]] = {}
    width = 0
    for key, amounts in rows:
        width = len(amounts)
        sums.setdefault(key, Counter()).update(dict(enumerate(amounts)))
    return {key: tuple(counted[at] for at in range(width)) for key, counted in sums.items()}


def goods(receipt: ReceiptCompleted) -> int:
    return sum(line.gross_minor for line in receipt.lines if line.business_case == "sale")


def test_receipts_by_day_and_till(books: Asked) -> None:
    expected = summed(
        ((receipt.business_day, receipt.till_no), (1, goods(receipt), receipt.total_minor)) for receipt in RECEIPTS
    )
    table = made(books, "receipts", "day", "till", "receipts", "turnover", "total")
    assert by_key(table, 2) == expected
    total = table.rows[-1]
    assert (total.style, total.cells[4]) == ("total", sum(receipt.total_minor for receipt in RECEIPTS))


def test_goods_by_group_article_and_cashier(books: Asked) -> None:
    expected = summed(
        (
            (line.article_groups[0], line.article_groups[1] if line.article_groups[1:] else "", line.ident_no, who),
            (line.quantity_milli, line.gross_minor, sum(each.amount_minor for each in line.discounts)),
        )
        for receipt in RECEIPTS
        for who in (receipt.cashier,)
        for line in receipt.lines
        if line.business_case == "sale"
    )
    table = made(
        books, "goods", "article_group", "article_group_2", "article", "cashier", "quantity", "turnover", "discounts"
    )
    assert by_key(table, 4) == expected


def test_vat_of_one_till_in_a_month(books: Asked) -> None:
    expected = summed(
        ((row.vat_key, row.vat_rate_bp), (row.gross_minor, row.net_minor, row.tax_minor))
        for receipt in RECEIPTS
        if receipt.till_no == 2 and receipt.business_day.startswith("2026-08")
        for row in receipt.tax_table
    )
    where = {"till": (2,)}
    table = made(books, "taxes", "vat_key", "vat_rate", "gross", "net", "tax", period="this_month", where=where)
    assert by_key(table, 2) == expected


def test_both_ends_of_a_period_are_inside_and_two_periods_stay_apart(books: Asked) -> None:
    def of(*days: str) -> int:
        return sum(goods(receipt) for receipt in RECEIPTS if receipt.business_day in days)

    span = {"start": "2026-07-31", "until": "2026-08-01"}
    table = made(books, "receipts", "turnover", compare="previous", **span)
    assert table.lines[0].cells[:2] == (of("2026-07-31", "2026-08-01"), of("2026-07-30", "2026-07-29"))
    table = made(books, "receipts", "turnover", start="2026-08-02", until="2026-08-02", compare="year_before")
    assert table.lines[0].cells[:2] == (of("2026-08-02"), of("2025-08-02"))


def test_tenders_without_their_change(books: Asked) -> None:
    expected = summed(
        ((tender.tender,), (0 if tender.role == "change" else 1, tender.amount_minor))
        for receipt in RECEIPTS
        for tender in receipt.tenders
    )
    assert by_key(made(books, "tenders", "tender", "payments", "amount"), 1) == expected


def test_what_is_chosen_may_hold_a_quote_or_anything(books: Asked) -> None:
    expected = sum(goods(receipt) for receipt in RECEIPTS if receipt.cashier == "O'Neill")
    where = {"cashier": ("O'Neill", "'; DROP TABLE receipts; --", "\\", "%s %(x)s ?")}
    assert by_key(made(books, "receipts", "cashier", "turnover", where=where), 1) == {("O'Neill",): (expected,)}


@pytest.fixture(scope="module")
def on_sqlite(sqlite_books: Asked) -> dict[str, ReportTable]:
    use("en")  # before any test has begun
    return {name: run(report, [sqlite_books], "EUR") for name, report in PREDEFINED.items()}


@pytest.mark.parametrize("other", ["postgresql", "duckdb"])
def test_every_predefined_report_says_the_same_on_every_engine(
    other: str, on_sqlite: dict[str, ReportTable], request: pytest.FixtureRequest
) -> None:
    books: Asked = request.getfixturevalue(f"{other}_books")
    for name, report in PREDEFINED.items():
        assert run(report, [books], "EUR") == on_sqlite[name], name


Ask = Callable[[str], list[tuple[Cell, ...]]]


@pytest.fixture
def lines(on_sqlite: dict[str, ReportTable]) -> Ask:
    return lambda name: [row.cells for row in on_sqlite[name].lines]


def test_the_ledger_is_reported_as_it_stands(lines: Ask) -> None:
    assert [(row[0], *row[5:]) for row in lines("vouchers-outstanding")] == [
        ("7K3M9QXA0PWTB", 2500, 1000, 300, 1200),
        ("0000000000001", 1000, 1200, 0, -200),
    ]
    assert lines("coupons-issued")[1][2:] == (1, 1)
    assert lines("overdraws") == [("voucher/0000000000001", "2026-08-01", 200, 0)]
    assert lines("credits") == [("10001", "10001", 10_000, 7_000, 2_500, 4_500)]
    assert lines("deposits") == [("O1", "10002", "2026-08-01", "2026-08-20", 4_000, 4_000)]
    assert lines("delivery-notes") == [("2026-08-01", "D1", "1-D1", 1_200, 1_200)]
    assert lines("z-reports") == [(1, "Z1-1", "2026-08-01", "anna", 3, 1_234)]
    assert lines("cash-differences") == [("2026-08-01", 1, "anna", -85)]


def test_articles_that_nobody_bought_are_the_slowest(lines: Ask) -> None:
    assert lines("slow-sellers")[0] == ("901", "Nie gekauft", 0, 0)


def test_coupons_are_reported_with_what_they_took_off(lines: Ask) -> None:
    off = [
        discount.amount_minor
        for receipt in RECEIPTS
        for line in receipt.lines
        for discount in line.discounts
        if discount.rule == "coupon" and receipt.business_day.startswith("2026-08")
    ]
    assert lines("coupons-used") == [("summer", "Sommer", len(off), sum(off))]
