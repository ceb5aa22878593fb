"""``backup`` and ``restore``: a till in one file, and back."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from app import wiring
from app.cli.ask import ask
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.engine.control import Refused
from app.engine.lock import HomeLock
from app.office import backups, generations
from app.office.generations import Rule
from app.sentences import sentence
from app.text import gettext as _
from app.text import moment
from replication import backup
from replication.backup import Checked


def add_commands(commands: Any) -> None:
    """The group's commands."""
    made = command(commands, "backup", _backup, _("this till in one file, also while it sells; checked at once"))
    where = made.add_mutually_exclusive_group(required=True)
    where.add_argument("file", type=Path, nargs="?", help=_("the file to write"))
    where.add_argument("--to", type=Path, metavar="DIR", help=_("a folder for many backups, each with its time"))
    where.add_argument("--check", type=Path, metavar="FILE", help=_("only check this backup, as restoring it would"))
    made.add_argument(
        "--keep",
        type=_rule,
        default=Rule(),
        metavar="RULE",
        help=_("which of the folder stay: daily=7,weekly=4,monthly=12"),
    )
    put_back = command(commands, "restore", _restore, _("put a backup into an empty home"))
    put_back.add_argument("file", type=Path, help=_("the backup"))


def _rule(text: str) -> Rule:
    try:
        return generations.rule_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _backup(options: argparse.Namespace) -> int:
    if options.check is not None:
        settings_of(options)
        data = backups.fields(options.check, _checked(options.check))
    elif options.to is not None:
        data = _into(options, options.to.absolute())
    else:
        file = options.file.absolute()
        data = backups.fields(file, _made(options, file))
    said = _("{file}: {records} records in {feeds} feeds of till {till_no}, checked")
    gone = data.get("removed", [])
    more = [_("{count} older ones were removed by the rule").format(count=len(gone))] if gone else []
    show(options, data, lambda: [said.format(**data), *more])
    return 0


def _made(options: argparse.Namespace, file: Path) -> Checked:
    """A backup in this file, checked here and not in the till, which sells meanwhile."""
    ask(options, "backup", file=str(file))
    return _checked(file, made=True)


def _checked(file: Path, *, made: bool = False) -> Checked:
    try:
        return backups.checked(file, made=made)
    except Refused as refused:
        raise CommandFailed(str(refused)) from None


def _into(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """One more generation; only when it is there and holds, older ones go."""
    try:
        prefix = backups.prefix_of(ask(options, "hello")) if folder.is_dir() else ""
        file = backups.next_file(folder, prefix, datetime.now())  # noqa: DTZ005 - people look for their own time
        data = backups.fields(file, _made(options, file))
        return {**data, "removed": [str(path) for path in backups.prune(folder, prefix, options.keep)]}
    except Refused as refused:
        raise CommandFailed(str(refused)) from None


def _restore(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings_of(options, home)
    try:
        with HomeLock(home):
            checked = backup.restore(options.file.absolute(), home.path)
    except (backup.BackupRefused, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    data = backups.fields(options.file, checked)
    show(
        options,
        data,
        lambda: [
            _("till {till_no} of network {network} as of {made_at}: {records} records").format(
                **{**data, "made_at": moment(data["made_at"])}
            ),
            _("it sells again when it has heard from the other tills what it wrote since then"),
        ],
    )
    return 0
