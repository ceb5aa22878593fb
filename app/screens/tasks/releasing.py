"""Let tills in: release numbers, show their code to scan from the screen or on paper, and see which are still free."""

from __future__ import annotations

from typing import Any

from app.screens import wording
from app.screens.cells import left
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import PAPER, Action, Line, Sheet, wrap
from app.text import gettext as _
from app.till.commands import ChangeSetting
from app.till.ports import JournalRefused

NEW, PRINT = "new", "print"
QUIET = 2
"""Modules left free around the symbol."""
GAP = 3


async def release(desk: Desk, _given: Given) -> None:
    """The numbers that wait for a till; F4 releases more."""
    while True:
        try:
            slots = await desk.tills.slots()
        except JournalRefused as fault:
            desk.refuse("as_told", fault.reason)
            return
        name = await desk.read(Sheet(_("Tills that may join"), _waiting(slots), (Action(4, NEW, _("Release")),)))
        if name != NEW:
            return
        await _release(desk)


async def _release(desk: Desk) -> None:
    form = Form(
        _("Release tills"),
        [
            Field("numbers", _("Numbers"), Kind.NUMBERS, required=True, hint=_("5, or several: 2-8")),
            Field("name", _("Name"), value=_("Till {no}"), required=True, hint=_("{no} becomes the number")),
            Field("site", _("Where they stand")),
            Field(
                "print",
                _("Print the code"),
                Kind.CHOICE,
                "no",
                options=(Option("no", _("only show it")), Option("yes", _("show and print it"))),
            ),
        ],
        text=_("One code lets them all in, each number once. It ends when all have joined, or by itself."),
        finish=_("Release"),
    )
    while (filled := await desk.fill(form)) is not None:
        if await desk.do(ChangeSetting(f"network.release {filled['numbers']}")) is None:
            continue
        nos = [int(no) for no in filled["numbers"].split(",")]
        try:
            answer = await desk.tills.release(nos, filled["name"], filled["site"], on_paper=filled["print"] == "yes")
        except JournalRefused as fault:
            desk.refuse("as_told", fault.reason)
            continue
        await desk.read(CodeSheet(answer))
        return


def _waiting(slots: list[dict[str, Any]]) -> str:
    if not slots:
        return _("No number is waiting for a till. F4 releases some.")
    lines = [f"{_('Till'):>6}  {left(_('Name'), 24)}  {left(_('Where'), 20)}  {_('Until')}"]
    for slot in slots:
        until = _("expired") if slot["expired"] else wording.instant(slot["expires_at"])
        lines.append(f"{slot['no']:>6}  {left(slot['name'], 24)}  {left(slot['site'], 20)}  {until}")
    return "\n".join(lines)


class CodeSheet(Sheet):
    """A code to type, and beside it to scan off the screen."""

    def __init__(self, answer: dict[str, Any]) -> None:
        """``answer``: what the engine said to a release."""
        code = str(answer["code"])
        names = "\n".join(f"{slot['no']:>6}  {slot['name']}" for slot in answer["slots"])
        until = wording.instant(answer["expires_at"])
        said = _("Scan it with the new till, or type its groups there. Good until {until}.").format(until=until)
        groups = code.split("-")
        typed = "\n".join("  " + "-".join(groups[at : at + 3]) for at in range(0, len(groups), 3))
        super().__init__(_("The code that lets in"), f"{said}\n\n{typed}\n\n{names}")
        self._symbol = half_blocks(code.replace("-", ""))

    def lines(self, width: int, height: int) -> list[Line]:
        """The text at the left, the symbol at the right."""
        room = width - len(self._symbol[0]) - GAP
        text = [f" {line}" for line in wrap(self.text(room), room - 1)]
        shown: list[Line] = []
        for y in range(min(height, max(len(text), len(self._symbol)))):
            words = left(text[y] if y < len(text) else "", room + GAP - 1)
            shown.append(((words, ""), (self._symbol[y], PAPER)) if y < len(self._symbol) else ((words, ""),))
        return shown


def half_blocks(data: str) -> list[str]:
    """A QR symbol, two rows of modules in each line; every console has these characters."""
    # It brings half a web client along, which no till needs that releases nothing.
    import segno

    matrix = [[bool(module) for module in row] for row in segno.make(data, error="m", micro=False).matrix]
    side = len(matrix) + 2 * QUIET
    empty = [False] * side
    padded = [empty] * QUIET + [[False] * QUIET + row + [False] * QUIET for row in matrix] + [empty] * (QUIET + 1)
    return [
        "".join(" \u2580\u2584\u2588"[upper + 2 * lower] for upper, lower in zip(padded[y], padded[y + 1], strict=True))
        for y in range(0, side, 2)
    ]
