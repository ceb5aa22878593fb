"""The past: of a value, of everything, of imports; what was said is read, and said again by a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import master_words
from app.domain.user import ABOUT_RIGHTS, MANAGES_USERS
from app.screens.office.desk import OfficeDesk
from app.screens.office.master import labels
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import ngettext

UNDO = "undo"
MOST = 200

Row = Mapping[str, Any]


async def past(desk: OfficeDesk, kind: str, key: str) -> None:
    """Every version of a value, the newest first; F6 makes it as it was then."""
    while True:
        rows = await desk.ask("master_history", kind=kind, key=key, limit=MOST)
        if not rows:
            return
        picked = await desk.choose(_versions(f"{labels.kind(kind)}: {labels.key(kind, key)}", rows, _("To then")))
        if picked is None:
            return
        row = picked.value
        if picked.name == UNDO:
            await _back(desk, row, to=row["version"], seen=rows[0]["version"])
        else:
            await desk.read(Sheet(f"{labels.kind(kind)}: {labels.key(kind, key)}", sheet(row)))


async def everything(desk: OfficeDesk) -> None:
    """What was changed last, of whatever kind; F6 takes one back, if it is the newest of its value."""
    while True:
        rows = await desk.ask("master_history", limit=MOST)
        if rows is None:
            return
        rows = [row for row in rows if row["kind"] not in ABOUT_RIGHTS or MANAGES_USERS in desk.rights]
        picked = await desk.choose(_versions(_("What was changed last"), rows, _("Revert"), named=True))
        if picked is None:
            return
        row = picked.value
        if picked.name == UNDO:
            await _back(desk, row, to="", seen=row["version"])
        else:
            await desk.read(Sheet(f"{labels.kind(row['kind'])}: {labels.key(row['kind'], row['key'])}", sheet(row)))


async def changes(desk: OfficeDesk) -> None:
    """Changes of many values, such as imports; F6 takes a whole one back."""
    while True:
        rows = await desk.ask("master_changes", limit=MOST)
        if rows is None:
            return
        picked = await desk.choose(
            Choose(
                _("Imports and other changes of many values"),
                (
                    Column(_("When"), 19),
                    Column(_("Who"), 10),
                    Column(_("Values"), 7, numeric=True),
                    Column(_("What"), 0),
                ),
                [
                    Choice((master_words.moment(row["at"]), row["by"], str(row["values"]), row["change"]), row)
                    for row in rows
                ],
                actions=(Action(6, UNDO, _("Revert")),),
                empty=_("Nothing was changed together yet."),
            )
        )
        if picked is None:
            return
        if picked.name == UNDO:
            await _whole_back(desk, picked.value["change"])
        else:
            found = await desk.ask("master_history", change=picked.value["change"], limit=MOST)
            if found is not None:
                said = "\n".join(line for row in found for line in master_words.version_lines(row)[:-1])
                await desk.read(Sheet(picked.value["change"], said))


def sheet(row: Row) -> str:
    """A version: when, who, and every field before and after."""
    said = [
        (_("When"), master_words.moment(row["at"])),
        (_("Who"), row["by"] or "-"),
        (_("What"), _(master_words.WHAT[row["what"]])),
        (_("Part of"), row["change"]),
    ]
    head = [f"{label + ':':24}{value}" for label, value in said if value]
    fields = [
        f"{labels.field(each['field'])[:23]:24}{' -> '.join(master_words.before_and_after(each))}"
        for each in row["changed"]
    ]
    warned = ["", master_words.crossed()] if row["crossed"] else []
    return "\n".join([*head, *warned, "", *fields])


def _versions(title: str, rows: Sequence[Row], undo: str, *, named: bool = False) -> Choose:
    columns = [Column(_("When"), 19), Column(_("Who"), 10), Column(_("What"), 0)]
    return Choose(
        title,
        columns,
        [Choice((master_words.moment(row["at"]), row["by"], _line(row, named=named)), row) for row in rows],
        actions=(Action(6, UNDO, undo),),
        empty=_("Nothing was changed yet."),
    )


def _line(row: Row, *, named: bool) -> str:
    value = f"{labels.kind(row['kind'])} {labels.key(row['kind'], row['key'])}: " if named else ""
    value = f"! {value}" if row["crossed"] else value
    if row["what"] != "changed" or not row["changed"]:
        return value + _(master_words.WHAT[row["what"]])
    return value + ", ".join(
        f"{labels.field(each['field'])} {' -> '.join(master_words.before_and_after(each))}" for each in row["changed"]
    )


async def _back(desk: OfficeDesk, row: Row, *, to: str, seen: str) -> None:
    title = f"{labels.kind(row['kind'])}: {labels.key(row['kind'], row['key'])}"
    asked = _("Make it as it was then?") if to else _("Take this change back?")
    if await desk.confirm(title, asked, sheet(row)):
        answer = await desk.ask("master_undo", kind=row["kind"], key=row["key"], to=to, version=seen, by=desk.user)
        if answer is not None:
            said = _("{key} is as it was") if answer["changed"] else _("{key} is so already")
            desk.tell(said.format(key=row["key"]))


async def _whole_back(desk: OfficeDesk, change: str) -> None:
    tried = await desk.ask("master_undo_change", change=change, dry_run=True)
    if tried is None:
        return
    count, newer = tried["undone"], tried["conflicts"]
    text = ngettext("{count} value would be taken back.", "{count} values would be taken back.", count)
    said = [text.format(count=count)]
    if newer:
        said += ["", _("Changed since, and left as they are:"), *newer]
    if not await desk.confirm(change, _("Take it back?"), "\n".join(said)):
        return

    async def work(_far: object) -> Any:
        return await desk.ask("master_undo_change", change=change, keep_newer=bool(newer), by=desk.user)

    answer = await desk.long(change, work, may_stop=False)
    if answer is not None:
        text = ngettext("{count} value is taken back", "{count} values are taken back", answer["undone"])
        desk.tell(text.format(count=answer["undone"]))
