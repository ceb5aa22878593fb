"""Who sits in the office: name and password, or a badge."""

from __future__ import annotations

from app.books.questions.users import HasUsers
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.fields import BADGE, Field, Kind
from app.screens.tasks.form import Form, looks_like_a_badge
from app.text import gettext as _


async def login(desk: OfficeDesk) -> bool:
    """Ask until somebody has entered; False: whoever was asked closes the office."""
    if not await desk.look(HasUsers()):
        entered = await desk.enter()
        if not entered:  # there is nobody else to be: it closes once somebody has read why
            await desk.confirm(_("Office"), _("Close the office?"), desk.refusal)
        return entered
    name = ""
    while True:
        filled = await desk.fill(
            Form(
                _("Office of {network}: log in").format(network=desk.services.network),
                [
                    Field("user", _("Name or badge"), Kind.CODE, name, required=True, badge="answers"),
                ],
                text=_("Type your name, or hold your badge to the reader. Esc closes the office."),
                finish=_("Log in"),
            )
        )
        if filled is None:
            if await desk.confirm(_("Office"), _("Close the office?")):
                return False
            continue
        badge = filled.get(BADGE) or (filled["user"] if looks_like_a_badge(filled["user"]) else "")
        if badge:
            if await desk.enter(secret=badge):
                return True
            continue
        name = filled["user"]
        typed = await desk.fill(
            Form(name, [Field("secret", _("Password or PIN"), Kind.SECRET, required=True)], finish=_("Log in"))
        )
        if typed is not None and await desk.enter(name, typed["secret"]):
            return True
