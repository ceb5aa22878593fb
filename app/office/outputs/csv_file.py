"""A report as CSV: what Excel opens with a double click, and pandas reads with two options.

German spreadsheets take ``;`` and a decimal comma, English ones ``,`` and a point; numbers have no thousands
separator, days are ISO. A text that a spreadsheet would take for a formula (names come from files of others) gets an
apostrophe before it, as OWASP advises ("CSV injection").
"""

from __future__ import annotations

import csv
import io

import msgspec

from app.office.outputs.figures import PLAIN, Manner, figure
from app.office.outputs.flat import flat
from app.office.reports.table import Cell, ColumnKind, ReportTable
from app.text import gettext as _

BOM = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvManner(msgspec.Struct, frozen=True):
    """``separator`` between fields, ``decimal`` sign; ``bom``: begin with the mark by which Excel knows UTF-8."""

    separator: str = ","
    decimal: str = "."
    bom: bool = False


SPREADSHEETS = {"de": CsvManner(";", ",", bom=True), "en": CsvManner(",", ".", bom=True)}
"""What a spreadsheet of the language takes."""


def csv_file(table: ReportTable, manner: CsvManner) -> bytes:
    """The data lines with their headings, UTF-8, CR LF (RFC 4180). ``ValueError`` if both signs are the same."""
    if manner.separator == manner.decimal:
        raise ValueError(_("The separator of fields and the decimal sign must differ."))
    data = flat(table, _("Group"))
    numbers = msgspec.structs.replace(PLAIN, decimal=manner.decimal)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=manner.separator, lineterminator="\r\n")
    writer.writerow([_harmless(column.heading) for column in data.columns])
    for row in data.rows:
        writer.writerow(
            [_field(cell, column.kind, table.currency, numbers) for cell, column in zip(row, data.columns, strict=True)]
        )
    return (BOM if manner.bom else b"") + out.getvalue().encode()


def _field(cell: Cell, kind: ColumnKind, currency: str, numbers: Manner) -> str:
    if isinstance(cell, str):
        return _harmless(cell)
    written = figure(cell, kind, currency, numbers)
    return written.removesuffix(" %")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
