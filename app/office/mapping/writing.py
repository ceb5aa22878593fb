"""Rows of our fields to a file of another program: what ``reading.py`` reads as the same again. Pure.

Rows are texts in the order of the plan's fields, written as they come. What does not fit (a text too long for its
place, a character that the encoding does not have) is told with its row and field; nothing is cut off in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from app.office.mapping.convert import Convert, writer
from app.office.mapping.encoding import NAMES
from app.office.mapping.fields import Sort, sort_of
from app.office.mapping.plan import FieldPlan, FilePlan, separator_of
from app.text import gettext as _

Row = Sequence[str]
ISO = "YYYY-MM-DD"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_DECLARED = {"cp1252": "windows-1252", "cp850": "IBM850", "utf-8-sig": "utf-8"}


class Unwritable(ValueError):
    """Rows that cannot be written as the mapping says; the text is a sentence."""


def written(plan: FilePlan, rows: Iterable[Row], currency: str) -> bytes:
    """The file. ``rows``: texts of the plan's fields, in their order; constants of the plan stand in them as well.

    ``Unwritable``.
    """
    fields = [_Field(each, plan, currency) for each in plan.fields]
    converted = ([field.write(text) for field, text in zip(fields, row, strict=True)] for row in rows)
    if plan.format == "xlsx":
        from app.office.mapping.workbook_out import workbook

        return workbook(plan, [field.sort for field in fields], converted)
    lines = _LINES[plan.format](plan, fields, converted)
    return _encoded(plan, lines)


class _Field:
    """A field of the plan with its way out."""

    def __init__(self, plan: FieldPlan, whole: FilePlan, currency: str) -> None:
        self.plan = plan
        self.sort = sort_of(whole.what, plan.to)
        numeric = self.sort in (Sort.AMOUNT, Sort.PERCENT, Sort.QUANTITY)
        self.minor = (plan.decimal or whole.decimal) == "minor" and numeric
        if whole.format == "xlsx":
            # A workbook has numbers and days of its own: no sign and no pattern of texts matters to them.
            plan = msgspec.structs.replace(plan, decimal="minor" if self.minor else ".", date=ISO)
        self.write: Convert = writer(plan, whole, self.sort, currency)
        self.heading = plan.source or plan.to


def columns_of(plan: FilePlan) -> list[int]:
    """Where each field stands in a table, from 0: where it says so, the others one after the other in between."""
    taken = {each.column - 1 for each in plan.fields if each.column}
    free = (number for number in range(len(plan.fields) + len(taken)) if number not in taken)
    return [each.column - 1 if each.column else next(free) for each in plan.fields]


def table(plan: FilePlan, headings: Sequence[str], rows: Iterable[Row]) -> Iterator[list[str]]:
    """Rows with each text in its column; first those that are skipped when it is read, and the header."""
    at = columns_of(plan)
    count = max(at, default=-1) + 1

    def placed(texts: Sequence[str]) -> list[str]:
        row = [""] * count
        for place, text in zip(at, texts, strict=True):
            row[place] = text
        return row

    for _skipped in range(plan.skip_rows):
        yield []
    if plan.header:
        yield placed(headings)
    for row in rows:
        yield placed(row)


def _delimited(plan: FilePlan, fields: Sequence[_Field], rows: Iterable[Row]) -> Iterator[str]:
    out = io.StringIO()
    lines = csv.writer(
        out,
        delimiter=separator_of(plan) or (";" if _with_commas(plan) else ","),
        quotechar=plan.quote or None,
        quoting=csv.QUOTE_MINIMAL if plan.quote else csv.QUOTE_NONE,
        lineterminator="\n",
    )
    for number, row in enumerate(table(plan, [field.heading for field in fields], rows), 1):
        try:
            lines.writerow(row)
        except csv.Error:
            told = _(
                "line {line}: a text holds the separator or a quote, and the mapping has no quote to put around it"
            )
            raise Unwritable(told.format(line=number)) from None
        # A line end inside a text is part of it; those between rows are the mapping's.
        yield out.getvalue()[:-1]
        out.seek(0)
        out.truncate()


def _with_commas(plan: FilePlan) -> bool:
    """Whether amounts have a comma: what does not state a separator is then separated as spreadsheets there do."""
    return plan.decimal == "," or any(each.decimal == "," for each in plan.fields)


def _fixed(plan: FilePlan, fields: Sequence[_Field], rows: Iterable[Row]) -> Iterator[str]:
    length = max((each.at - 1 + each.width for each in plan.fields), default=0)
    yield from [""] * plan.skip_rows
    if plan.header:
        yield _cells(length, ((field.plan, field.heading[: field.plan.width]) for field in fields))
    for number, row in enumerate(rows, 1):
        cells = []
        for field, text in zip(fields, row, strict=True):
            if field.plan.width:
                if len(text) > field.plan.width or "\n" in text:
                    told = _("row {row}: {field} {text} does not fit into {width} characters; make the field wider")
                    raise Unwritable(
                        told.format(row=number, field=field.plan.to, text=text[:60], width=field.plan.width)
                    )
                cells.append((field.plan, _filled(field, text)))
        yield _cells(length, cells)


def _filled(field: _Field, text: str) -> str:
    """Numbers stand at the right, with zeros in front where reading takes them away."""
    if not text:
        return ""
    if field.plan.drop_zeros or field.minor:
        return text.zfill(field.plan.width)
    return text.rjust(field.plan.width) if field.sort not in (Sort.TEXT, Sort.YES_NO) else text


def _cells(length: int, cells: Iterable[tuple[FieldPlan, str]]) -> str:
    line = [" "] * length
    for each, text in cells:
        line[each.at - 1 : each.at - 1 + len(text)] = text
    return "".join(line)


def _json(plan: FilePlan, fields: Sequence[_Field], rows: Iterable[Row]) -> Iterator[str]:
    paths = [field.heading.split(".") for field in fields]
    names = plan.rows.split(".") if plan.rows else []
    yield "".join(f"{{{msgspec.json.encode(name).decode()}: " for name in names) + "["
    for number, row in enumerate(rows):
        entry: dict[str, Any] = {}
        for field, path, text in zip(fields, paths, row, strict=True):
            _put(entry, path, _json_value(field, text))
        yield ("," if number else "") + msgspec.json.encode(entry).decode("utf-8")
    yield "]" + "}" * len(names)


def _put(entry: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        entry = entry.setdefault(name, {})
        if not isinstance(entry, dict):
            raise Unwritable(_("{path} is a value and has names below it; correct the mapping").format(path=name))
    if path[-1] in entry:
        raise Unwritable(_("{path} is written twice; correct the mapping").format(path=".".join(path)))
    entry[path[-1]] = value


def _json_value(field: _Field, text: str) -> Any:
    plain = not field.plan.table and field.plan.value is None
    if field.sort not in (Sort.TEXT, Sort.DAY, Sort.YES_NO) and plain:
        if not text:
            return None
        return msgspec.Raw(text.encode()) if _NUMBER.fullmatch(text) else text
    if field.sort is Sort.YES_NO and plain and not field.plan.yes:
        return {"yes": True, "no": False}.get(text, text)
    return text


def _xml(plan: FilePlan, fields: Sequence[_Field], rows: Iterable[Row]) -> Iterator[str]:
    around = [name for name in plan.rows.split("/") if name] or [plan.what, "row"]
    around = around if len(around) > 1 else [plan.what, *around]
    paths = [field.heading.split("/") for field in fields]
    for name in (*around, *(name.removeprefix("@") for path in paths for name in path)):
        if _NAME.fullmatch(name) is None:
            told = _("{name} cannot be an element's name; say another in the mapping, without blanks")
            raise Unwritable(told.format(name=name[:40]))
    encoding = "utf-8" if plan.encoding == "auto" else plan.encoding
    yield f'<?xml version="1.0" encoding="{_DECLARED.get(encoding, encoding)}"?>'
    yield "".join(f"<{name}>" for name in around[:-1])
    for row in rows:
        entry = _Element()
        for path, text in zip(paths, row, strict=True):
            entry.put(path, text)
        yield entry.text(around[-1])
    yield "".join(f"</{name}>" for name in reversed(around[:-1]))


class _Element:
    """An element that is being put together."""

    def __init__(self) -> None:
        self._attributes: dict[str, str] = {}
        self._children: dict[str, _Element] = {}
        self._text = ""

    def put(self, path: Sequence[str], text: str) -> None:
        if not path:
            self._text = text
        elif path[0].startswith("@"):
            self._attributes[path[0][1:]] = text
        else:
            self._children.setdefault(path[0], _Element()).put(path[1:], text)

    def text(self, name: str) -> str:
        attributes = "".join(f" {key}={quoteattr(text, _LINE_ENDS)}" for key, text in self._attributes.items())
        children = "".join(child.text(key) for key, child in self._children.items())
        return f"<{name}{attributes}>{escape(self._text)}{children}</{name}>"


_LINE_ENDS = {"\n": "&#10;", "\t": "&#9;"}
_LINES: Mapping[str, Callable[[FilePlan, Sequence[_Field], Iterable[Row]], Iterator[str]]] = {
    "csv": _delimited,
    "fixed": _fixed,
    "json": _json,
    "xml": _xml,
}


def _encoded(plan: FilePlan, lines: Iterable[str]) -> bytes:
    encoding = "utf-8" if plan.encoding == "auto" else plan.encoding
    end = "\r\n" if plan.line_end == "crlf" else "\n"
    out = io.BytesIO()
    mark = {"utf-8-sig": "utf-8-sig", "utf-16": "utf-16"}.get(encoding)
    if mark:
        out.write("".encode(mark))
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le" if out.getvalue()[:1] == b"\xff" else "utf-16-be"}.get(
        encoding, encoding
    )
    errors = "xmlcharrefreplace" if plan.format == "xml" else "strict"
    for number, line in enumerate(lines, 1):
        try:
            out.write((line + end).encode(codec, errors))
        except UnicodeEncodeError as error:
            told = _("line {line}: {encoding} has no character {character}; choose the encoding utf-8")
            raise Unwritable(
                told.format(line=number, encoding=NAMES[encoding], character=line[error.start : error.start + 1])
            ) from None
    return out.getvalue()
