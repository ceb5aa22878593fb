"""What a report comes out as: plain data that the screen, files and JSON are made of.

A cell is exact: money in minor units of ``ReportTable.currency``, quantities in thousandths, percentages in basis
points (19 % is 1900), counts as they are, days as ISO text (``2026-08-14``). None is a cell that says nothing: in a
sum, what cannot be summed; in a comparison, what was not there. Whoever shows a table formats; nobody reckons anew.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ColumnKind = Literal["text", "date", "month", "money", "quantity", "percent", "number"]
"""What a column's cells are; ``number`` is a plain whole number, such as a count of receipts."""

RowStyle = Literal["line", "group", "sum", "total", "blank", "text"]
"""``line``: one of the report's rows. ``group``: the heading of a group, its words in the first cell. ``sum``: the
sums of the group that ends, at the group's level. ``total``: the sums of all. ``blank``: an empty line. ``text``:
words across the table, in the first cell."""

Cell = str | int | None

EXACT_KINDS: tuple[ColumnKind, ...] = ("money", "quantity", "percent", "number")
"""Kinds whose cells are integers."""


class ReportColumn(msgspec.Struct, frozen=True):
    """A column. ``sum``: its cells are added up in sums and totals."""

    key: str
    heading: str
    kind: ColumnKind
    sum: bool = False


class Row(msgspec.Struct, frozen=True):
    """A row: one cell a column. ``level`` is how deep it lies in groups: 0 outside of all."""

    cells: tuple[Cell, ...]
    level: int = 0
    style: RowStyle = "line"


class ReportTable(msgspec.Struct, frozen=True):
    """A report that has been run. ``notes`` are sentences for below the table: no data, rows that were left out."""

    title: str
    subtitle: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[Row, ...]
    currency: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"a row of {len(row.cells)} cells in a table of {len(self.columns)} columns")

    @property
    def lines(self) -> tuple[Row, ...]:
        """The rows that are data: without headings, sums and text."""
        return tuple(row for row in self.rows if row.style == "line")
