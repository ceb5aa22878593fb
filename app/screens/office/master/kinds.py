"""Which kind of master data: the task in the menu."""

from __future__ import annotations

from app.domain.user import ABOUT_RIGHTS, MANAGES_USERS
from app.screens.office.desk import OfficeDesk
from app.screens.office.master import labels
from app.screens.office.master.copied import copies
from app.screens.office.master.groups import groups
from app.screens.office.master.past import changes, everything
from app.screens.office.master.planned import plans
from app.screens.office.master.values import values
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.steps import Action
from app.text import gettext as _

GROUPS, PLANS, COPIES, PAST, CHANGES = "groups", "plans", "copies", "past", "changes"


async def master(desk: OfficeDesk) -> None:
    """Every kind with how many values there are; Enter goes into one."""
    at = 0
    while True:
        found = await desk.ask("master_kinds")
        if found is None:
            return
        order = list(labels.KINDS)
        rows = [row for row in found if row["kind"] not in ABOUT_RIGHTS or MANAGES_USERS in desk.rights]
        rows.sort(key=lambda row: order.index(row["kind"]) if row["kind"] in order else len(order))
        picked = await desk.choose(
            Choose(
                _("Master data"),
                (Column(_("Kind"), 0), Column(_("Values"), 8, numeric=True)),
                [Choice((labels.kind(row["kind"]), str(row["values"])), number) for number, row in enumerate(rows)],
                at=at,
                actions=(
                    Action(3, GROUPS, _("Groups")),
                    Action(4, PLANS, _("Plans")),
                    Action(5, COPIES, _("Copies")),
                    Action(6, PAST, _("Past")),
                    Action(7, CHANGES, _("Imports")),
                ),
                alone=(GROUPS, PLANS, COPIES, PAST, CHANGES),
            )
        )
        if picked is None:
            return
        at = picked.value or 0
        match picked.name:
            case "groups":
                await groups(desk)
            case "plans":
                await plans(desk)
            case "copies":
                await copies(desk)
            case "past":
                await everything(desk)
            case "changes":
                await changes(desk)
            case _:
                await values(desk, rows[at]["kind"])
