"""A report as aligned text: what a command prints, and a file that any program shows. Pure.

Columns are as wide as what is in them; numbers stand at the right, groups are indented, sums have a rule above them.
"""

from __future__ import annotations

from app.office.outputs.figures import MANNERS, Manner, at_right, figure, heading
from app.office.reports.table import EXACT_KINDS, ReportTable, Row

GAP = "  "
INDENT = "  "
TEXT_MOST = 40
"""A text column is no wider; what is longer is cut, with two points."""


def text_lines(table: ReportTable, language: str) -> list[str]:
    """Title, subtitle, headings, rows, notes. Without rows only what the notes say."""
    lines = [table.title, *([table.subtitle] if table.subtitle else []), ""]
    if table.rows:
        lines += _table(table, MANNERS[language])
        lines += [""] if table.notes else []
    return [*lines, *table.notes]


def text_file(table: ReportTable, language: str) -> bytes:
    """The lines as UTF-8."""
    return ("\n".join(text_lines(table, language)) + "\n").encode()


def _table(table: ReportTable, manner: Manner) -> list[str]:
    headings = [heading(each.heading, each.kind, table.currency) for each in table.columns]
    cells = {id(row): row_cells(table, row, manner) for row in table.rows}
    across = ("group", "text", "blank")
    widths = [
        max([len(name), *(len(cells[id(row)][index]) for row in table.rows if row.style not in across)])
        for index, name in enumerate(headings)
    ]
    rule = "-" * (sum(widths) + len(GAP) * (len(widths) - 1))
    lines = [_joined(table, headings, widths), rule]
    for row in table.rows:
        if row.style in across:
            lines.append(cells[id(row)][0])
            continue
        if row.style in ("sum", "total"):
            lines.append(_rule(table, widths, "=" if row.style == "total" else "-"))
        lines.append(_joined(table, cells[id(row)], widths))
    return lines


def row_cells(table: ReportTable, row: Row, manner: Manner, *, whole: bool = False) -> list[str]:
    """The row's cells as texts, the first one indented by its level; ``whole``: long ones too."""
    cells = [
        figure(cell, column.kind, table.currency, manner) for cell, column in zip(row.cells, table.columns, strict=True)
    ]
    if not whole and row.style not in ("group", "text"):
        cells = [
            cell if column.kind in EXACT_KINDS or len(cell) <= TEXT_MOST else f"{cell[: TEXT_MOST - 2]}.."
            for cell, column in zip(cells, table.columns, strict=True)
        ]
    if not at_right(table.columns[0], 0):
        cells[0] = INDENT * row.level + cells[0]
    return cells


def _joined(table: ReportTable, cells: list[str], widths: list[int]) -> str:
    return GAP.join(
        cell.rjust(width) if at_right(column, at) else cell.ljust(width)
        for at, (cell, width, column) in enumerate(zip(cells, widths, table.columns, strict=True))
    ).rstrip()


def _rule(table: ReportTable, widths: list[int], mark: str) -> str:
    """A rule under what is summed."""
    return GAP.join(
        (mark if column.sum else " ") * width for column, width in zip(table.columns, widths, strict=True)
    ).rstrip()
