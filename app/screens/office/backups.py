"""A backup by a key: into a folder, checked, older ones pruned by the rule."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.office import backups as folder_of
from app.office.generations import Rule, rule_of
from app.screens.office.attempts import tried
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Sheet
from app.text import gettext as _
from app.text import moment

RULE = "daily=7,weekly=4,monthly=12"


async def backups(desk: OfficeDesk) -> None:
    """Ask for the folder, make one more backup there, and say what is in it."""
    said = {"folder": "", "keep": RULE}
    while True:
        text = _(
            "Everything of this home in one file, checked as restoring would. Older ones of the folder go by the rule, "
            "once the new one holds."
        )
        filled = await desk.fill(
            Form(
                _("Backup"),
                [
                    Field("folder", _("Folder"), Kind.TEXT, said["folder"], required=True, hint="/media/disk"),
                    Field("keep", _("These stay"), Kind.TEXT, said["keep"], required=True),
                ],
                text=text,
                finish=_("Back up"),
            )
        )
        if filled is None:
            return
        said = filled
        rule = await tried(desk, partial(rule_of, said["keep"]))
        if rule is not None and await _made(desk, Path(said["folder"]), rule):
            return


async def _made(desk: OfficeDesk, folder: Path, rule: Rule) -> bool:
    who = await desk.ask("hello")
    if who is None:
        return False
    prefix = folder_of.prefix_of(who)
    now = desk.services.clock().replace(tzinfo=None)
    file = await tried(desk, lambda: folder_of.next_file(folder, prefix, now))
    if file is None:
        return False

    async def asked(_far: object) -> bool:
        return await desk.ask("backup", file=str(file.absolute())) is None and file.exists()

    if not await desk.long(_("Backup"), asked, may_stop=False):
        return False

    def looked_at() -> tuple[dict[str, object], int]:
        found = folder_of.checked(file, made=True)
        return folder_of.fields(file, found), len(folder_of.prune(folder, prefix, rule))

    done = await tried(desk, looked_at, _("Backup"))
    if done is None:
        return False
    data, gone = done
    lines = [_("{file}: {records} records in {feeds} feeds of till {till_no}, checked").format(**data)]
    lines += [_("{count} older ones were removed by the rule").format(count=gone)] if gone else []
    await desk.read(Sheet(_("Backup"), "\n".join(lines)))
    return True


async def restoring(desk: OfficeDesk) -> None:
    """Look at a backup, and put it into a new folder: a home of its own, which is opened from there."""
    said = {"file": "", "folder": ""}
    while True:
        filled = await desk.fill(
            Form(
                _("Put back a backup"),
                [
                    Field("file", _("Backup"), Kind.TEXT, said["file"], required=True, hint="/media/disk/….backup"),
                    Field("folder", _("New folder"), Kind.TEXT, said["folder"], required=True),
                ],
                text=_("A home that is open cannot be replaced, so the backup becomes a home of its own."),
                finish=_("View"),
            )
        )
        if filled is None:
            return
        said = filled
        if await _put_back(desk, *await desk.off(partial(_places, said["file"], said["folder"]))):
            return


def _places(file: str, folder: str) -> tuple[Path, Path]:
    return Path(file).expanduser().absolute(), Path(folder).expanduser().absolute()


async def _put_back(desk: OfficeDesk, file: Path, folder: Path) -> bool:
    title = _("Put back a backup")
    found = await tried(desk, lambda: folder_of.fields(file, folder_of.checked(file)), title)
    if found is None:
        return False
    holds = _("till {till_no} of network {network} as of {made_at}: {records} records").format(
        **{**found, "made_at": moment(found["made_at"])}
    )
    warning = _("Only where its old disk is lost: two homes of one member must never be open.")
    if not await desk.confirm(title, _("Put it there?"), f"{holds}\n\n{warning}"):
        return False
    done = await tried(desk, lambda: folder_of.put_back(file, folder), title)
    if done is None:
        return False
    await desk.did(f"restore {file} --home {folder}")
    opened = _("Open it when this office is closed: tillmesh office --home {folder}").format(folder=folder)
    await desk.read(Sheet(title, f"{holds}\n\n{opened}"))
    return True
