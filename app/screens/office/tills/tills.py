"""Every number of the network with who has it; one till's sheet; release, plan, number, replace, shut out."""

from __future__ import annotations

from typing import Any

from app import till_words
from app.screens.office.desk import OfficeDesk
from app.screens.office.tills.planning import numbered, planned, released
from app.screens.office.tills.values import branches, groups, pools
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.releasing import CodeSheet
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _

NEW, SHUT_OUT, PLAN, REPLACE, NUMBERS = "new", "shut_out", "plan", "replace", "numbers"
BRANCHES, GROUPS, POOLS = "branches", "groups", "pools"
NEED_NO_TILL = (NEW, BRANCHES, GROUPS, POOLS)


async def tills(desk: OfficeDesk) -> None:
    """The list, until it is left; Enter reads one."""
    at = 0
    while True:
        rows = await desk.ask("tills")
        if rows is None:
            return
        picked = await desk.choose(_list(rows, at))
        if picked is None:
            return
        at = next((place for place, row in enumerate(rows) if row is picked.value), at)
        match picked.name:
            case "new":
                await released(desk)
            case "branches":
                await branches(desk)
            case "groups":
                await groups(desk)
            case "pools":
                await pools(desk)
            case _:
                await _with_one(desk, picked.name, picked.value)


async def _with_one(desk: OfficeDesk, name: str, row: dict[str, Any]) -> None:
    match name:
        case "plan":
            await planned(desk, row)
        case "numbers":
            await numbered(desk, row)
        case "shut_out":
            await _shut_out(desk, row)
        case "replace":
            await _replaced(desk, row)
        case _:
            await _read(desk, row["no"])


def _list(rows: list[dict[str, Any]], at: int) -> Choose:
    widths = (5, 0, 11, 9, 16, 6, 7)
    columns = [
        Column(_(heading), width, numeric=place in till_words.NUMERIC)
        for place, (heading, width) in enumerate(zip(till_words.HEADINGS, widths, strict=True))
    ]
    return Choose(
        _("Tills"),
        columns,
        [Choice(till_words.cells(row), row, till_words.about(row)) for row in rows],
        actions=(
            Action(2, NEW, _("Release")), Action(3, SHUT_OUT, _("Shut out")), Action(4, PLAN, _("Plan")),
            Action(5, REPLACE, _("Replace")), Action(6, NUMBERS, _("Numbers")), Action(7, BRANCHES, _("Branches")),
            Action(8, GROUPS, _("Groups")), Action(9, POOLS, _("Pools")),
        ),
        alone=NEED_NO_TILL,
        empty=_("There is no till yet. F2 releases one."),
        at=at,
    )  # fmt: skip


async def _read(desk: OfficeDesk, no: int) -> None:
    async def said() -> str:
        return "\n".join(till_words.sheet(await desk.services.ask("till", no=no)))

    if await desk.ask("till", no=no) is not None:
        await desk.read(Sheet(_("Till {no}").format(no=no), await said()), said)


async def _shut_out(desk: OfficeDesk, row: dict[str, Any]) -> None:
    title = _("Till {no}").format(no=row["no"])
    warning = _(
        "It is shut out for good: no other member talks to it any more. What it has not passed on stays with it."
    )
    if await desk.confirm(title, _("Shut it out?"), warning):
        answer = await desk.ask("revoke", no=row["no"])
        if answer is not None:
            desk.tell(till_words.revoked(answer))


async def _replaced(desk: OfficeDesk, row: dict[str, Any]) -> None:
    title = _("New hardware for till {no}").format(no=row["no"])
    warning = _("The old hardware is shut out for good; the new one gets a code, the plan and numbers of its own.")
    if not await desk.confirm(title, _("Replace it?"), warning):
        return
    answer = await desk.ask("replace", no=row["no"])
    slots = None if answer is None else await desk.ask("slots")
    if answer is not None and slots is not None:
        slot = next(each for each in slots if each["no"] == row["no"])
        await desk.read(CodeSheet({**answer, "slots": [slot], "expires_at": slot["expires_at"]}))
