"""Copies that were made before changes, and everything made what it was in one."""

from __future__ import annotations

from typing import Any

from app import master_words
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import ngettext

RESTORE = "restore"


async def copies(desk: OfficeDesk) -> None:
    """The newest first; Enter shows before what one was made, F6 makes everything what it was then."""
    while (rows := await desk.ask("master_copies")) is not None:
        picked = await desk.choose(
            Choose(
                _("Copies before changes"),
                (Column(_("When"), 19), Column(_("Who"), 10), Column(_("Holds"), 10), Column(_("Before"), 0)),
                [Choice(_cells(row), row) for row in rows],
                actions=(Action(6, RESTORE, _("To then")),),
                empty=_("Nothing was changed here yet."),
            )
        )
        if picked is None:
            return
        row = picked.value
        if picked.name == RESTORE:
            await _restore(desk, row)
        else:
            await desk.read(Sheet(master_words.moment(row["at"]), "\n".join([row["change"], *row["values"]]).strip()))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    holds = _("everything") if row["sort"] == "whole" else _("values")
    return master_words.moment(row["at"]), row["by"], holds, row["change"] or ", ".join(row["values"])


async def _restore(desk: OfficeDesk, row: dict[str, Any]) -> None:
    tried = await desk.ask("master_restore", copy=row["copy"], dry_run=True)
    if tried is None:
        return
    count = tried["restored"]
    text = ngettext("{count} value would be as it was.", "{count} values would be as they were.", count)
    said = [text.format(count=count)]
    if tried["left"]:
        said += ["", _("Left as they are:"), *tried["left"]]
    if not await desk.confirm(master_words.moment(row["at"]), _("Make it as it was then?"), "\n".join(said)):
        return

    async def work(_far: object) -> Any:
        return await desk.ask("master_restore", copy=row["copy"], by=desk.user)

    answer = await desk.long(row["copy"], work, may_stop=False)
    if answer is not None:
        text = ngettext("{count} value is as it was", "{count} values are as they were", answer["restored"])
        desk.tell(text.format(count=answer["restored"]))
