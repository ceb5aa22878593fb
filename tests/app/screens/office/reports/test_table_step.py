"""A report's table on the screen: what stays, what scrolls, what is found."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from app.office.outputs.figures import MANNERS
from app.office.reports.table import ReportColumn, ReportTable, Row
from app.screens.office.reports.table_step import TableStep
from app.screens.tasks.steps import STRONG, TITLE, Action, Bad, Finished, Line
from tests.app.office.outputs.tables import EMPTY, GROUPED, by_day

GERMAN = MANNERS["de"]


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _style in line).rstrip() for line in lines]


def wide(columns: int, rows: int) -> ReportTable:
    names = tuple(ReportColumn(f"c{at}", f"Column {at}", "money", sum=True) for at in range(columns))
    lines = tuple(Row((f"row {row}", *range(row, row + columns))) for row in range(rows))
    return ReportTable("Wide", "", (ReportColumn("name", "Name", "text"), *names), lines, "EUR")


def test_sums_stand_out_and_groups_are_headings() -> None:
    lines = TableStep(GROUPED, GERMAN).lines(100, 20)
    styles = {text: line[0][1] for text, line in zip(texts(lines), lines, strict=True)}
    assert styles[" Food"] == TITLE
    assert [style for text, style in styles.items() if text.startswith(" Total")] == [STRONG]
    assert texts(lines)[0] == " 1.8. to 31.8.2026, all tills"
    assert texts(lines)[-1] == " Without training."
    assert "   Käsespätzle" in texts(lines)[3]


def test_headings_and_total_stay_while_days_pass_by() -> None:
    step = TableStep(by_day(100), GERMAN)
    for top, by in ((0, 0), (14, 1), (85, 10), (0, -20)):
        for _ in range(abs(by)):
            step.page(1 if by > 0 else -1, 18)
        lines = texts(step.lines(80, 18))
        assert step.top == top
        assert lines[1].split() == ["Day", "Receipts", "Gross", "EUR"]
        assert lines[-1].split() == ["Total", "5.050", "505.000,00"]
        assert len(lines) == 18
    assert step.title == "Turnover by day · 1-15/100"


def test_columns_that_do_not_fit_are_reached_by_a_key_and_the_first_stays() -> None:
    step = TableStep(wide(20, 3), GERMAN)
    seen: set[str] = set()
    for _ in range(25):
        heads = texts(step.lines(80, 10))[0]
        assert heads.startswith(" Name")
        seen |= set(heads.replace(" EUR", "").replace("Column ", "c").split())
        step.act(7, "")
    assert {f"c{at}" for at in range(20)} <= seen
    assert step.title == "Wide · columns 17-21 of 21"
    for _ in range(25):
        step.act(6, "")
        step.lines(80, 10)
    assert "Column 0 EUR" in texts(step.lines(80, 10))[0]
    assert "of 21" not in (step.lines(400, 10) and step.title)


def test_what_is_typed_is_found_around_the_end() -> None:
    step = TableStep(by_day(100), GERMAN)
    step.lines(80, 18)
    step.enter("6.200,00")
    assert step.top == 61
    step.enter("01.01.2026")
    assert step.top == 0
    assert step.enter("nowhere") == Bad("nothing_found", "nowhere")
    assert step.enter("") == Finished(None)


def test_an_action_of_whoever_shows_it_is_answered() -> None:
    step = TableStep(GROUPED, GERMAN, (Action(2, "chart", "Chart"),))
    assert step.act(2, "") == Finished("chart")
    assert step.act(2, "12") == Bad("entry_open")


def test_without_data_it_says_so() -> None:
    assert " There is nothing in this period." in texts(TableStep(EMPTY, GERMAN).lines(80, 18))


@settings(max_examples=30)
@given(
    st.integers(20, 200), st.integers(1, 60), st.lists(st.sampled_from(["up", "down", "<", ">", "page"]), max_size=30)
)
def test_whatever_the_size_and_keys_it_fits_and_shows_a_row(width: int, height: int, keys: list[str]) -> None:
    table = msgspec.structs.replace(wide(12, 40), notes=("A note.",))
    step = TableStep(table, GERMAN)
    for key in keys:
        step.lines(width, height)
        match key:
            case "up" | "down":
                step.move(-1 if key == "up" else 1, "")
            case "page":
                step.page(1, height)
            case _:
                step.act(6 if key == "<" else 7, "")
    lines = step.lines(width, height)
    assert 1 <= len(lines) <= height
    if height > 2:
        assert any("row" in text for text in texts(lines))
    assert all(cell_len(text) <= max(width, 40) for text in texts(lines))
