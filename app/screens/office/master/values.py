"""The values of a kind: searched as they are typed, edited in a form, made and removed.

Somebody else may change the same value meanwhile. Then what they changed is told, and the form comes again with theirs
and with what was typed here: neither is lost.
"""

from __future__ import annotations

from typing import Any

from app import master_words
from app.screens.office.desk import OfficeDesk
from app.screens.office.master import labels
from app.screens.office.master.form import changed, fields_of
from app.screens.office.master.past import past
from app.screens.office.master.planned import later
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.till.ports import JournalRefused

NEW, REMOVE, PAST, LATER = "new", "remove", "past", "later"
MOST = 100
"""Rows of a search: of more, something more exact is typed sooner than they are read."""
MEANWHILE = "changed_meanwhile"


async def values(desk: OfficeDesk, kind: str) -> None:
    """Enter edits one; F2 makes, F3 removes, F6 shows the past of one, F7 plans a change."""
    text = ""
    while (picked := await desk.choose(_search(desk, kind, text))) is not None:
        text = picked.text
        match picked.name:
            case "new":
                await edit(desk, kind, "")
            case "remove":
                await _remove(desk, picked.value)
            case "later":
                await later(desk, kind, picked.value["key"])
            case "past":
                await past(desk, kind, picked.value["key"])
            case _:
                await edit(desk, kind, picked.value["key"])


async def edit(desk: OfficeDesk, kind: str, key: str) -> None:
    """A form with all fields, until it is saved or given up; without a key for a new value."""
    typed: dict[str, str] = {}
    while (form := await desk.ask("master_form", kind=kind, key=key)) is not None:
        title, about = _("New: {kind}").format(kind=labels.kind(kind)), ""
        if key:
            title = f"{labels.kind(kind)}: {labels.key(kind, key)}"
            about = _("Last changed {at} {by}").format(at=master_words.moment(form["at"]), by=form["by"]).rstrip()
        filled = await desk.fill(Form(title, fields_of(form, typed), text=about))
        if filled is None:
            return
        typed = changed(form, filled)
        if key and not typed:
            return
        try:
            answer = await desk.done(
                "master_set", kind=kind, key=key, values=typed, version=form["version"], by=desk.user
            )
        except JournalRefused as refused:
            if refused.code == MEANWHILE:
                await desk.confirm(title, _("Somebody else was faster. Look at it again?"), str(refused))
            else:
                desk.told(refused)
            continue
        except OSError as gone:
            desk.told(gone)
            continue
        desk.tell(_("{key} is saved").format(key=labels.key(kind, answer["key"])))
        return


async def _remove(desk: OfficeDesk, row: dict[str, Any]) -> None:
    title = f"{labels.kind(row['kind'])}: {labels.key(row['kind'], row['key'])}"
    said = row["text"]
    if await desk.confirm(title, _("Remove it? It can be taken back."), said):
        asked = {"kind": row["kind"], "key": row["key"], "version": row["version"], "by": desk.user}
        if await desk.ask("master_remove", **asked) is not None:
            desk.tell(_("{key} is removed").format(key=labels.key(row["kind"], row["key"])))


def _search(desk: OfficeDesk, kind: str, text: str) -> Choose:
    async def find(typed: str) -> Found:
        found = await desk.ask("master_list", kind=kind, search=typed, limit=MOST)
        if found is None:
            return Found(())
        rows = [Choice((labels.key(kind, row["key"]), row["text"]), row) for row in found["values"]]
        return Found(rows, found["more"])

    return Choose(
        labels.kind(kind),
        (Column(_("Number or name"), 22), Column(_("Value"), 0)),
        find=find,
        prompt=_("Any words of it"),
        actions=(
            Action(2, NEW, _("New")),
            Action(3, REMOVE, _("Remove")),
            Action(6, PAST, _("Past")),
            Action(7, LATER, _("Later")),
        ),
        alone=(NEW,),
        empty=_("There is none. F2 makes one."),
        text=text,
    )
