"""A folder of backups: where the next one goes, whether it holds, which older ones go then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from app.engine.control import Refused
from app.engine.lock import HomeInUse, HomeLock
from app.home import Home
from app.office import generations
from app.office.generations import Rule
from app.office.whole_file import check_folder
from app.plain_sentences import reason as reason_of
from app.sentences import sentence
from app.text import gettext as _
from replication import backup
from replication.backup import BackupRefused, Checked
from replication.identity import IdentityExists


def prefix_of(who: Mapping[str, Any]) -> str:
    """What the names of this member's backups begin with; ``who`` as the operation ``hello`` answers."""
    return f"tillmesh-{who['till_no']}-{who['member_id'][:8]}"


def next_file(folder: Path, prefix: str, now: datetime) -> Path:
    """Where a backup that is made now (local time) goes; ``Refused`` if the folder is missing."""
    return check_folder(folder) / generations.name_of(prefix, now)


def checked(file: Path, *, made: bool = False) -> Checked:
    """What is in it, looked at as restoring would; ``Refused`` if it does not hold, and then one just ``made`` goes."""
    try:
        return backup.check(file)
    except (BackupRefused, OSError) as error:
        if made:
            file.unlink(missing_ok=True)
        raise Refused("backup_refused", sentence(error)) from None


def put_back(file: Path, folder: Path) -> Checked:
    """Put the backup into the new home ``folder``; what was in it. ``Refused`` with why not, and then nothing is there
    that was not.
    """
    try:
        with HomeLock(Home(folder)):
            return backup.restore(file, folder)
    except (BackupRefused, IdentityExists, HomeInUse, OSError) as error:
        raise Refused("backup_refused", sentence(error)) from None


def prune(folder: Path, prefix: str, rule: Rule) -> list[Path]:
    """Remove what need not stay, once the newest is known to hold; ``Refused`` if one cannot be removed."""
    found = {at: path for path in folder.iterdir() if (at := generations.made_of(prefix, path.name)) is not None}
    removed = []
    for at in generations.gone(found, rule):
        try:
            found[at].unlink()
        except OSError as error:
            said = _("the backup is written and checked, but {old} cannot be removed ({reason}); check its permissions")
            raise Refused("cannot_remove", said.format(old=found[at], reason=reason_of(error))) from None
        removed.append(found[at])
    return removed


def fields(file: Path, found: Checked) -> dict[str, Any]:
    """What is in a backup, for programs and lists."""
    made_at = datetime.fromtimestamp(found.made_at_ms / 1000).astimezone().isoformat(timespec="seconds")
    return {"file": str(file), **found._asdict(), "made_at": made_at}
