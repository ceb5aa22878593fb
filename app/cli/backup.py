"""``backup`` and ``restore``: a till in one file, and back."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import wiring
from app.cli.ask import ask
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.engine.lock import HomeLock
from app.sentences import sentence
from app.text import gettext as _
from replication import backup
from replication.backup import Checked


def add_commands(commands: Any) -> None:
    """The group's commands."""
    made = command(commands, "backup", _backup, _("this till in one file, also while it sells; checked at once"))
    made.add_argument("file", type=Path, help=_("the file to write"))
    put_back = command(commands, "restore", _restore, _("put a backup into an empty home"))
    put_back.add_argument("file", type=Path, help=_("the backup"))


def _backup(options: argparse.Namespace) -> int:
    file: Path = options.file.absolute()
    ask(options, "backup", file=str(file))
    try:
        checked = backup.check(file)  # here and not in the till, which sells meanwhile
    except (backup.BackupRefused, *wiring.FAILURES) as error:
        file.unlink(missing_ok=True)
        raise CommandFailed(sentence(error)) from None
    data = _data(file, checked)
    show(
        options,
        data,
        lambda: [_("{file}: {records} records in {feeds} feeds of till {till_no}, checked").format(**data)],
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings_of(options, home)
    try:
        with HomeLock(home):
            checked = backup.restore(options.file.absolute(), home.path)
    except (backup.BackupRefused, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    data = _data(options.file, checked)
    show(
        options,
        data,
        lambda: [
            _("till {till_no} of network {network} as of {made_at}: {records} records").format(**data),
            _("it sells again when it has heard from the other tills what it wrote since then"),
        ],
    )
    return 0


def _data(file: Path, checked: Checked) -> dict[str, Any]:
    made_at = datetime.fromtimestamp(checked.made_at_ms / 1000, UTC).isoformat(timespec="seconds")
    return {"file": str(file), **checked._asdict(), "made_at": made_at}
