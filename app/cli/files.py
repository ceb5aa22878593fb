"""``tillmesh import`` and ``tillmesh export``: files in, files out."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import Any

from app.cli.ask import ask
from app.cli.options import CommandFailed, command, show
from app.office.files import EXPORTS, IMPORTS
from app.office.importing import decoded
from app.text import gettext as _
from app.text import ngettext

FILE_BYTES_MAX = 12 * 1024 * 1024
"""Fits one frame of the control socket; a catalogue of some 100,000 articles."""
FAULTS_SHOWN = 50


def add_commands(commands: Any) -> None:
    """``import`` and ``export``."""
    reading = command(commands, "import", _import, _("take articles, customers, vouchers, … over from a file"))
    reading.add_argument("what", choices=tuple(IMPORTS), help=_("what the file holds"))
    reading.add_argument("file", type=Path, help=_("the file"))
    reading.add_argument("--skip-bad", action="store_true", help=_("leave bad lines out instead of importing nothing"))
    writing = command(commands, "export", _export, _("print articles, customers, … as CSV or JSON"))
    writing.add_argument("what", choices=tuple(EXPORTS), help=_("what to print"))
    writing.add_argument("--format", choices=("csv", "json"), default="csv", help=_("how"))


def _import(options: argparse.Namespace) -> int:
    answer = ask(options, "imports", what=options.what, text=_text_of(options.file), skip_bad=options.skip_bad)
    faults = answer["faults"]
    for fault in faults[:FAULTS_SHOWN]:
        print(
            _("{file}: line {line}: {reason}").format(file=options.file, line=fault["line"], reason=fault["reason"]),
            file=sys.stderr,
        )
    if faults and not options.skip_bad:
        raise CommandFailed(
            ngettext(
                "{file}: {count} bad line, nothing imported; correct it or use --skip-bad",
                "{file}: {count} bad lines, nothing imported; correct them or use --skip-bad",
                len(faults),
            ).format(file=options.file, count=len(faults))
        )
    count = answer["imported"]
    show(
        options,
        {"imported": count, "skipped": len(faults)},
        lambda: [
            ngettext("{count} entry imported", "{count} entries imported", count).format(count=count),
            *([_("from now on everybody logs in at the tills")] if options.what == "users" and count else []),
        ],
    )
    return 0


def _export(options: argparse.Namespace) -> int:
    rows = ask(options, "export", what=options.what)
    if options.format == "json" or getattr(options, "json", False):
        options.json = True
        show(options, rows, list)
        return 0
    exported = EXPORTS[options.what]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(exported.columns)
    writer.writerows(exported.cells(row) for row in rows)
    sys.stdout.write(out.getvalue())
    sys.stdout.flush()
    return 0


def _text_of(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > FILE_BYTES_MAX:
            raise CommandFailed(
                _("{file}: {size} bytes are too many; split it into files of at most {most} bytes").format(
                    file=file, size=size, most=FILE_BYTES_MAX
                )
            )
        raw = file.read_bytes()
    except OSError as error:
        raise CommandFailed(
            _("{file}: cannot be read ({reason}); check its name and permissions").format(
                file=file, reason=error.strerror
            )
        ) from None
    return decoded(raw)
