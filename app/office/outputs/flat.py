"""A report as one plain table: its data lines, with the groups they lie in as columns of their own. Pure.

What programs read (CSV, Parquet, the data sheet of a workbook) has no headings between and no sums: they would be
counted twice. A group's heading goes into ``group_1``, ``group_2``, … of every line below it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from app.office.reports.table import Cell, ReportColumn, ReportTable

GROUP = "group_"


class Flat(msgspec.Struct, frozen=True):
    """``columns`` and rows of as many cells; ``groups`` of the columns, at the left, are groups' headings."""

    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: int


def flat(table: ReportTable, group_heading: str) -> Flat:
    """The data lines; groups' columns are called ``group_heading`` and their number."""
    deep = max((row.level + 1 for row in table.rows if row.style == "group"), default=0)
    groups = tuple(
        ReportColumn(f"{GROUP}{number}", f"{group_heading} {number}" if deep > 1 else group_heading, "text")
        for number in range(1, deep + 1)
    )
    return Flat(groups + table.columns, tuple(_lines(table, deep)), deep)


def _lines(table: ReportTable, deep: int) -> Iterator[tuple[Cell, ...]]:
    at: list[Cell] = [None] * deep
    for row in table.rows:
        if row.style == "group":
            at[row.level :] = [row.cells[0], *([None] * (deep - row.level - 1))]
        elif row.style == "line":
            # A line that lies outside of a group that stands above it (level 0) is in none.
            inside = min(row.level, deep)
            yield (*at[:inside], *([None] * (deep - inside)), *row.cells)
