"""Who sits in the office: name and password, or a badge.

Who may enter is in the books. While their server is away nobody does, and the office tells why until it is back.
"""

from __future__ import annotations

from app.books.postgres import BooksUnavailable
from app.books.questions.users import HasUsers
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.fields import BADGE, Field, Kind
from app.screens.tasks.form import Form, looks_like_a_badge
from app.screens.tasks.steps import Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused

BACK = "back"


async def _has_users(desk: OfficeDesk) -> bool | None:
    """Whether anybody has to say who it is, once the books can be asked; None: the office is closed instead."""
    while isinstance(found := await _asked(desk), str):
        if not await _back(desk, found) and await desk.confirm(_("Office"), _("Close the office?")):
            return None
    return found


async def _asked(desk: OfficeDesk) -> bool | str:
    """Whether there are users, or why the books cannot say so now."""
    try:
        if away := await desk.services.books_away():
            return away
        return await desk.look(HasUsers())
    except (BooksUnavailable, JournalRefused, OSError) as fault:
        return sentence(fault)


async def _back(desk: OfficeDesk, why: str) -> bool:
    """Tell why the books cannot be asked until they can; False: Esc."""

    def said(why: str) -> str:
        goes_on = _(
            "The office is in its network all the same: what tills send is kept, and is booked as soon as the books"
            " can be reached. It is tried again and again, and this page goes away then. Esc closes the office."
        )
        return f"{why}.\n\n{goes_on}"

    async def again() -> str:
        found = await _asked(desk)
        if isinstance(found, str):
            return said(found)
        desk.answered(BACK)
        return said(why)

    return await desk.read(Sheet(_("The books cannot be reached"), said(why)), again) == BACK


async def login(desk: OfficeDesk) -> bool:
    """Ask until somebody has entered; False: whoever was asked closes the office."""
    has_users = await _has_users(desk)
    if has_users is None:
        return False
    if not has_users:
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
