"""A report on the screen: headings that stay, rows that scroll, the first column that stays when others pass by. Pure.

Arrows and PgUp/PgDn scroll; two actions go to the columns at the left and at the right, where not all fit; what is
typed and entered is searched for from the row below the first one shown, around the end. The total stays in view.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from app.office.outputs.figures import Manner, at_right, heading
from app.office.outputs.text_file import row_cells
from app.office.reports.table import ReportTable, Row
from app.screens.cells import left, right
from app.screens.tasks.steps import SOFT, STRONG, TITLE, Action, Bad, Finished, Line, Outcome, Stays, Step
from app.text import gettext as _

LEFT, RIGHT = "left", "right"
FIRST_MOST, TEXT_MOST = 32, 30
"""Cells of the first column, and of other columns of text."""
_ACROSS = ("group", "text", "blank")
_STYLES = {"group": TITLE, "sum": STRONG, "total": STRONG, "text": SOFT}


class TableStep(Step):
    """Answers the name of an action, or None (Enter or Esc)."""

    def __init__(self, table: ReportTable, manner: Manner, actions: Sequence[Action] = ()) -> None:
        sides = (Action(6, LEFT, _("< Cols")), Action(7, RIGHT, _("Cols >")))
        super().__init__(table.title, _("Search; Enter or Esc closes"), (*actions, *sides))
        self._table = table
        self._said = [row_cells(table, row, manner) for row in table.rows]
        self._heads = [heading(each.heading, each.kind, table.currency) for each in table.columns]
        self._widths = [self._width(at) for at in range(len(table.columns))]
        last = table.rows[-1] if table.rows else None
        self._total = len(table.rows) - 1 if last is not None and last.style == "total" else None
        self._from = 1
        """The first column beside the one that stays."""
        self._top = 0
        self._room = 1
        self._sees_last = True

    @property
    def top(self) -> int:
        """The first row in view."""
        return self._top

    def enter(self, text: str) -> Outcome:
        """Close it, or go to the next row in which that stands."""
        if not text:
            return Finished(None)
        wanted, count = text.casefold(), len(self._said)
        for away in range(1, count + 1):
            at = (self._top + away) % count
            if any(wanted in cell.casefold() for cell in self._said[at]):
                self._top = at
                return Stays()
        return Bad("nothing_found", text[:20])

    def acted(self, name: str, text: str) -> Outcome:
        """Other columns, or an action of whoever shows it."""
        if text or name not in (LEFT, RIGHT):
            return super().acted(name, text)
        if name == RIGHT and not self._sees_last:
            self._from += 1
        elif name == LEFT:
            self._from = max(1, self._from - 1)
        return Stays()

    def move(self, by: int, text: str) -> Outcome:  # noqa: ARG002 - what was typed is kept for Enter
        """A row."""
        self._scroll(by)
        return Stays()

    def page(self, by: int, height: int) -> None:  # noqa: ARG002 - the rows' own room counts
        """A page, but for a line that is still known."""
        self._scroll(by * max(1, self._room - 1))

    def lines(self, width: int, height: int) -> list[Line]:
        """Period, headings, rows, total; notes below the last row."""
        table = self._table
        shown: list[Line] = [((f" {table.subtitle}", SOFT),)] if table.subtitle else []
        notes: list[Line] = [((f" {note}", SOFT),) for note in table.notes]
        if not table.rows:
            return [*shown, (("", ""),), *notes][:height]
        columns = self._seen(width)
        shown.append(((self._joined(self._heads, columns), TITLE),))
        foot = [self._line(self._total, columns)] if self._total is not None else []
        count = len(table.rows) - len(foot)
        below = notes if len(shown) + count + len(foot) + len(notes) <= height else []
        self._room = max(1, height - len(shown) - len(foot) - len(below))
        self._scroll(0)
        end = min(self._top + self._room, count)
        shown += [self._line(at, columns) for at in range(self._top, end)]
        more = self._from > 1 or not self._sees_last
        self.title = " · ".join(
            [
                table.title,
                *([f"{self._top + 1}-{end}/{count}"] if self._room < count else []),
                *([_("columns {first}-{last} of {count}").format(first=columns[1] + 1, last=columns[-1] + 1,
                                                                 count=len(self._heads))]
                  if more and len(columns) > 1 else []),
            ]
        )  # fmt: skip
        return [*shown, *foot, *below][:height]

    def _scroll(self, by: int) -> None:
        last = len(self._table.rows) - (self._total is not None) - self._room
        self._top = max(0, min(self._top + by, last))

    def _seen(self, width: int) -> list[int]:
        """The columns that fit: the first, and those from where it was scrolled to; at least one of them."""
        columns, used = [0], 1 + self._widths[0]
        for at in range(self._from, len(self._widths)):
            used += self._widths[at] + 1
            if used > width and len(columns) > 1:
                break
            columns.append(at)
        self._sees_last = columns[-1] == len(self._widths) - 1
        while self._sees_last and self._from > 1 and used + self._widths[self._from - 1] + 1 <= width:
            self._from -= 1  # a wider screen shows them again
            columns.insert(1, self._from)
            used += self._widths[self._from] + 1
        return columns

    def _width(self, at: int) -> int:
        cells = (texts[at] for row, texts in zip(self._table.rows, self._said, strict=True) if row.style not in _ACROSS)
        widest = max(map(cell_len, (self._heads[at], *cells)))
        if at_right(self._table.columns[at], at):
            return widest
        return min(widest, FIRST_MOST if at == 0 else TEXT_MOST)

    def _line(self, at: int, columns: Sequence[int]) -> Line:
        row: Row = self._table.rows[at]
        style = _STYLES.get(row.style, "")
        if row.style in _ACROSS:
            return ((f" {self._said[at][0]}", style),)
        return ((self._joined(self._said[at], columns), style),)

    def _joined(self, cells: Sequence[str], columns: Sequence[int]) -> str:
        return "".join(
            " " + (right if at_right(self._table.columns[at], at) else left)(cells[at], self._widths[at])
            for at in columns
        )
