"""What of a report is drawn, and how: labels and values, for the screen, for pictures and for workbooks. Pure.

Here alone amounts become floats: a bar's length is no money. The lines are drawn, or the sums of groups where lines are
too many or called alike; days as bars or, from ``BARS_MOST`` on, as a line; hours and other short words as bars;
whatever else as bars beside their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from app.office.outputs.figures import Manner, digits, figure, heading
from app.office.reports.table import EXACT_KINDS, Cell, ReportColumn, ReportTable, Row

BARS_MOST = 31
"""More bars beside each other cannot be told apart."""
NAMES_MOST = 25
"""So many names stand below each other; the largest values are drawn."""
UPRIGHT_MOST = 7
"""Characters of labels (hours, months, tills) that may stand below upright bars."""
UPRIGHT_LEAST = 5
"""Fewer bars would be as wide as a wall."""
LABEL_COLUMNS_MOST = 3
LINE_MOST = 2_000
"""Points of a line: more than five years of days. Longer ones are not drawn."""
SERIES_MOST = 4
"""Periods beside each other."""

Style = Literal["bars", "line", "names"]
"""``bars`` upright in the order of time; ``line`` likewise; ``names``: lying bars, each beside its name."""


Wanted = Literal["", "bars", "lines"]
"""What a report's form says; empty: whatever suits the labels."""


class Series(msgspec.Struct, frozen=True):
    """A value by label, and what it is as people read it. ``name``: the column's heading."""

    name: str
    values: tuple[float, ...]
    said: tuple[str, ...]


class Chart(msgspec.Struct, frozen=True):
    """``series`` over the same ``labels``; ``left_out``: labels that are not drawn."""

    title: str
    axis: str
    style: Style
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    left_out: int = 0


def chart_of(
    table: ReportTable, manner: Manner, key: str = "", wanted: Literal["", "bars", "lines"] = ""
) -> Chart | None:
    """The chart of the column ``key``, or of the first that is summed, with the same column of other periods beside it.

    ``wanted``: the style, as far as the labels let it be. None if there is nothing to draw.
    """
    labels, rows = _drawn(table, manner)
    drawn = _columns(table, key)
    labelled = [
        (label, row)
        for label, row in zip(labels, rows, strict=True)
        if any(isinstance(row.cells[at], int) for at, _column in drawn)
    ]
    if not labelled:
        return None
    days = table.columns[0].kind == "date" and rows[0].style == "line"
    style = _style([label for label, _row in labelled], wanted, days=days)
    if style == "line" and len(labelled) > LINE_MOST:
        return None
    left_out = max(0, len(labelled) - NAMES_MOST) if style == "names" else 0
    if left_out:
        largest = [max(abs(_whole(row.cells[at])) for at, _column in drawn) for _label, row in labelled]
        enough = sorted(largest, reverse=True)[NAMES_MOST - 1]
        labelled = [each for each, size in zip(labelled, largest, strict=True) if size >= enough][:NAMES_MOST]
    first = drawn[0][1]
    unit = heading("", first.kind, table.currency).strip()
    return Chart(
        title=table.title,
        axis=f"{first.heading} {unit}".strip() if len(drawn) == 1 else unit,
        style=style,
        labels=tuple(label for label, _row in labelled),
        series=tuple(_series(table, at, column, [row for _label, row in labelled], manner) for at, column in drawn),
        left_out=left_out,
    )


def _series(table: ReportTable, at: int, column: ReportColumn, rows: Sequence[Row], manner: Manner) -> Series:
    cells = [_whole(row.cells[at]) for row in rows]
    places = 10 ** digits(column.kind, table.currency)
    return Series(
        column.heading,
        tuple(cell / places for cell in cells),
        tuple(figure(cell, column.kind, table.currency, manner) for cell in cells),
    )


def _whole(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _drawn(table: ReportTable, manner: Manner) -> tuple[Sequence[str], Sequence[Row]]:
    """The lines with their labels; the sums of groups where lines are too many, or called alike."""
    labels = _labels(table, manner)
    groups = [row for row in table.rows if row.style == "sum" and row.level == 0]
    few = len(labels) <= NAMES_MOST or table.columns[0].kind == "date"
    if len(groups) < 2 or (few and len(set(labels)) == len(labels)):
        return labels, table.lines
    headings = [row.cells[0] for row in table.rows if row.style == "group" and row.level == 0]
    return _group_names([str(name or "") for name in headings]), groups


def _columns(table: ReportTable, key: str) -> list[tuple[int, ReportColumn]]:
    """The column that is drawn; of a comparison (``turnover.1``, ``turnover.2``) that of every period."""
    exact = [(at, column) for at, column in enumerate(table.columns) if column.kind in EXACT_KINDS]
    wanted = [
        *(found for found in exact if found[1].sum and found[1].kind == "money"),
        *(found for found in exact if found[1].sum),
        *(found for found in exact if found[0] > 0),
    ]
    if key:
        wanted = [found for found in exact if key in (found[1].key, _stem(found[1].key))]
    if not wanted:
        return []
    stem = _stem(wanted[0][1].key)
    if stem == wanted[0][1].key:
        return wanted[:1]
    return [found for found in exact if _stem(found[1].key) == stem][:SERIES_MOST]


def _stem(key: str) -> str:
    """``turnover`` of ``turnover.2``; the key itself of what belongs to no period."""
    stem, _point, number = key.rpartition(".")
    return stem if stem and number.isdigit() else key


def _style(labels: Sequence[str], wanted: str, *, days: bool) -> Style:
    if wanted == "lines" and (days or len(labels) <= BARS_MOST):
        return "line"
    if days:
        return "bars" if len(labels) <= BARS_MOST else "line"
    short = UPRIGHT_LEAST <= len(labels) <= BARS_MOST and max(map(len, labels)) <= UPRIGHT_MOST
    return "bars" if short else "names"


def _labels(table: ReportTable, manner: Manner) -> list[str]:
    """The name of what the first column has the number of, or that itself; with the words of the next columns where
    they are not enough to tell rows apart.
    """
    first = table.columns[0]
    words = [at for at, column in enumerate(table.columns) if at == 0 or column.kind not in EXACT_KINDS]
    words.sort(key=lambda at: table.columns[at].key != f"{first.key}_name")
    labels: list[str] = []
    for count in range(1, min(len(words), LABEL_COLUMNS_MOST) + 1):
        labels = [
            " ".join(filter(None, (_word(table, row, at, manner) for at in words[:count]))) for row in table.lines
        ]
        if len(set(labels)) == len(labels):
            break
    return labels


def _word(table: ReportTable, row: Row, at: int, manner: Manner) -> str:
    """What stands there; a number with what it is the number of."""
    column = table.columns[at]
    said = figure(row.cells[at], column.kind, table.currency, manner)
    return f"{column.heading} {said}" if isinstance(row.cells[at], int) and column.kind == "number" else said


def _group_names(headings: Sequence[str]) -> list[str]:
    """What tells groups apart: ``North`` of ``Branch: North`` where all begin alike."""
    beginnings = {name.partition(": ")[0] for name in headings if ": " in name}
    alike = len(beginnings) == 1 and all(": " in name for name in headings)
    return [name.partition(": ")[2] or name for name in headings] if alike else list(headings)
