"""Figures into rows: groups, sums, others, comparisons; nothing of it needs books."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app import text
from app.office.reports.definition import Layout, Query, Report
from app.office.reports.dimensions import DIMENSIONS
from app.office.reports.figures import Figures
from app.office.reports.laying_out import laid_out
from app.office.reports.surroundings import Surroundings
from app.office.reports.table import ReportTable

AROUND = Surroundings(
    "2026-08-02",
    branches={1: "fair"},
    device_groups={1: ("bar", "out"), 2: ("bar",)},
    names={"branch": {"fair": "Messe"}},
)


def table(
    layout: Layout, rows: dict[tuple[object, ...], list[int]], *sums: str, periods: int = 1, variable: str = ""
) -> ReportTable:
    keys = [
        *([variable] if variable else []),
        *layout.groups,
        *(key for key in layout.columns if key in ("till", "day", "cashier")),
    ]
    figures = Figures(keys, sums, (), periods, dict(rows))
    names = ["this", "that", "other"][:periods]
    return laid_out(Report("T", Query("receipts", variable=variable), layout), "T", "", figures, names, AROUND, "EUR")


def cells(made: ReportTable, *styles: str) -> list[tuple[object, ...]]:
    return [row.cells for row in made.rows if not styles or row.style in styles]


def test_groups_have_a_heading_their_lines_and_their_sum() -> None:
    made = table(
        Layout(("till", "turnover"), groups=("day",), blank_lines=True, before=("Hello",), after=("Bye",)),
        {("2026-08-02", 1): [5], ("2026-08-01", 2): [7], ("2026-08-01", 1): [3]},
        "turnover",
    )
    assert [(row.style, row.level, row.cells) for row in made.rows] == [
        ("text", 0, ("Hello", None)),
        ("group", 0, ("Day: 2026-08-01", None)),
        ("line", 1, (1, 3)),
        ("line", 1, (2, 7)),
        ("sum", 0, ("Sum 2026-08-01", 10)),
        ("blank", 0, (None, None)),
        ("group", 0, ("Day: 2026-08-02", None)),
        ("line", 1, (1, 5)),
        ("sum", 0, ("Sum 2026-08-02", 5)),
        ("blank", 0, (None, None)),
        ("total", 0, ("Total", 15)),
        ("text", 0, ("Bye", None)),
    ]


def test_days_and_months_in_headings_are_written_as_the_language_writes_them() -> None:
    text.use("de")
    made = table(Layout(("till", "turnover"), groups=("day",)), {("2026-08-01", 1): [3]}, "turnover")
    assert [row.cells[0] for row in made.rows] == ["Tag: 01.08.2026", 1, "Summe 01.08.2026", "Summe"]
    made = table(Layout(("till", "turnover"), groups=("month",)), {("2026-08", 1): [3]}, "turnover")
    assert [row.cells[0] for row in made.rows] == ["Monat: 08.2026", 1, "Summe 08.2026", "Summe"]


def test_what_the_program_calls_things_stands_in_words_of_the_language() -> None:
    text.use("de")
    said = {
        name: DIMENSIONS[name].label(AROUND, value)
        for name, value in (
            ("tender_name", "customer_credit"), ("voucher_kind", "multi_purpose"),
            ("business_case", "container_deposit"),
        )
    }  # fmt: skip
    assert list(said.values()) == ["Kundenkredit", "Mehrzweckgutschein", "Pfand"]


def test_an_average_of_all_is_not_the_sum_of_averages() -> None:
    layout = Layout(("till", "average"))
    made = table(layout, {(1,): [100, 3], (2,): [100, 1]}, "turnover", "receipts")
    assert cells(made)[:2] == [(1, 33), (2, 100)]
    assert cells(made)[2][1] == 50


def test_an_average_of_nothing_says_nothing() -> None:
    assert cells(table(Layout(("till", "average")), {(1,): [5, 0]}, "turnover", "receipts"))[0] == (1, None)


def test_shares_are_of_all_or_of_the_value_that_the_report_runs_through() -> None:
    rows = {("2026-08-01", 1): [25], ("2026-08-01", 2): [75], ("2026-08-02", 1): [100]}
    layout = Layout(("till", "share"))
    made = table(layout, rows, "turnover", variable="day")
    assert [row[1] for row in cells(made, "line", "sum", "total")] == [2500, 7500, 10000, 10000, 10000, 10000]
    grouped = table(Layout(("till", "share"), groups=("day",)), rows, "turnover")
    assert [row[1] for row in cells(grouped, "line", "sum", "total")] == [1250, 3750, 5000, 5000, 5000, 10000]


def test_two_periods_are_compared_column_by_column() -> None:
    made = table(Layout(("till", "turnover")), {(1,): [150, 100], (2,): [50, 0]}, "turnover", periods=2)
    assert [column.key for column in made.columns] == [
        "till", "turnover.1", "turnover.2", "turnover.difference", "turnover.change"
    ]  # fmt: skip
    assert cells(made)[:2] == [(1, 150, 100, 50, 5000), (2, 50, 0, 50, None)]
    assert cells(made)[2][1:] == (200, 100, 100, 10000)
    three = table(Layout(("till", "turnover")), {(1,): [1, 2, 3]}, "turnover", periods=3)
    assert [column.key for column in three.columns] == ["till", "turnover.1", "turnover.2", "turnover.3"]


def test_a_column_may_be_called_otherwise() -> None:
    layout = Layout(("till", "turnover"), headings={"till": "Register", "turnover": "Sold"})
    assert [column.heading for column in table(layout, {(1,): [1]}, "turnover").columns] == ["Register", "Sold"]


def test_nothing_says_so() -> None:
    made = table(Layout(("till", "turnover")), {}, "turnover")
    assert (made.rows, len(made.notes)) == ((), 1)


def test_without_sums_there_are_none() -> None:
    made = table(Layout(("till", "turnover"), groups=("day",), sums=False), {("2026-08-02", 1): [5]}, "turnover")
    assert [row.style for row in made.rows] == ["group", "line"]


ROWS = st.dictionaries(
    st.tuples(st.sampled_from(["2026-08-01", "2026-08-02"]), st.integers(1, 9), st.sampled_from(["anna", "bert"])),
    st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=2),
    max_size=25,
)


@given(ROWS, st.integers(0, 4), st.sampled_from(["", "turnover", "-turnover", "till", "-cashier"]))
def test_whatever_is_shown_adds_up(rows: dict[tuple[object, ...], list[int]], limit: int, order: str) -> None:
    layout = Layout(("till", "cashier", "turnover", "receipts"), groups=("day",), limit=limit, order=order)
    made = table(layout, rows, "turnover", "receipts")
    if not rows:
        assert not made.rows
        return
    for column in (2, 3):
        lines = sum(row.cells[column] or 0 for row in made.lines)  # type: ignore[misc]
        sums = sum(row.cells[column] or 0 for row in made.rows if row.style == "sum")  # type: ignore[misc]
        assert lines == sums == made.rows[-1].cells[column] == sum(values[column - 2] for values in rows.values())
    shown = [row for row in made.lines if row.cells[1] is not None]
    if order.endswith("turnover"):
        for day in ("2026-08-01", "2026-08-02"):
            mine = [row.cells[2] for row in shown if any(key[:3] == (day, row.cells[0], row.cells[1]) for key in rows)]
            if len({key[1:] for key in rows}) == len(rows):
                assert mine == sorted(mine, reverse=order[0] == "-")  # type: ignore[type-var]


def test_a_till_in_two_groups_is_counted_once() -> None:
    figures = Figures(("device_group",), ("turnover",), (), 1)
    found = [(1, 10), (2, 5), (3, 1)]
    figures.add(0, ("till",), found, AROUND, {})
    assert figures.rows == {(("bar", "out"),): [10], (("bar",),): [5], ((),): [1]}
    chosen = Figures(("branch",), ("turnover",), (), 1)
    chosen.add(0, ("till",), found, AROUND, {"device_group": frozenset({"bar"})})
    assert chosen.rows == {("fair",): [10], ("",): [5]}
    by_label = Figures((), ("turnover",), (), 1)
    by_label.add(0, ("till",), found, AROUND, {"branch": frozenset({"Messe"})})
    assert by_label.rows == {(): [10]}


def test_tenants_stand_beside_each_other() -> None:
    figures = Figures(("tenant", "till"), ("turnover",), (), 1)
    figures.add(0, ("till",), [(1, 10)], AROUND, {}, "own")
    figures.add(0, ("till",), [(1, 4)], AROUND, {}, "fair")
    assert figures.rows == {("own", 1): [10], ("fair", 1): [4]}
