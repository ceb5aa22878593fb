"""The network by stick or folder: write what is known here, take in what tills have put there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app import carrier_words
from app.domain import till_numbers
from app.screens.office.attempts import refused
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused

READ, WRITE = "carrier_read", "carrier_write"


async def carrying(desk: OfficeDesk) -> None:
    """Ask for the stick and which way, until it is done or given up."""
    said = {"folder": "", "way": READ, "tills": ""}
    while True:
        filled = await desk.fill(
            Form(
                _("By stick"),
                [
                    Field("folder", _("Folder or stick"), value=said["folder"], required=True, hint="/media/stick"),
                    Field("way", _("What"), Kind.CHOICE, said["way"], required=True, options=(
                        Option(READ, _("take in what tills have put there")),
                        Option(WRITE, _("write what is known here")),
                    )),
                    Field("tills", _("Only for tills"), Kind.NUMBERS, said["tills"],
                          hint=_("when writing; all if left out")),
                ],
                text=_("Nothing is taken in twice, whichever way it came before."),
                finish=_("Start it"),
            )
        )  # fmt: skip
        if filled is None:
            return
        said = filled
        if await _carried(desk, said):
            return


async def _carried(desk: OfficeDesk, said: dict[str, str]) -> bool:
    way = said["way"]
    folder = await desk.off(lambda: Path(said["folder"]).expanduser().absolute())
    args: dict[str, Any] = {"path": str(folder)}
    if way == WRITE and said["tills"]:
        args["tills"] = list(till_numbers.parse(said["tills"]))

    async def work(_far: object) -> Any:
        return await desk.done(way, **args)

    try:
        answer = await desk.long(_("By stick"), work, may_stop=False)
    except (OSError, JournalRefused) as fault:  # a folder's name and what to do are often too long for a line
        await refused(desk, sentence(fault))
        return False
    if answer is None:
        return False
    if way == WRITE:
        lines = carrier_words.written(answer)
    else:
        faults = carrier_words.faults(answer)
        lines = [*carrier_words.read(answer), *(["", _("Not taken:"), *faults] if faults else [])]
    await desk.read(Sheet(_("By stick"), "\n".join(lines)))
    return True
