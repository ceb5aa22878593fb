"""A chart as an SVG, drawn by matplotlib: vectors, letters as outlines, so that a PDF needs no font of ours.

The same chart gives the same bytes: no date, and names inside that hang on nothing but the chart. matplotlib is
imported at the first use, for it takes half a second.
"""

from __future__ import annotations

import io
from typing import Any

from app.office.outputs.chart import Chart
from app.office.outputs.figures import Manner
from app.text import gettext as _

COLOURS = ("#2f5d8a", "#d08a2f", "#5b8a3c", "#8a4f7d")
SOFT = "#9aa5b1"
BARS = 0.75
"""What the bars of a label take of its room."""
SLOTS_LEAST = 8
"""Room for so many upright bars: three are not as wide as walls."""
LABEL_MOST = 34
TICKS_MOST = 16
"""So many labels stand beside each other below a line."""
_INCH = 72.0


def svg(chart: Chart, manner: Manner, width: float, height: float) -> bytes:
    """The chart in points."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = io.BytesIO()
    with mpl.rc_context():
        mpl.rcdefaults()  # whoever has a matplotlibrc gets the same chart
        mpl.rcParams.update({"svg.hashsalt": "tillmesh", "svg.fonttype": "path"})
        made = Figure(figsize=(width / _INCH, height / _INCH), layout="constrained")
        _draw(made.add_subplot(), chart, manner)
        canvas: Any = FigureCanvasSVG(made)
        canvas.print_svg(out, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return out.getvalue()


def _draw(axes: Any, chart: Chart, manner: Manner) -> None:
    axes.tick_params(labelsize=7, length=2, color=SOFT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(SOFT)
    (_names if chart.style == "names" else _upright)(axes, chart)
    if len(chart.series) > 1:
        axes.legend(fontsize=7, frameon=False)
    values = axes.xaxis if chart.style == "names" else axes.yaxis
    values.set_major_formatter(lambda value, _place: scale_word(value, manner))


def height_of(chart: Chart) -> float:
    """Points that it needs to be read."""
    bars = len(chart.labels) * (1 + 0.6 * (len(chart.series) - 1))
    return 36 + 13.0 * bars if chart.style == "names" else 170.0


def scale_word(value: float, manner: Manner) -> str:
    """A value at an axis, as short as it is.

    >>> scale_word(12500.0, Manner(",", ".")), scale_word(-0.5, Manner(",", "."))
    ('12.500', '-0,5')
    """
    whole, _point, part = f"{value:,.2f}".rstrip("0").partition(".")
    whole = whole.replace(",", manner.thousands)
    return f"{whole}{manner.decimal}{part}" if part else whole


def _upright(axes: Any, chart: Chart) -> None:
    places = range(len(chart.labels))
    for number, series in enumerate(chart.series):
        colour, name = COLOURS[number], _plain(series.name)
        if chart.style == "bars":
            beside, width = _beside(chart, number)
            axes.bar([place + beside for place in places], series.values, color=colour, width=width, label=name)
            continue
        axes.plot(places, series.values, color=colour, linewidth=1.2, label=name)
        if len(chart.series) == 1:
            axes.fill_between(places, series.values, color=colour, alpha=0.12, linewidth=0)
    every = max(1, -(-len(chart.labels) // TICKS_MOST)) if chart.style == "line" else 1
    shown = [_plain(label) for label in chart.labels[::every]]
    room = TICKS_MOST * 6
    tilt = {"rotation": 50, "ha": "right", "rotation_mode": "anchor"} if sum(map(len, shown)) > room else {}
    axes.set_xticks(list(places)[::every], shown, **tilt)
    axes.set_xlim(-0.6, max(len(chart.labels), SLOTS_LEAST) - 0.4)
    axes.set_ylabel(_plain(chart.axis), fontsize=7)
    axes.grid(axis="y", color=SOFT, alpha=0.3, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.axhline(0, color=SOFT, linewidth=0.6)


def _names(axes: Any, chart: Chart) -> None:
    places = range(len(chart.labels))
    for number, series in enumerate(chart.series):
        beside, height = _beside(chart, number)
        below = [place + beside for place in places]
        name = _plain(series.name)
        bars = axes.barh(below, series.values, color=COLOURS[number], height=height, label=name)
        axes.bar_label(bars, [_plain(each) for each in series.said], fontsize=7, padding=3)
    axes.set_yticks(places, [_plain(_cut(label)) for label in chart.labels])
    axes.invert_yaxis()
    axes.margins(x=0.14, y=0.02)
    axes.set_xlabel(_plain(chart.axis), fontsize=7)
    axes.axvline(0, color=SOFT, linewidth=0.6)


def _beside(chart: Chart, number: int) -> tuple[float, float]:
    """How far from its label's place the bar of this series stands, and how thick it is."""
    thick = BARS / len(chart.series)
    return (number + 0.5) * thick - BARS / 2, thick


def left_out(chart: Chart) -> str:
    """What is to be said of labels that are not drawn; empty if all are."""
    return (
        _("The chart shows the {count} largest; {more} are left out.").format(
            count=len(chart.labels), more=chart.left_out
        )
        if chart.left_out
        else ""
    )


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_MOST else f"{label[: LABEL_MOST - 2]}.."


def _plain(text: str) -> str:
    """A name is no formula: matplotlib sets what stands between two dollar signs as mathematics."""
    return text.replace("$", r"\$")
