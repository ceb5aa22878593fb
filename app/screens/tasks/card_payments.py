"""Card payments that are not cleared up, among the devices; whoever reads the terminal says whether it has charged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.screens import card_words
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk
from app.text import gettext as _
from app.till.commands import CloseTerminalDay, SettleCardCharge

PREFIX = "charge/"


def rows(status: Mapping[str, Any]) -> list[Choice]:
    """A row for each, its value ``charge/ID``."""
    return [
        Choice((card_words.title(each), card_words.state(each)), PREFIX + each["charge_id"])
        for each in card_words.charges_of(status)
    ]


async def settled(desk: Desk, status: Mapping[str, Any], value: str) -> None:
    """Ask what the terminal says of it, and take that for true."""
    found = next((each for each in card_words.charges_of(status) if PREFIX + each["charge_id"] == value), None)
    if found is None:
        return
    name = card_words.title(found)
    choices = [
        Choice((_("It was charged: the terminal's last receipt says so"),), True),
        Choice((_("It was not charged, or has been given back at the terminal"),), False),
    ]
    title = _("{payment}: read the terminal").format(payment=name)
    picked = await desk.choose(Choose(title, (Column(name, 0),), choices))
    if picked is None:
        return
    about = _("Nobody checks this. A wrong word charges the customer twice, or not at all.")
    if not await desk.confirm(name, str(choices[0 if picked.value else 1].cells[0]), about):
        return
    if await desk.do(SettleCardCharge(found["charge_id"], bool(picked.value))) is not None:
        desk.tell(_("Noted. Pay by card again: it is booked.") if picked.value else _("Noted: nothing was charged."))


async def offer_day_end(desk: Desk) -> None:
    """After the till's day end: the terminal's as well, if there is one."""
    status = await desk.status()
    if status is None or not any(each["kind"] == "card_terminal" for each in status.get("devices", ())):
        return
    about = _("The card terminal then settles with the card companies.")
    wanted = await desk.confirm(_("Day end"), _("Day end of the card terminal as well?"), about)
    if wanted and await desk.do(CloseTerminalDay()) is not None:
        desk.tell(_("The card terminal has ended its day."))
