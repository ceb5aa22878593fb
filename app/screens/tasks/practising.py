"""A till that practises: its simulated devices are told what to do, and what is to go wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.text import gettext as _
from app.till.ports import JournalRefused

Machine = Mapping[str, Any]


async def machines(desk: Desk) -> Sequence[Machine]:
    """The simulated devices; none where all are real, or nobody can be asked."""
    try:
        return await desk.devices.simulated()
    except JournalRefused:
        return ()


async def practised(desk: Desk, found: Sequence[Machine]) -> None:
    """Choose a machine, then what it is to do, again and again."""
    while True:
        rows = [Choice((each["name"], ", ".join(map(plain, each["commands"]))), each) for each in found]
        columns = (Column(_("Device"), 18), Column(_("What it can be told"), 0))
        picked = await desk.choose(Choose(_("Practise: simulated devices"), columns, rows))
        if picked is None:
            return
        await _told(desk, picked.value)


async def _told(desk: Desk, machine: Machine) -> None:
    name, at = machine["name"], 0
    while True:
        rows = [Choice((command,), command) for command in machine["commands"]]
        picked = await desk.choose(Choose(name, (Column(_("What it can be told"), 0),), rows, at=at))
        if picked is None:
            return
        at = list(machine["commands"]).index(picked.value)
        command = plain(picked.value)
        if command != picked.value:
            said = await desk.fill(
                Form(f"{name}: {picked.value}", [Field("value", picked.value[len(command) + 1 :], Kind.CODE)])
            )
            if said is None:
                continue
            command = f"{command} {said['value']}".strip()
        if await desk.device(partial(desk.devices.practise, name, command)):
            desk.tell(_("{device} was told: {command}").format(device=name, command=command))


def plain(command: str) -> str:
    """The command without what has to be said to it.

    >>> [plain(each) for each in ("scan CODE", "paper_out [LINES]", "end cr|lf|crlf", "drop")]
    ['scan', 'paper_out', 'end', 'drop']
    """
    return command.partition(" ")[0]
