"""Rows out of texts of lines: fields with a separator between them, or of fixed width. Pure.

A source gives each row as its line in the file and the texts of the plan's fields, in their order (None: the file has
no such column), or why the row is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.office.mapping.plan import FieldPlan, FilePlan, separator_of
from app.office.rows import MAX_LINES, BadRow, fields_of, records

SourceRow = tuple[int, Sequence[str | None] | BadRow]
SEPARATORS = ",;\t|"


class NoRows(ValueError):
    """The file as a whole cannot be read: ``line`` and ``bad`` say where and why."""

    def __init__(self, bad: BadRow, line: int = 1) -> None:
        super().__init__(bad.code)
        self.bad = bad
        self.line = line


def places(plan: FilePlan, headings: Sequence[str]) -> list[int | None]:
    """Where each field of the plan stands among columns of these headings; None: it is a constant. ``NoRows``.

    Without a header ``headings`` are as many as there are columns, and empty.
    """
    known = [heading.strip().casefold() for heading in headings]
    found: list[int | None] = []
    for each in plan.fields:
        if each.value is not None:
            found.append(None)
        elif each.column:
            if each.column > len(headings):
                raise NoRows(BadRow("no_column_number", column=str(each.column), count=str(len(headings))))
            found.append(each.column - 1)
        else:
            wanted = each.source.strip().casefold()
            if known.count(wanted) != 1:
                code = "twice_column" if wanted in known else "no_such_column"
                listed = ", ".join(heading.strip()[:40] for heading in headings[:30])
                raise NoRows(BadRow(code, column=each.source, known=listed), plan.skip_rows + 1)
            found.append(known.index(wanted))
    return found


def own_columns(plan: FilePlan, headings: Sequence[str], known: Sequence[str]) -> tuple[FieldPlan, ...]:
    """For a plan without fields: the file's columns that have names of ours, each from where it stands."""
    names = [heading.strip().lower() for heading in headings]
    for name in known:
        if names.count(name) > 1:
            raise NoRows(BadRow("twice_column", column=name), plan.skip_rows + 1)
    found = tuple(FieldPlan(name, column=names.index(name) + 1) for name in known if name in names)
    if not found:
        theirs, ours = (", ".join(each[:12]) for each in ([name[:40] for name in names], known))
        raise NoRows(BadRow("no_own_columns", theirs=theirs, ours=ours), plan.skip_rows + 1)
    return found


def lines_of(text: str) -> list[str]:
    """Its lines. ``NoRows`` if they are too many."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise NoRows(BadRow("too_many_rows", limit=str(MAX_LINES)))
    return lines


class Delimited:
    """A text with a separator between fields; ``headings`` are the file's own, or as many empty ones."""

    def __init__(self, text: str, plan: FilePlan) -> None:
        self._lines = lines_of(text)
        self._skip = plan.skip_rows
        first = self._lines[self._skip] if self._skip < len(self._lines) else ""
        self._separator = separator_of(plan) or max(SEPARATORS, key=first.count)
        self._quote = plan.quote
        headings = fields_of(first, self._separator, self._quote) or []
        if not any(heading.strip() for heading in headings):
            raise NoRows(BadRow("empty" if plan.header else "nothing"), self._skip + 1)
        self.headings = headings if plan.header else [""] * len(headings)
        self._start = self._skip + (1 if plan.header else 0)

    def rows(self, plan: FilePlan) -> Iterator[SourceRow]:
        """Each row with the texts of the plan's fields. ``NoRows`` if a column is not there."""
        return self._rows(places(plan, self.headings), len(self.headings))

    def _rows(self, at: Sequence[int | None], count: int) -> Iterator[SourceRow]:
        for line, fields in records(self._lines, self._start, self._separator, self._quote, count):
            if fields is None:
                yield line, BadRow("broken")
            elif len(fields) != count:
                yield line, BadRow("fields", found=str(len(fields)), expected=str(count))
            else:
                yield line, [None if place is None else fields[place] for place in at]


class FixedWidth:
    """A text whose fields stand at the same places in every line."""

    headings: Sequence[str] = ()

    def __init__(self, text: str, plan: FilePlan) -> None:
        self._lines = lines_of(text)
        self._start = plan.skip_rows + (1 if plan.header else 0)

    def rows(self, plan: FilePlan) -> Iterator[SourceRow]:
        """Each line with the texts of the plan's fields; blanks at a line's end may be missing."""
        for number, line in enumerate(self._lines[self._start :], self._start + 1):
            if line.strip():
                yield number, _cut(line, plan)


def _cut(line: str, plan: FilePlan) -> Sequence[str | None] | BadRow:
    """A field that the line does not reach is empty; only a first one cannot be."""
    first = min((each.at for each in plan.fields if each.width), default=1)
    if len(line) < first:
        return BadRow("too_short", column=plan.fields[0].to, at=str(first))
    return [line[each.at - 1 : each.at - 1 + each.width] if each.width else None for each in plan.fields]
