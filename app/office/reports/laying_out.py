"""Figures into rows: sorted, grouped, summed up, with text and blank lines between them. Pure.

Every sum is made of the exact sums of its rows, and a row of "others" stands for those behind a limit: what is shown
always adds up to what is summed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.office.reports.columns import Column, Sums, columns_of, reckoned
from app.office.reports.definition import Report, order_of
from app.office.reports.dimensions import DIMENSIONS, in_words
from app.office.reports.figures import Figures, Key
from app.office.reports.measures import ATTRIBUTES, MEASURES
from app.office.reports.surroundings import Surroundings
from app.office.reports.table import Cell, ReportTable, Row, RowStyle
from app.text import gettext as _
from app.text import ngettext

Line = tuple[Key, Sums]


def laid_out(
    report: Report,
    title: str,
    subtitle: str,
    figures: Figures,
    periods: Sequence[str],
    around: Surroundings,
    currency: str,
) -> ReportTable:
    """The whole table. ``periods`` are the names of the periods, one of each that the figures have."""
    return _Layout(report, figures, periods, around).table(title, subtitle, currency)


@dataclass
class _Layout:
    report: Report
    figures: Figures
    periods: Sequence[str]
    around: Surroundings

    def __post_init__(self) -> None:
        query, layout = self.report.query, self.report.layout
        self.columns: list[Column] = columns_of(layout, self.figures, self.periods, self.around)
        self.levels = [*([query.variable] if query.variable else []), *layout.groups]

    def table(self, title: str, subtitle: str, currency: str) -> ReportTable:
        layout = self.report.layout
        lines: list[Line] = sorted(self.figures.rows.items(), key=lambda line: line[0][: len(self.levels)])
        rows = [self._text(text) for text in layout.before]
        notes: tuple[str, ...] = ()
        if lines:
            whole = self._sum(lines)
            rows += self._below(lines, 0, whole)
            if layout.sums:
                rows.append(self._summed(_("Total"), whole, whole, 0, "total"))
        else:
            notes = (_("There is nothing to report: no entry fits the period and what was chosen."),)
        rows += [self._text(text) for text in layout.after]
        shown = tuple(column.shown for column in self.columns)
        return ReportTable(title, subtitle, shown, tuple(rows), currency, notes)

    def _below(self, lines: Sequence[Line], level: int, whole: Sums) -> Iterator[Row]:
        """The rows of one group; its lines have the same key down to this level."""
        if level == len(self.levels):
            yield from self._lines(lines, level, whole)
            return
        name = self.levels[level]
        for value, group in groupby(lines, key=lambda line: line[0][level]):
            inside = list(group)
            label = in_words(name, str(DIMENSIONS[name].label(self.around, value))) or _("without")
            sums = self._sum(inside)
            # The report is made once for each value of its variable: shares are of that one.
            of = sums if self.report.query.variable and level == 0 else whole
            yield self._row([f"{_(DIMENSIONS[name].heading)}: {label}"], level, "group")
            yield from self._below(inside, level + 1, of)
            if self.report.layout.sums:
                yield self._summed(_("Sum {group}").format(group=label), sums, of, level, "sum")
            if self.report.layout.blank_lines:
                yield self._row([], level, "blank")

    def _lines(self, lines: Sequence[Line], level: int, whole: Sums) -> Iterator[Row]:
        layout = self.report.layout
        ordered = self._sorted(lines)
        shown = ordered[: layout.limit] if layout.limit else ordered
        for key, sums in shown:
            cells = tuple(
                column.of_key(key) if column.of_key else column.of_sums(sums, whole) if column.of_sums else None
                for column in self.columns
            )
            yield Row(cells, level)
        if others := ordered[len(shown) :]:
            count = len(others)
            named = ngettext("{count} other", "{count} others", count).format(count=count)
            yield self._summed(named, self._sum(others), whole, level, "line")

    def _sorted(self, lines: Sequence[Line]) -> list[Line]:
        by, descending = order_of(self.report.layout)
        ordered = sorted(lines, key=lambda line: line[0])
        if by in MEASURES:
            of = reckoned(MEASURES[by], self.figures)
            whole = self._sum(lines)
            ordered.sort(key=lambda line: _number(of(line[1], whole)), reverse=descending)
        elif by in ATTRIBUTES:
            at = self.figures.texts.index(by)
            ordered.sort(key=lambda line: self.figures.names[line[0]][at].casefold(), reverse=descending)
        elif by:
            at = self.figures.dimensions.index(by)
            ordered.sort(key=lambda line: line[0][at], reverse=descending)
        return ordered

    def _sum(self, lines: Sequence[Line]) -> Sums:
        return [sum(column) for column in zip(*(sums for _key, sums in lines), strict=True)]

    def _summed(self, words: str, sums: Sums, whole: Sums, level: int, style: RowStyle) -> Row:
        cells: list[Cell] = [column.of_sums(sums, whole) if column.of_sums else None for column in self.columns]
        if self.columns[0].of_key:
            cells[0] = words
        return Row(tuple(cells), level, style)

    def _text(self, words: str) -> Row:
        return self._row([words], 0, "text")

    def _row(self, cells: list[Cell], level: int, style: RowStyle) -> Row:
        return Row((*cells, *(None for _column in self.columns[len(cells) :])), level, style)


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0
