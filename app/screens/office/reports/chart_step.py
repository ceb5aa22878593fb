"""A report's chart on the screen, in characters that every console has: upright bars and lines by plotext, lying bars
with their values beside them by ourselves. It is painted as lines of a step, like everything here: a widget of plotext
would need the focus.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from rich.cells import cell_len

from app.office.outputs.chart import Chart
from app.office.outputs.figures import Manner
from app.office.outputs.picture import left_out, scale_word
from app.screens.cells import left, right
from app.screens.tasks.steps import SOFT, STRONG, TITLE, Action, Bad, Finished, Line, Outcome, Stays, Step
from app.text import gettext as _

BARS = "█▒░▓"
"""What the bars of each series are made of."""
POINTS = "#o+x"
"""What their lines are made of."""
NAME_MOST = 26
LABEL_GAP = 2
TICKS = 5
NARROWEST, LOWEST = 30, 6
"""Below that many columns and rows nothing can be drawn upright."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PLAIN = str.maketrans({"─": "-", "│": "|", **dict.fromkeys("┌┐└┘├┤┬┴┼", "+")})
"""Consoles' fonts lack lines."""


class ChartStep(Step):
    """Answers the name of an action, or None (Enter or Esc)."""

    def __init__(self, chart: Chart, manner: Manner, actions: Sequence[Action] = ()) -> None:
        super().__init__(f"{chart.title} · {chart.axis}", _("Enter or Esc closes"), actions)
        self._chart, self._manner = chart, manner
        self._top = 0
        self._room = 1

    def enter(self, text: str) -> Outcome:
        """Close it."""
        return Bad("nothing_to_type", text[:20]) if text else Finished(None)

    def move(self, by: int, text: str) -> Outcome:  # noqa: ARG002 - nothing is typed here
        """Other bars, where not all fit."""
        self._top = max(0, self._top + by)
        return Stays()

    def page(self, by: int, height: int) -> None:  # noqa: ARG002 - the bars' own room counts
        """A page."""
        self.move(by * max(1, self._room - 1), "")

    def lines(self, width: int, height: int) -> list[Line]:
        """The chart; which mark is which, where there are several; what was left out."""
        chart = self._chart
        shown: list[Line] = []
        below: list[Line] = [((f" {said}", SOFT),)] if (said := left_out(chart)) else []
        several = len(chart.series) > 1
        room = height - several - len(below)
        lying = chart.style == "names" or width < NARROWEST or room < LOWEST
        if several:
            marks = POINTS if chart.style == "line" and not lying else BARS
            named = "   ".join(f"{mark} {each.name}" for mark, each in zip(marks, chart.series, strict=False))
            shown.append(((f" {named}", TITLE),))
        if lying:
            shown += self._names(width, room)
        else:
            shown += [((line, ""),) for line in upright(chart, self._manner, width, room)]
        return [*shown, *below][:height]

    def _names(self, width: int, height: int) -> list[Line]:
        """A line a bar: label, bar, value; the bars to the left of nothing where a value is below it."""
        chart = self._chart
        bars = [(number, at) for at in range(len(chart.labels)) for number in range(len(chart.series))]
        self._room = max(1, height)
        self._top = max(0, min(self._top, len(bars) - self._room))
        beside = min(NAME_MOST, max(map(cell_len, chart.labels)))
        value = max(cell_len(said) for series in chart.series for said in series.said)
        room = max(1, width - beside - value - 4)
        low = min(0.0, *(min(series.values) for series in chart.series))
        high = max(0.0, *(max(series.values) for series in chart.series))
        scale = room / ((high - low) or 1)
        zero = round(-low * scale)
        shown: list[Line] = []
        for number, at in bars[self._top : self._top + self._room]:
            series = chart.series[number]
            end = round((series.values[at] - low) * scale)
            begin, end = min(zero, end), max(zero, end)
            bar = " " * begin + BARS[number] * (end - begin)
            name = chart.labels[at] if number == 0 else ""
            shown.append(
                ((f" {left(name, beside)} ", ""), (left(bar, room), STRONG), (f" {right(series.said[at], value)}", ""))
            )
        return shown


def upright(chart: Chart, manner: Manner, width: int, height: int) -> list[str]:
    """Bars beside each other, or a line, over their labels: ``height`` lines of ``width`` characters."""
    import plotext

    places = list(range(1, len(chart.labels) + 1))
    values = [list(series.values) for series in chart.series]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.frame(False)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    if chart.style == "line":
        for mark, series in zip(POINTS, values, strict=False):
            plotext.plot(places, series, marker=mark)
    elif len(values) == 1:
        plotext.bar(places, values[0], marker=BARS[0], width=0.7)
    else:
        plotext.multiple_bar(places, values, marker=list(BARS[: len(values)]), width=0.8)
    ticks = ticks_of([value for series in values for value in series])
    plotext.ylim(ticks[0], ticks[-1])
    said = [scale_word(tick, manner) for tick in ticks]
    plotext.yticks(ticks, said)
    longest = max(map(cell_len, chart.labels)) + LABEL_GAP
    fit = max(1, (width - max(map(len, said)) - 1) // longest)
    every = -(-len(places) // fit)
    plotext.xticks(places[::every], list(chart.labels[::every]))
    drawn: str = plotext.build()
    plotext.clear_figure()  # it is the whole process's
    return [line.rstrip() for line in _COLOURS.sub("", drawn).translate(_PLAIN).splitlines()]


def ticks_of(values: Sequence[float]) -> list[float]:
    """Round numbers from below the smallest value (or nothing) to above the largest.

    >>> ticks_of([130.0, 2800.0]), ticks_of([-3.0, 4.0])
    ([0.0, 1000.0, 2000.0, 3000.0], [-4.0, -2.0, 0.0, 2.0, 4.0])
    """
    low, high = min(0.0, *values), max(0.0, *values)
    if low == high:
        return [0.0, 1.0]
    rough = (high - low) / TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]
