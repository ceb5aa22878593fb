"""``tillmesh orders``: a web shop's orders in, what became of them out."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import Any

from app.cli.ask import ask, did
from app.cli.office_books import written
from app.cli.options import CommandFailed, accept_common, command, show
from app.office import orders
from app.office.importing import decoded
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

FILE_BYTES_MAX = 12 * 1024 * 1024
"""Fits one frame of the control socket."""


def add_commands(commands: Any) -> None:
    """``import`` and ``status``."""
    group = command(commands, "orders", _status, _("a web shop's orders: in as they are now, and what became of them"))
    parts = group.add_subparsers(metavar=_("what"))
    reading = parts.add_parser("import", help=_("place what is new, change what has changed, cancel what is cancelled"))
    accept_common(reading)
    reading.set_defaults(run=_import)
    reading.add_argument("file", type=Path, help=_("the file; docs/drive.md has its columns"))
    reading.add_argument("--dry-run", action="store_true", help=_("only say what would be done"))
    reading.add_argument("--skip-bad", action="store_true", help=_("leave bad lines out instead of importing nothing"))
    reading.add_argument("--anyway", action="store_true", help=_("although not every till could be asked"))
    status = parts.add_parser("status", help=_("what became of each order: open, picked up, cancelled"))
    accept_common(status)
    status.set_defaults(run=_status)
    for each in (group, status):
        each.add_argument("--out", type=Path, default=None, help=_("the CSV file to write; printed if left out"))


def _import(options: argparse.Namespace) -> int:
    try:
        raw = options.file.read_bytes() if options.file.stat().st_size <= FILE_BYTES_MAX else None
    except OSError as error:
        said = _("{file}: cannot be read ({reason}); check its name and permissions")
        raise CommandFailed(said.format(file=options.file, reason=reason_of(error))) from None
    if raw is None:
        raise CommandFailed(_("{file}: too large; split it").format(file=options.file))
    answer = ask(
        options,
        "orders_import",
        text=decoded(raw),
        skip_bad=options.skip_bad,
        dry_run=options.dry_run,
        anyway=options.anyway,
    )
    for fault in answer["faults"]:
        said = _("{file}: line {line}: {reason}")
        print(said.format(file=options.file, line=fault["line"], reason=fault["reason"]), file=sys.stderr)

    if answer.get("stopped"):
        said = _("stopped: {done} of {of} new orders are placed; read the file again for the others")
        raise CommandFailed(said.format(done=answer["written"], of=len(answer["placed"])))

    def lines() -> list[str]:
        said = _("{placed} placed, {changed} changed, {cancelled} cancelled, {unchanged} as they were")
        counts = {name: len(answer[name]) for name in ("placed", "changed", "cancelled")}
        return [said.format(**counts, unchanged=answer["unchanged"])]

    show(options, answer, lines)
    if answer["faults"] and not answer["done"] and not options.dry_run:
        raise CommandFailed(_("nothing was done; correct the lines or use --skip-bad"))
    return 1 if answer["faults"] and not options.skip_bad else 0


def _status(options: argparse.Namespace) -> int:
    found = ask(options, "export", what="orders")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(orders.COLUMNS)
    writer.writerows(orders.cells(row) for row in found)
    if options.out is not None:
        file = written(options.out, "orders.csv", out.getvalue().encode())
        did(options, f"orders status --out {file}")
        show(options, {"file": str(file), "orders": len(found)}, lambda: [str(file)])
    elif getattr(options, "json", False):
        show(options, found, list)
    else:
        sys.stdout.write(out.getvalue())
    return 0
