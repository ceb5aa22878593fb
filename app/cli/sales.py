"""``tillmesh sales``: what was sold, for a merchandise system, in numbered deliveries."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import wiring
from app.cli.ask import ask, did
from app.cli.office_books import open_books_of, written
from app.cli.options import CommandFailed, accept_common, command, home_of, settings_of, show
from app.cli.till import refuse_homeless
from app.config import CURRENCY
from app.domain.money import format_minor
from app.engine.control import Refused
from app.home import Home
from app.office.interfaces import deliveries
from app.office.interfaces.deliveries import Delivery
from app.office.whole_file import check_folder
from app.sentences import sentence
from app.text import gettext as _
from app.text import local, moment

FORMATS = ("csv", "json")


def add_commands(commands: Any) -> None:
    """``deliver``, ``list``, ``show`` and ``copy``."""
    group = command(commands, "sales", _list, _("what was sold, for a merchandise system, each receipt once"))
    parts = group.add_subparsers(metavar=_("what"))
    for name, run, help_text in (
        ("deliver", _deliver, _("everything that no delivery has yet, as the next one")),
        ("list", _list, _("the deliveries there were, newest first")),
        ("show", _show, _("a delivery again, as it was")),
        ("copy", _copy, _("a second copy of all deliveries in another folder")),
    ):
        part = parts.add_parser(name, help=help_text)
        accept_common(part)
        part.set_defaults(run=run)
        if name == "show":
            part.add_argument("number", type=int, help=_("the delivery's number"))
            part.add_argument("--out", type=Path, default=None, help=_("the file to write; printed if left out"))
        if name in ("deliver", "copy"):
            part.add_argument("--to", type=Path, required=name == "copy", default=None, help=_("the folder"))
        if name in ("deliver", "show"):
            part.add_argument("--format", choices=FORMATS, default="csv", help=_("how"))


def _home(options: argparse.Namespace) -> Home:
    home = home_of(options)
    settings_of(options, home)
    refuse_homeless(home)
    return home


def _deliver(options: argparse.Namespace) -> int:
    home = _home(options)
    try:
        if options.to is not None:
            check_folder(options.to)
    except Refused as refused:
        raise CommandFailed(str(refused)) from None
    ask(options, "settled")
    sites = {member["till_no"]: member.get("site", "") for member in ask(options, "members")}
    with open_books_of(options) as books:
        made = deliveries.deliver(home.path, books, datetime.now(UTC), sites=sites)
    if made is None:
        show(options, {"number": None}, lambda: [_("nothing was sold since the last delivery")])
        return 0
    did(options, f"sales deliver ({made.number})")
    if options.to is not None:
        name = f"sales-{made.number:06}.{options.format}"
        content = deliveries.content(home.path, made.number, options.format)
        try:
            _check_other(options.to / name, content)
            written(options.to, name, content)
        except CommandFailed as failed:
            said = _("{reason}; the delivery is kept: tillmesh sales show {number} --out FILE")
            raise CommandFailed(said.format(reason=failed, number=made.number)) from None
    show(options, _data(made), lambda: [_line(made)])
    return 0


def _check_other(file: Path, content: bytes) -> None:
    """``CommandFailed`` if a delivery of this number lies there that has other receipts: somebody may have read it."""
    try:
        other = file.exists() and file.read_bytes() != content
    except OSError as error:
        raise CommandFailed(sentence(error)) from None
    if other:
        said = _(
            "{file} is there already and is another delivery; was this office put back from a backup? Compare the two"
        )
        raise CommandFailed(said.format(file=file))


def _list(options: argparse.Namespace) -> int:
    home = _home(options)
    found = deliveries.deliveries(home.path)
    show(options, [_data(each) for each in found], lambda: [_line(each) for each in found] or [_("there is none yet")])
    return 0


def _show(options: argparse.Namespace) -> int:
    home = _home(options)
    try:
        content = deliveries.content(home.path, options.number, options.format)
    except (Refused, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    if options.out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        file = written(options.out, f"sales-{options.number:06}.{options.format}", content)
        did(options, f"sales show {options.number} --out {file}")
        show(options, {"file": str(file)}, lambda: [str(file)])
    return 0


def _copy(options: argparse.Namespace) -> int:
    home = _home(options)
    try:
        copied = deliveries.copy(home.path, options.to)
    except (Refused, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    did(options, f"sales copy --to {options.to}")
    free = shutil.disk_usage(options.to).free
    said = _("{count} deliveries copied to {folder}")
    data = {"copied": copied, "folder": str(options.to), "free_bytes": free}
    show(options, data, lambda: [said.format(count=len(copied), folder=options.to)])
    return 0


def _data(made: Delivery) -> dict[str, Any]:
    fields = made._asdict()
    return {**fields, "gross": format_minor(fields.pop("gross_minor"), CURRENCY)}


def _line(made: Delivery) -> str:
    said = _("delivery {number} of {made_at}: {receipts} receipts, {lines} lines, {gross}")
    return said.format(
        **{**_data(made), "made_at": moment(made.made_at), "gross": local(format_minor(made.gross_minor, CURRENCY))}
    )
