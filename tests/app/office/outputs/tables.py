"""A report as it comes out, for the tests of every output: groups, sums, a total, umlauts, and names that bite."""

from __future__ import annotations

from app.office.reports.table import ReportColumn, ReportTable, Row

COLUMNS = (
    ReportColumn("article", "Article", "text"),
    ReportColumn("day", "Day", "date"),
    ReportColumn("quantity", "Quantity", "quantity", sum=True),
    ReportColumn("receipts", "Receipts", "number"),
    ReportColumn("gross", "Gross", "money", sum=True),
    ReportColumn("vat", "VAT", "percent"),
)
NASTY = '=SUM(A1:A9);"Glühwein, groß" 5 €'
GROUPED = ReportTable(
    "Turnover by article",
    "1.8. to 31.8.2026, all tills",
    COLUMNS,
    (
        Row(("Food", None, None, None, None, None), 0, "group"),
        Row(("Käsespätzle", "2026-08-14", 12_000, 11, 123_456, 700), 1),
        Row(("Cheese by weight", "2026-08-14", 2_255, 4, 4_510, 700), 1),
        Row(("Food", None, 14_255, None, 127_966, None), 0, "sum"),
        Row((None, None, None, None, None, None), 0, "blank"),
        Row(("Drinks", None, None, None, None, None), 0, "group"),
        Row((NASTY, "2026-08-15", 3_000, 3, 1_500, 1900), 1),
        Row(("Deposit back", "2026-08-15", -5_000, 2, -1_000, None), 1),
        Row(("Drinks", None, -2_000, None, 500, None), 0, "sum"),
        Row(("A sentence across.", None, None, None, None, None), 0, "text"),
        Row(("Total", None, 12_255, None, 128_466, None), 0, "total"),
    ),
    "EUR",
    ("Without training.",),
)
EMPTY = ReportTable("Turnover by article", "2020", COLUMNS, (), "EUR", ("There is nothing in this period.",))


def by_day(days: int) -> ReportTable:
    """Turnover of so many days: day n has 100 n EUR and n receipts."""
    rows = [Row((f"2026-{1 + n // 28:02}-{1 + n % 28:02}", n + 1, 10_000 * (n + 1))) for n in range(days)]
    total = Row(("Total", days * (days + 1) // 2, 10_000 * days * (days + 1) // 2), 0, "total")
    columns = (
        ReportColumn("day", "Day", "date"),
        ReportColumn("receipts", "Receipts", "number", sum=True),
        ReportColumn("gross", "Gross", "money", sum=True),
    )
    return ReportTable("Turnover by day", "2026", columns, (*rows, total), "EUR")
