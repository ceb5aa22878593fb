"""A file and its mapping to rows with our fields: what importers of every kind take. Pure, but for parsers of XLSX.

Nothing is read twice into memory: rows are converted one by one as they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from app.office.mapping.convert import Convert, reader
from app.office.mapping.delimited import Delimited, FixedWidth, NoRows, SourceRow, own_columns
from app.office.mapping.encoding import WrongEncoding, decode
from app.office.mapping.fields import sort_of
from app.office.mapping.plan import FieldPlan, FilePlan
from app.office.rows import BadRow, Fault, Rows, reason
from app.text import gettext as _

FILE_BYTES_MAX = 128 * 1024 * 1024
FORMAT_OF = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".xml": "xml",
    ".xlsx": "xlsx",
}
"""By the end of a file's name, where no mapping says it."""
_BEGINS = {b"{": "json", b"[": "json", b"<": "xml", b"PK\x03\x04": "xlsx"}
_BYTE_ORDER_MARKS = b"\xef\xbb\xbf\xff\xfe"


def format_of(name: str, data: bytes) -> str:
    """The format of a file without a mapping: by its name's end, or else by how it begins; any other text is CSV."""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    begins = data[:64].lstrip(_BYTE_ORDER_MARKS).lstrip()
    found = (form for start, form in _BEGINS.items() if begins.startswith(start))
    return FORMAT_OF.get(ending) or next(found, "csv")


class Unreadable(ValueError):
    """A file that cannot be read as a whole; the text is a sentence with the line, if it is one line's fault."""


class Opened(msgspec.Struct, frozen=True):
    """A file that is being read. ``encoding`` is empty where the format has one of its own."""

    rows: Rows
    encoding: str
    headings: tuple[str, ...]
    passed_over: tuple[str, ...] = ()
    """The file's columns that are no field; told only where there is no mapping that leaves them out on purpose."""


class _Source(Protocol):
    @property
    def headings(self) -> Sequence[str]: ...

    def rows(self, plan: FilePlan) -> Iterator[SourceRow]: ...


def opened(data: bytes, plan: FilePlan, known: Sequence[str], currency: str, encoding: str = "") -> Opened:
    """A file's rows as the mapping has them. ``known``: the kind's fields; ``encoding`` overrides the mapping's.

    ``Unreadable`` if the file as a whole is not what the mapping says; bad rows are in the rows.
    """
    try:
        source, used = _source(data, plan, encoding)
        # Settings have values of many shapes: their fields are columns too.
        if plan.what == "settings":
            known = (*known, *(name for name in source.headings if name.startswith("value.")))
        fields = plan.fields or _own(plan, source, known)
        whole = msgspec.structs.replace(plan, fields=fields)
        columns = tuple(each.to for each in fields)
        left = () if plan.fields else tuple(name for name in source.headings if name.strip().lower() not in known)
        rows = Rows(columns, _converted(source.rows(whole), whole, currency))
        return Opened(rows, used, tuple(source.headings), left)
    except NoRows as fault:
        raise Unreadable(_said(fault)) from None
    except WrongEncoding as fault:
        raise Unreadable(str(fault)) from None


class Sample(msgspec.Struct, frozen=True):
    """The beginning of a file, for making a mapping of it.

    ``headings`` are the columns' (numbers where there is no header) or the names in the first entry; ``rows`` the first
    rows' texts in their order; ``lines`` the first lines of a file that has lines.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]


def sample(data: bytes, plan: FilePlan, count: int, encoding: str = "") -> Sample:
    """The first ``count`` rows as they are, whatever the plan's fields. ``Unreadable``."""
    try:
        lines: tuple[str, ...] = ()
        if plan.format in ("csv", "fixed"):
            text, _used = decode(data, encoding or plan.encoding)
            lines = tuple(text.split("\n", count + plan.skip_rows + 1)[: count + plan.skip_rows + 1])
        if plan.format == "fixed":
            return Sample((), (), lines)
        source, _used = _source(data, plan, encoding)
        tabular = plan.format in ("csv", "xlsx")
        headings = tuple(
            heading if plan.header or not tabular else str(number) for number, heading in enumerate(source.headings, 1)
        )
        fields = tuple(
            FieldPlan(str(number), column=number) if tabular else FieldPlan(str(number), source=heading)
            for number, heading in enumerate(headings, 1)
        )
        rows: list[tuple[str, ...]] = []
        for _line, cells in source.rows(msgspec.structs.replace(plan, fields=fields)):
            if len(rows) == count:
                break
            rows.append(() if isinstance(cells, BadRow) else tuple(cell or "" for cell in cells))
        return Sample(headings, tuple(rows), lines)
    except NoRows as fault:
        raise Unreadable(_said(fault)) from None
    except WrongEncoding as fault:
        raise Unreadable(str(fault)) from None


def _source(data: bytes, plan: FilePlan, encoding: str) -> tuple[_Source, str]:
    if len(data) > FILE_BYTES_MAX:
        raise NoRows(BadRow("too_many_bytes", limit=str(FILE_BYTES_MAX)))
    stated = encoding or plan.encoding
    if plan.format == "xlsx":
        from app.office.mapping.workbook import Workbook

        return Workbook(data, plan), ""
    if plan.format == "xml" and stated == "auto":
        from app.office.mapping.structured import XmlEntries

        return XmlEntries(data, plan), ""
    text, used = decode(data, stated)
    match plan.format:
        case "csv":
            return Delimited(text, plan), used
        case "fixed":
            return FixedWidth(text, plan), used
        case "json":
            from app.office.mapping.structured import JsonEntries

            return JsonEntries(text, plan), used
    from app.office.mapping.structured import XmlEntries

    return XmlEntries(text, plan), used


def _own(plan: FilePlan, source: _Source, known: Sequence[str]) -> tuple[FieldPlan, ...]:
    if plan.format in ("json", "xml"):
        return tuple(FieldPlan(name, source=name) for name in known)
    return own_columns(plan, source.headings, known)


def _converted(
    rows: Iterator[SourceRow], plan: FilePlan, currency: str
) -> Iterator[tuple[int, Mapping[str, str] | BadRow]]:
    readers: list[tuple[str, Convert, str | None]] = []
    for each in plan.fields:
        heading = each.source or each.to
        read = reader(each, plan, sort_of(plan.what, each.to), currency, heading)
        readers.append((each.to, read, each.value))
    try:
        for line, cells in rows:
            yield line, cells if isinstance(cells, BadRow) else _row(cells, readers)
    except NoRows as fault:
        yield fault.line, fault.bad


def _row(cells: Sequence[str | None], readers: Sequence[tuple[str, Convert, str | None]]) -> Mapping[str, str] | BadRow:
    row: dict[str, str] = {}
    try:
        for text, (to, read, constant) in zip(cells, readers, strict=True):
            if constant is not None:
                row[to] = constant
            elif text is not None:
                row[to] = str(read(text))
    except BadRow as bad:
        return bad
    return row


def _said(fault: NoRows) -> str:
    told = reason(Fault(fault.line, fault.bad.code, fault.bad.values), _)
    return _("line {line}: {reason}").format(line=fault.line, reason=told)
