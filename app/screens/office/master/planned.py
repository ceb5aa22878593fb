"""Changes that are to come: planned in the form of the value, listed with what went wrong, cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import master_words
from app.domain.user import ABOUT_RIGHTS, MANAGES_USERS
from app.screens.office.desk import OfficeDesk
from app.screens.office.master import labels
from app.screens.office.master.form import changed, fields_of
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _

CANCEL = "cancel"


async def later(desk: OfficeDesk, kind: str, key: str) -> None:
    """What is to be changed, and then when."""
    title = _("Later: {kind} {key}").format(kind=labels.kind(kind), key=key)
    typed: dict[str, str] = {}
    at = ""
    while (form := await desk.ask("master_form", kind=kind, key=key)) is not None:
        filled = await desk.fill(Form(title, fields_of(form, typed), finish=_("Next")))
        if filled is None:
            return
        typed = changed(form, filled)
        if not typed:
            return
        when = Field("at", _("When"), value=at, required=True, hint=_("such as 2026-12-01 06:00"))
        said = await desk.fill(Form(title, [when], text=_lines(typed)))
        if said is None:
            continue
        at = said["at"]
        answer = await desk.ask("master_plan", kind=kind, key=key, at=at, values=typed, by=desk.user)
        if answer is not None:
            desk.tell(_("{key} will be changed then").format(key=key))
            return


async def plans(desk: OfficeDesk) -> None:
    """What is to come, the next first; what could not be done when it was due says why. F3 cancels."""
    while (rows := await desk.ask("master_plans")) is not None:
        rows = [row for row in rows if row["kind"] not in ABOUT_RIGHTS or MANAGES_USERS in desk.rights]
        picked = await desk.choose(
            Choose(
                _("Planned changes"),
                (Column(_("When"), 19), Column(_("Who"), 10), Column(_("What"), 0)),
                [Choice(_cells(row), row, row["fault"]) for row in rows],
                actions=(Action(3, CANCEL, _("Cancel")),),
                empty=_("Nothing is planned. F7 in a list of values plans a change of one."),
            )
        )
        if picked is None:
            return
        row = picked.value
        title = f"{labels.kind(row['kind'])}: {row['of']}"
        if picked.name != CANCEL:
            await desk.read(Sheet(title, _sheet(row)))
            continue
        sure = await desk.confirm(title, _("Cancel this plan?"), _sheet(row))
        if sure and await desk.ask("master_plan_cancel", plan=row["plan"], by=desk.user) is not None:
            desk.tell(_("the plan is cancelled"))


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    what = _("remove") if row["removed"] else ", ".join(f"{labels.field(name)}" for name in row["values"])
    mark = "! " if row["fault"] else ""
    return master_words.moment(row["at"]), row["by"], f"{mark}{labels.kind(row['kind'])} {row['of']}: {what}"


def _sheet(row: Mapping[str, Any]) -> str:
    said = [master_words.moment(row["at"]), _("remove") if row["removed"] else _lines(row["values"])]
    return "\n".join([*said, *(["", row["fault"]] if row["fault"] else [])])


def _lines(values: Mapping[str, Any]) -> str:
    return "\n".join(f"{labels.field(name):24}{master_words.typed(name, value)}" for name, value in values.items())
