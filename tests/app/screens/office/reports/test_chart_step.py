"""A report's chart in characters."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.office.outputs.chart import Chart, Series, chart_of
from app.office.outputs.figures import MANNERS
from app.screens.office.reports.chart_step import ChartStep, ticks_of
from app.screens.tasks.steps import Bad, Finished
from tests.app.office.outputs.tables import by_day

GERMAN = MANNERS["de"]


def shown(chart: Chart, width: int = 80, height: int = 18) -> list[str]:
    return ["".join(text for text, _style in line) for line in ChartStep(chart, GERMAN).lines(width, height)]


def lying(values: list[int], others: list[int] | None = None) -> Chart:
    series = [Series("This", tuple(map(float, values)), tuple(map(str, values)))]
    if others is not None:
        series.append(Series("That", tuple(map(float, others)), tuple(map(str, others))))
    return Chart("T", "Count", "names", tuple(f"name {at}" for at in range(len(values))), tuple(series))


def test_a_bar_is_as_long_as_its_value_and_says_it() -> None:
    lines = shown(lying([100, 50, 0]))
    bars = [line.count("█") for line in lines]
    assert abs(bars[0] - 2 * bars[1]) <= 1
    assert bars[0] > 60
    assert bars[2] == 0
    assert [line.split()[-1] for line in lines] == ["100", "50", "0"]
    assert max(map(len, lines)) <= 80


def test_values_below_nothing_lie_to_the_left_of_it() -> None:
    above, below = shown(lying([30, -30]))
    assert above.index("█") == below.rindex("█") + 1
    assert abs(above.count("█") - below.count("█")) <= 1


def test_two_series_have_marks_of_their_own_and_say_which() -> None:
    lines = shown(lying([4, 2], [2, 4]))
    assert lines[0] == " █ This   ▒ That"
    assert abs(lines[2].count("▒") * 2 - lines[4].count("▒")) <= 1
    assert lines[2].startswith(" " * 8), "the label stands once"


def test_bars_that_do_not_fit_are_scrolled_to() -> None:
    step = ChartStep(lying(list(range(1, 26))), GERMAN)
    assert len(step.lines(80, 10)) == 10
    for _ in range(9):
        step.page(1, 10)
    assert "name 24" in "".join(text for line in step.lines(80, 10) for text, _style in line)


def test_days_stand_upright_with_round_numbers_beside_them_in_characters_of_every_console() -> None:
    for days in (5, 28, 90):
        chart = chart_of(by_day(days), GERMAN)
        assert chart is not None
        lines = shown(chart)
        assert len(lines) == 18
        assert max(map(len, lines)) <= 80
        assert "".join(lines).encode("cp437"), "consoles without a better font have these"
        assert "01.01.2026" in lines[-1]
        assert lines[0].startswith({5: "500", 28: "3.000", 90: "10.000"}[days])
        assert any("█" in line for line in lines) == (chart.style != "line")


def test_a_key_closes_it_and_nothing_is_typed() -> None:
    chart = chart_of(by_day(3), GERMAN)
    assert chart is not None
    step = ChartStep(chart, GERMAN)
    assert step.enter("") == Finished(None)
    assert step.enter("x") == Bad("nothing_to_type", "x")


@settings(max_examples=30)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5))
def test_round_numbers_go_from_below_the_smallest_to_above_the_largest(values: list[float]) -> None:
    ticks = ticks_of(values)
    assert ticks[0] <= min(0.0, *values)
    assert ticks[-1] >= max(0.0, *values)
    assert 2 <= len(ticks) <= 8


@settings(max_examples=30)
@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=40),
    st.sampled_from(["bars", "line", "names"]),
    st.integers(10, 120),
    st.integers(3, 40),
)
def test_whatever_the_values_and_the_size_it_fits(values: list[int], style: str, width: int, height: int) -> None:
    base = lying(values)
    chart = Chart(base.title, base.axis, style, base.labels, base.series)  # type: ignore[arg-type]
    lines = shown(chart, width, height)
    assert 1 <= len(lines) <= height
    assert all(len(line) <= max(width, 45) for line in lines)
