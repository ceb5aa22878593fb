"""Article groups: how many articles are in each; renamed, united or taken off in all that name them."""

from __future__ import annotations

from typing import Any

from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import ngettext

REMOVE = "remove"


async def groups(desk: OfficeDesk) -> None:
    """Enter gives a group another name, F3 takes it off its articles."""
    at = 0
    while (rows := await desk.ask("master_groups")) is not None:
        picked = await desk.choose(
            Choose(
                _("Article groups"),
                (Column(_("Group"), 0), Column(_("Articles"), 9, numeric=True), Column(_("Others"), 8, numeric=True)),
                [
                    Choice((row["group"], str(row["articles"]), str(row["others"])), (number, row["group"]))
                    for number, row in enumerate(rows)
                ],
                at=at,
                actions=(Action(3, REMOVE, _("Remove")),),
                empty=_("No article has a group yet."),
            )
        )
        if picked is None:
            return
        at, old = picked.value
        new = "" if picked.name == REMOVE else await _name(desk, old)
        if new is not None and new != old:
            await _renamed(desk, old, new)


async def _name(desk: OfficeDesk, old: str) -> str | None:
    field = Field("name", _("Name"), value=old, required=True)
    filled = await desk.fill(Form(_("Article group {group}").format(group=old), [field]))
    return None if filled is None else filled["name"]


async def _renamed(desk: OfficeDesk, old: str, new: str) -> None:
    asked = {"old": old, "new": new, "by": desk.user}
    tried = await desk.ask("master_regroup", **asked, dry_run=True)
    if tried is None:
        return
    text = ngettext("{count} value names it.", "{count} values name it.", tried["values"]).format(count=tried["values"])
    title = f"{old} -> {new}" if new else old
    if not await desk.confirm(title, _("Change all of them? It can be taken back."), text):
        return

    async def work(_far: object) -> Any:
        return await desk.ask("master_regroup", **asked)

    if await desk.long(title, work, may_stop=False) is not None:
        desk.tell(_("{group} is changed").format(group=old))
