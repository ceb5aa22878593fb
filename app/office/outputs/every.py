"""Every format of a report's file: the one list; and writing one, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from app.office.outputs.csv_file import SPREADSHEETS, CsvManner, csv_file
from app.office.outputs.figures import MANNERS
from app.office.outputs.json_file import json_file
from app.office.outputs.parquet_file import parquet_file
from app.office.outputs.pdf_file import Paper, pdf_file
from app.office.outputs.text_file import text_file
from app.office.outputs.xlsx_file import xlsx_file
from app.office.reports.table import ReportTable
from app.plain_sentences import reason as reason_of
from app.text import gettext as _
from app.text import language

NAME_MOST = 60
"""So much of a file's name is in the name of the one beside it: names have an end."""


class Wishes(msgspec.Struct, frozen=True):
    """How a file is to be. ``csv``: None is what a spreadsheet of the language takes."""

    csv: CsvManner | None = None
    paper: Paper = Paper()


class Format(msgspec.Struct, frozen=True):
    """A format: its name on the command line, the endings of its files, and what makes one."""

    name: str
    suffixes: tuple[str, ...]
    make: Callable[[ReportTable, Wishes], bytes]


class CannotWrite(ValueError):
    """A file that cannot be made, in one sentence that says what to do."""


def _csv(table: ReportTable, wishes: Wishes) -> bytes:
    return csv_file(table, wishes.csv or SPREADSHEETS[language()])


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("csv", (".csv",), _csv),
        Format("json", (".json",), lambda table, _wishes: json_file(table)),
        Format("xlsx", (".xlsx",), lambda table, wishes: xlsx_file(table, MANNERS[language()], wishes.paper.chart_key)),
        Format("parquet", (".parquet", ".pq"), lambda table, _wishes: parquet_file(table)),
        Format("pdf", (".pdf",), lambda table, wishes: pdf_file(table, MANNERS[language()], wishes.paper)),
        Format("text", (".txt", ".text"), lambda table, _wishes: text_file(table, language())),
    )
}


def format_of(path: Path, name: str = "") -> Format:
    """The format by name, or else by the file's ending. ``CannotWrite`` names those that there are."""
    if name:
        if name in FORMATS:
            return FORMATS[name]
        raise CannotWrite(
            _("There is no format {name}; there are {known}.").format(name=name, known=", ".join(FORMATS))
        )
    suffix = path.suffix.lower()
    for each in FORMATS.values():
        if suffix in each.suffixes:
            return each
    known = ", ".join(suffix for each in FORMATS.values() for suffix in each.suffixes)
    raise CannotWrite(_("{file}: its ending says no format; take one of {known}.").format(file=path, known=known))


def made(table: ReportTable, format_: Format, wishes: Wishes | None = None) -> bytes:
    """The file's bytes. ``CannotWrite`` if this table does not fit the format."""
    try:
        return format_.make(table, wishes or Wishes())
    except ValueError as error:
        raise CannotWrite(str(error)) from None


def write(table: ReportTable, path: Path, format_: Format, wishes: Wishes | None = None) -> int:
    """Write the file in place of what is there; its size in bytes. ``CannotWrite``: nothing has changed."""
    data = made(table, format_, wishes)
    try:
        _replace(path, data)
    except OSError as error:
        reason = reason_of(error)
        raise CannotWrite(_("{file} cannot be written: {reason}.").format(file=path, reason=reason)) from None
    return len(data)


def _replace(path: Path, data: bytes) -> None:
    """Beside it first, then in its place: a disk that is full leaves the old file, and nothing half done."""
    beside = path.with_name(f".{path.name[:NAME_MOST]}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
