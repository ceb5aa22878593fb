"""Who stands at the till: log in by name and PIN or by badge, lock the till, have a supervisor approve something.

The till shows nothing but this until somebody has logged in, if there are users at all; the open sale waits. Whoever
has no PIN yet chooses one here.
"""

from __future__ import annotations

from app.books.questions.users import FindUser, HasUsers, UserView
from app.domain.user import is_user
from app.screens import wording
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import BADGE, Field, Kind
from app.screens.tasks.form import Form, looks_like_a_badge, supervisor_form
from app.text import gettext as _
from app.till.commands import Command, Login, LoginBadge, Logout, SetPin


async def login(desk: Desk, given: Given) -> None:
    """Ask until somebody has logged in, or closes the till. ``given.text``: whose name stands there already."""
    session = desk.services.runner.session
    if session.user:
        desk.refuse("logged_in", session.user_name or session.user)
        return
    if not await desk.look(HasUsers(), fresh=True):
        desk.refuse("nobody_to_log_in")
        return
    name = given.text
    while not desk.services.runner.session.user:
        typed = await desk.fill(
            Form(
                _("{till}: log in").format(till=wording.till(desk.services.till_no)),
                [Field("user", _("Name or badge"), Kind.CODE, name, required=True, badge="answers")],
                text=_("Type your name, or scan your badge. Esc closes the till; an open sale is kept."),
                finish=_("Log in"),
            )
        )
        if typed is None:
            if await desk.confirm(_("Log in"), _("Close the till?")):
                desk.close()
                return
            continue
        if BADGE in typed:
            if await _stands(desk, LoginBadge(typed[BADGE])):
                return
            continue
        if await _logged_in(desk, typed["user"]):
            return
        name = "" if looks_like_a_badge(typed["user"]) else typed["user"]


async def lock(desk: Desk, _given: Given) -> None:
    """Nobody stands here any more, until somebody logs in; the open sale waits."""
    if not await desk.look(HasUsers(), fresh=True):
        desk.refuse("nobody_to_lock_out")
    elif not desk.services.runner.session.user or await desk.do(Logout()) is not None:
        await login(desk, Given())


async def approve(desk: Desk, _given: Given) -> None:
    """A supervisor vouches for the next restricted thing that is done here."""
    filled = await desk.fill(supervisor_form(_("A supervisor approves the next thing")))
    if filled is not None and (done := await desk.do(desk.approval(filled))) is not None:
        desk.tell(_("{user} approves what is done next, for {seconds} s.").format(**done.fields))


async def _logged_in(desk: Desk, typed: str) -> bool:
    known = await desk.look(FindUser(typed), fresh=True) if is_user(typed) else None
    if known is None and looks_like_a_badge(typed):
        return await _stands(desk, LoginBadge(desk.services.typed_badge(typed)))
    if known is not None and not known.pin_hash:
        pin = await _chosen_pin(desk, known)
        if pin is None or await desk.do(SetPin(typed, pin)) is None:
            return False
    else:
        # A name that nobody has is asked for a PIN as well: which names there are is not told.
        asked = await desk.fill(Form(typed, [Field("pin", _("PIN"), Kind.SECRET, required=True)], finish=_("Log in")))
        if asked is None:
            return False
        pin = asked["pin"]
    return await _stands(desk, Login(typed, pin))


async def _stands(desk: Desk, command: Command) -> bool:
    done = await desk.do(command)
    if done is None:
        return False
    desk.tell(_("{name} has logged in.").format(name=done.fields["name"]))
    return True


async def _chosen_pin(desk: Desk, user: UserView) -> str | None:
    """A first PIN, typed twice; None: given up."""
    while True:
        filled = await desk.fill(
            Form(
                _("{user} has no PIN yet").format(user=user.name),
                [
                    Field("pin", _("New PIN"), Kind.SECRET, required=True),
                    Field("again", _("The new PIN again"), Kind.SECRET, required=True),
                ],
                text=_("Choose a PIN of 4 to 12 digits and type it twice."),
            )
        )
        if filled is None:
            return None
        if filled["pin"] == filled["again"]:
            return filled["pin"]
        desk.refuse("pins_differ")
