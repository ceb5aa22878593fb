"""What of a report is drawn."""

from __future__ import annotations

import msgspec

from app.office.outputs.chart import BARS_MOST, LINE_MOST, NAMES_MOST, chart_of
from app.office.outputs.figures import MANNERS
from app.office.reports.table import ReportColumn, ReportTable, Row
from tests.app.office.outputs.tables import EMPTY, GROUPED, by_day

GERMAN = MANNERS["de"]


def test_lines_are_drawn_in_the_first_summed_amount() -> None:
    chart = chart_of(GROUPED, GERMAN)
    assert chart is not None
    assert (chart.style, chart.axis) == ("names", "Gross EUR")
    assert list(zip(chart.labels, chart.series[0].values, chart.series[0].said, strict=True))[:2] == [
        ("Käsespätzle", 1234.56, "1.234,56"),
        ("Cheese by weight", 45.1, "45,10"),
    ]


def test_a_number_is_drawn_with_its_name_or_what_it_is_the_number_of() -> None:
    columns = (
        ReportColumn("article", "Ident no.", "text"),
        ReportColumn("article_name", "Article", "text"),
        ReportColumn("n", "Count", "number", sum=True),
    )
    named = chart_of(
        ReportTable("T", "", columns, (Row(("201", "Bratwurst", 5)), Row(("101", "Pils", 4))), "EUR"), GERMAN
    )
    assert named is not None
    assert named.labels == ("Bratwurst", "Pils")
    tills = (ReportColumn("till", "Till", "number"), ReportColumn("gross", "Gross", "money", sum=True))
    numbered = chart_of(ReportTable("T", "", tills, (Row((1, 5)), Row((2, 5))), "EUR"), GERMAN)
    assert numbered is not None
    assert numbered.labels == ("Till 1", "Till 2")


def test_days_are_bars_and_many_days_a_line() -> None:
    few, many = chart_of(by_day(BARS_MOST), GERMAN), chart_of(by_day(BARS_MOST + 1), GERMAN)
    assert few is not None
    assert many is not None
    assert (few.style, many.style) == ("bars", "line")
    assert few.labels[0] == "01.01.2026"
    assert few.series[0].values[:2] == (100.0, 200.0)
    assert len(many.series[0].values) == BARS_MOST + 1, "the total is no day"


def test_more_days_than_can_be_told_apart_are_not_drawn() -> None:
    table = by_day(100)
    many = msgspec.structs.replace(table, rows=table.lines * (LINE_MOST // 100))
    assert chart_of(many, GERMAN) is not None
    assert chart_of(msgspec.structs.replace(many, rows=(*many.rows, table.rows[0])), GERMAN) is None


def test_another_column_may_be_drawn_and_one_that_is_none_is_not() -> None:
    by_receipts = chart_of(by_day(3), GERMAN, "receipts")
    assert by_receipts is not None
    assert (by_receipts.axis, by_receipts.series[0].values) == ("Receipts", (1.0, 2.0, 3.0))
    assert chart_of(by_day(3), GERMAN, "day") is None
    assert chart_of(EMPTY, GERMAN) is None


def test_of_many_names_the_largest_are_drawn_in_their_order_and_the_rest_is_counted() -> None:
    columns = (ReportColumn("name", "Name", "text"), ReportColumn("count", "Count", "number"))
    rows = tuple(Row((f"number {value}", value)) for value in range(100))
    chart = chart_of(ReportTable("T", "", columns, rows, "EUR"), GERMAN)
    assert chart is not None
    assert chart.labels == tuple(f"number {value}" for value in range(100 - NAMES_MOST, 100))
    assert chart.left_out == 100 - NAMES_MOST


def test_lines_of_one_name_get_the_next_columns_too() -> None:
    columns = (ReportColumn("till", "Till", "text"), ReportColumn("z", "Z", "text"), ReportColumn("n", "N", "number"))
    rows = (Row(("Till 1", "Z 1", 5)), Row(("Till 1", "Z 2", 6)), Row(("Till 2", "Z 1", None)))
    chart = chart_of(ReportTable("T", "", columns, rows, "EUR"), GERMAN)
    assert chart is not None
    assert chart.labels == ("Till 1 Z 1", "Till 1 Z 2"), "what has no value is not drawn"


def test_periods_that_are_compared_are_drawn_beside_each_other() -> None:
    columns = (
        ReportColumn("weekday", "Weekday", "text"),
        ReportColumn("turnover.1", "Turnover August", "money", sum=True),
        ReportColumn("turnover.2", "Turnover July", "money", sum=True),
        ReportColumn("turnover.difference", "Difference", "money", sum=True),
    )
    rows = (Row(("Monday", 100, 300, -200)), Row(("Tuesday", 400, None, None)))
    chart = chart_of(ReportTable("T", "", columns, rows, "EUR"), GERMAN)
    assert chart is not None
    assert [(series.name, series.values) for series in chart.series] == [
        ("Turnover August", (1.0, 4.0)),
        ("Turnover July", (3.0, 0.0)),
    ]


def test_hours_stand_upright_or_are_a_line_and_groups_lose_what_all_begin_with() -> None:
    columns = (ReportColumn("hour", "Hour", "text"), ReportColumn("n", "Count", "number", sum=True))
    hours = ReportTable("T", "", columns, tuple(Row((f"{hour}:00", hour)) for hour in range(24)), "EUR")
    upright, line = chart_of(hours, GERMAN), chart_of(hours, GERMAN, wanted="lines")
    assert upright is not None
    assert line is not None
    assert (upright.style, line.style) == ("bars", "line")
    rows = tuple(
        row
        for name in ("North", "South: old")
        for row in (Row((f"Branch: {name}", None), 0, "group"), Row(("a", 1), 1), Row((f"Sum {name}", 1), 0, "sum"))
    )
    grouped = chart_of(ReportTable("T", "", columns, rows, "EUR"), GERMAN)
    assert grouped is not None
    assert grouped.labels == ("North", "South: old"), "the lines are called alike"
    days = chart_of(
        ReportTable("T", "", (ReportColumn("day", "Day", "date"), columns[1]), rows, "EUR"),
        GERMAN,
    )
    assert days is not None
    assert (days.style, days.labels) == ("names", ("North", "South: old"))


def test_yen_are_drawn_as_they_are() -> None:
    chart = chart_of(msgspec.structs.replace(by_day(1), currency="JPY"), GERMAN)
    assert chart is not None
    assert chart.series[0].values == (10_000.0,)
