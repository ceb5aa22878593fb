"""A report as a file, from the command line: ``--out FILE``, its format by the ending or by ``--format``."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.cli.ask import did
from app.cli.options import CommandFailed, show
from app.home import Home
from app.text import gettext as _
from app.text import language

if TYPE_CHECKING:  # no till needs them, and every till reads this file at its start
    from app.office.reports.definition import Report
    from app.office.reports.table import ReportTable

STDOUT = "-"
ONE_CHARACTER = {"tab": "\t", "comma": ",", "semicolon": ";", "point": "."}


def accept_files(parser: argparse.ArgumentParser) -> None:
    """The options of whatever makes a file of a report."""
    parser.add_argument("--out", default="", metavar=_("FILE"), help=_("write it to this file; - is the output"))
    known = ("csv", "json", "xlsx", "parquet", "pdf", "text")
    parser.add_argument("--format", default="", choices=known, help=_("instead of what the file's ending says"))
    parser.add_argument(
        "--separator", default=None, type=_character, metavar="CHAR", help=_("of CSV: ; , | tab; else the language's")
    )
    parser.add_argument(
        "--decimal", default=None, type=_character, metavar="CHAR", help=_("of CSV: , or .; else the language's")
    )
    help_text = _("CSV begins with the mark by which spreadsheets know UTF-8, or not")
    parser.add_argument("--bom", default=None, action=argparse.BooleanOptionalAction, help=help_text)
    help_text = _("PDF has the chart, or not, whatever the report's form says")
    parser.add_argument("--chart", default=None, action=argparse.BooleanOptionalAction, help=help_text)


def wanted(options: argparse.Namespace) -> bool:
    """Whether a file is wanted."""
    return bool(options.out or options.format)


def put(options: argparse.Namespace, home: Home, report: Report, table: ReportTable) -> None:
    """Write it, and say so. ``CommandFailed``: nothing has changed."""
    from app.office.outputs.csv_file import SPREADSHEETS, CsvManner
    from app.office.outputs.every import CannotWrite, format_of, made, write
    from app.office.outputs.forms import wishes_of
    from app.office.reports.own import FOLDER

    usual = SPREADSHEETS[language()]
    manner = CsvManner(
        options.separator or usual.separator,
        options.decimal or usual.decimal,
        usual.bom if options.bom is None else options.bom,
    )
    out = options.out or STDOUT
    try:
        format_ = format_of(Path(out), options.format)
        form = report.form
        if options.chart is not None:
            form = msgspec.structs.replace(form, chart=(form.chart or "bars") if options.chart else "")
        wishes = wishes_of(form, home.path / FOLDER, datetime.now().astimezone(), manner)
        if out == STDOUT:
            sys.stdout.flush()
            sys.stdout.buffer.write(made(table, format_, wishes))
            sys.stdout.buffer.flush()
            return
        size = write(table, Path(out), format_, wishes)
    except CannotWrite as error:
        raise CommandFailed(str(error)) from None
    did(options, f"report run {options.name} --out {out}")
    told = {"file": out, "format": format_.name, "bytes": size, "rows": len(table.lines), "notes": list(table.notes)}
    said = _("{file} is written ({size} bytes)").format(file=out, size=size)
    show(options, told, lambda: [said, *table.notes])


def _character(text: str) -> str:
    found = ONE_CHARACTER.get(text, text)
    if len(found) != 1 or not (found.isprintable() or found == "\t") or found in "\"'0123456789-":
        raise argparse.ArgumentTypeError(_("{text!r} is no such sign; write one character").format(text=text))
    return found
