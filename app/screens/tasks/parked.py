"""Parked receipts of all tills: take one up, or drop it; park the open sale with a name, or some lines of it."""

from __future__ import annotations

from app.books.questions.parked import AskParked, ParkedSale
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.till.commands import DropParked, Park, Resume, Split

DROP, PARK, SPLIT = "drop", "park", "split"
MAX_LINES_SHOWN = 12
"""Of the sale that is split: the form has 18 rows."""


async def parked(desk: Desk, given: Given) -> None:
    """Enter takes the chosen one up, F3 drops it with a reason; F5 and F6 park what is open."""
    while True:
        waiting = await desk.look(AskParked(), fresh=True)
        picked = await desk.choose(_choice(waiting, open_sale=bool(desk.view.lines)))
        if picked is None:
            return
        park_no = str(picked.value or picked.text)
        if picked.name == PARK:
            if await _park(desk):
                return
        elif picked.name == SPLIT:
            await split(desk, given)
        elif picked.name == DROP:
            await _drop(desk, park_no)
        elif await desk.do(Resume(park_no)) is not None:
            desk.tell(_("{no} is taken up.").format(no=park_no))
            return


async def split(desk: Desk, _given: Given) -> None:
    """Some lines of the open sale wait as a sale of their own."""
    view = desk.view
    if not view.lines:
        desk.refuse("no_sale_open")
        return
    about = "\n".join(
        f"{line.line:3} {wording.quantity(line.quantity_milli):>6} {line.name[:40]:40}"
        f" {wording.money(line.gross_minor, view.currency):>9}"
        for line in view.lines[-MAX_LINES_SHOWN:]
    )
    fields = [
        Field("lines", _("Lines"), required=True, hint=_("1,3,5")),
        Field("name", _("Name")),
    ]
    filled = await desk.fill(Form(_("Park some lines"), fields, text=about, finish=_("Park")))
    if filled is None:
        return
    done = await desk.do(Split(filled["lines"], filled["name"]))
    if done is not None:
        desk.tell(_("Parked as {no}.").format(no=done.fields["park_no"]))


async def _park(desk: Desk) -> bool:
    filled = await desk.fill(Form(_("Park the sale"), [Field("name", _("Name"))], finish=_("Park")))
    if filled is None:
        return False
    done = await desk.do(Park(filled["name"]))
    if done is None:
        return False
    desk.tell(_("Parked as {no}.").format(no=done.fields["park_no"]))
    return True


def _choice(waiting: tuple[ParkedSale, ...], *, open_sale: bool) -> Choose:
    of_open = (Action(5, PARK, _("Park")), Action(6, SPLIT, _("Split"))) if open_sale else ()
    return Choose(
        _("Parked receipts of all tills"),
        (
            Column(_("Number"), 10),
            Column(_("Name"), 0),
            Column(_("Till"), 5, numeric=True),
            Column(_("Cashier"), 9),
            Column(_("Since"), 12),
            Column(_("Lines"), 6, numeric=True),
            Column(_("Total"), 9, numeric=True),
        ),
        [Choice(_cells(sale), sale.park_no) for sale in waiting],
        actions=(Action(3, DROP, _("Drop")), *of_open),
        alone=(PARK, SPLIT),
        empty=_("No receipt is parked."),
        prompt=_("Number, or scan the slip"),
        coded=True,
    )


def _cells(sale: ParkedSale) -> tuple[str, ...]:
    total = wording.money(sale.total_minor, sale.currency)
    since = wording.instant(sale.parked_at)
    return sale.park_no, sale.name, str(sale.till_no), sale.cashier, since, str(sale.lines), total


async def _drop(desk: Desk, park_no: str) -> None:
    title = _("Drop the parked receipt {no}").format(no=park_no)
    filled = await desk.fill(Form(title, [Field("reason", _("Reason"), required=True)], finish=_("Drop")))
    if filled is not None and await desk.do(DropParked(park_no, filled["reason"])) is not None:
        desk.tell(_("{no} is dropped.").format(no=park_no))
