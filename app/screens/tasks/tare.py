"""The tare of the next weighing: a class out of the list, or grams typed before the function."""

from __future__ import annotations

from app.books.questions.reference import AskReference
from app.domain.weighing import TareClass
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.till.commands import SetTare

NONE = "none"


async def tare(desk: Desk, given: Given) -> None:
    """``120/25``: 120 g at once, ``0/25``: none any more. Classes whose plates hold their own grams are scanned."""
    if given.text:
        await _set(desk, SetTare(grams=given.text))
        return
    known = await desk.look(AskReference(), fresh=True)
    classes = [each for each in known.all(TareClass).values() if not each.masked]
    picked = await desk.choose(
        Choose(
            _("Tare of the next weighing"),
            (Column(_("Tare"), 0), Column(_("Grams"), 8, numeric=True)),
            [Choice((each.name, str(each.grams)), each.name) for each in classes],
            actions=(Action(3, NONE, _("No tare")),),
            alone=(NONE,),
            empty=_("No tare class is set; type the grams: 120/25"),
        )
    )
    if picked is not None:
        await _set(desk, SetTare() if picked.name == NONE else SetTare(name=picked.value))


async def _set(desk: Desk, command: SetTare) -> None:
    done = await desk.do(command)
    if done is not None:
        desk.tell(wording.tare(done.fields))
