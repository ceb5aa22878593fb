"""Who stands at the till, asked on the terminal before the screens open.

As long as there are no users nobody is asked. Then name and PIN are asked for, with ``--user`` the PIN only; whoever
has no PIN yet chooses one and types it twice. What is typed is read line by line as the terminal passes it on, so
that the engine's connection is served meanwhile; a PIN is not echoed, and Ctrl-C leaves the terminal as it was.
"""

from __future__ import annotations

import asyncio
import os
import sys
import termios

from app import text
from app.books.questions.users import FindUser, HasUsers, UserView
from app.domain.user import is_pin, is_user
from app.text import gettext as _
from app.till.commands import Login, SetPin
from app.till.effects import Refuse, Reply
from app.till.refusals import sentence
from app.till.runner import Runner
from app.wiring_screens import NotLoggedIn

TRIES = 3
MAX_TYPED_BYTES = 1024


async def logged_in(runner: Runner, name: str | None = None) -> str:
    """Have somebody log in; the name to show, empty as long as there are no users. ``NotLoggedIn`` if nobody does."""
    if not runner.books.ask(HasUsers()):
        if name is not None:
            raise NotLoggedIn(_said(Refuse("no_users")))
        return ""
    for _try in range(TRIES):
        outcome = await _tried(runner, name if name is not None else await _typed(_("User: ")))
        if isinstance(outcome, Reply):
            return str(outcome.fields["name"])
        print(_said(outcome), flush=True)
    raise NotLoggedIn(_("nobody has logged in, so the till stays closed; start it again to try once more"))


async def _tried(runner: Runner, name: str) -> Reply | Refuse:
    known = runner.books.ask(FindUser(name)) if is_user(name) else None
    if known is None or known.pin_hash:
        return await runner.run(Login(name, await _typed(_("PIN: "), hidden=True)))
    pin = await _chosen(known)
    chosen = await runner.run(SetPin(name, pin))
    return chosen if isinstance(chosen, Refuse) else await runner.run(Login(name, pin))


async def _chosen(user: UserView) -> str:
    """A first PIN, typed twice."""
    print(_("{user} has no PIN yet: choose one of 4 to 12 digits.").format(user=user.name), flush=True)
    for _try in range(TRIES):
        pin = await _typed(_("New PIN: "), hidden=True)
        if not is_pin(pin):
            print(_said(Refuse("bad_pin")), flush=True)
        elif pin == await _typed(_("The new PIN again: "), hidden=True):
            return pin
        else:
            print(_("The two PINs differ."), flush=True)
    raise NotLoggedIn(_("no PIN was chosen, so the till stays closed; start it again to try once more"))


async def _typed(prompt: str, *, hidden: bool = False) -> str:
    """A line from the terminal; ``NotLoggedIn`` if it is closed (Ctrl-D)."""
    terminal, loop = sys.stdin.fileno(), asyncio.get_running_loop()
    before = termios.tcgetattr(terminal)
    there = asyncio.Event()
    if hidden:
        silent = termios.tcgetattr(terminal)
        silent[3] = silent[3] & ~termios.ECHO | termios.ECHONL
        termios.tcsetattr(terminal, termios.TCSADRAIN, silent)
    loop.add_reader(terminal, there.set)
    try:
        print(prompt, end="", flush=True)
        await there.wait()
        line = os.read(terminal, MAX_TYPED_BYTES)
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    if not line:
        print(flush=True)
        raise NotLoggedIn(_("nobody has logged in, so the till stays closed; start it again to try once more"))
    return line.decode("utf-8", "replace").strip()


def _said(refused: Refuse) -> str:
    return sentence(refused.code, refused.values, text.gettext)
