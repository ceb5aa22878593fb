"""What a task of the office may do beside showing steps: ask the engine, look into the books."""

from __future__ import annotations

import asyncio
import re
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from app.books.questions import Question
from app.office.bulk import words
from app.screens.office.services import OfficeServices
from app.screens.tasks.showing import Host, Showing, refusal_of
from app.screens.tasks.steps import Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.text import mark
from app.till.ports import JournalRefused

LOOK = mark(
    "Everything can be looked at, and reports can be made. An office that was restored or copied writes again once it"
    " has heard the others; if they cannot be reached, a supervisor decides with `tillmesh network confirm`."
)
BOOKS = ("books_unavailable", "books_failed")
"""Codes of what needs the books, whose sentences are too long for the message line."""
SENTENCES = {
    "engine_gone": mark("The office's engine has ended; close the office and open it again."),
    "recovering": mark("The office is still fetching its own past records; try again shortly."),
    "cloned": mark("The office exists twice: nothing is written until that is settled."),
}
"""What the till's sentences would say of a till."""
LINE_MOST = 76
"""Characters of a sentence that the message line shows whole, 80 columns wide."""
ABOVE = re.compile(r"(?:/[^/\s:]+)+/(?=[^/\s:]+)")
"""The folders above a file or folder."""
T = TypeVar("T")


class OfficeDesk(Showing):
    """One person at the office's screens."""

    def __init__(self, services: OfficeServices, host: Host) -> None:
        super().__init__(host)
        self.services = services
        self.user = ""
        """Who sits here: what operations want as ``by``; empty while there are no users."""
        self.name = ""
        self.rights: frozenset[str] = frozenset()
        self.refusal = ""
        """The sentence of what was refused last."""
        self.leave_for: Path | None = None
        """The home whose office is opened instead, once the task has ended."""

    async def enter(self, user: str = "", secret: str = "") -> bool:
        """Whether that is somebody who may work here; who may not is told why."""
        entered = await self.ask("office_enter", user=user, secret=secret)
        if entered is None:
            return False
        self.user, self.name, self.rights = entered["user"], entered["name"], frozenset(entered["rights"])
        if entered.get("warning"):
            warning = entered["warning"]
            why = _(SENTENCES[warning]) if warning in SENTENCES else f"{sentence(JournalRefused(warning))}."
            await self.read(Sheet(_("Nothing can be changed here now"), f"{why}\n\n{_(LOOK)}"))
        if said := [line for notice in entered.get("notices", ()) for line in words.lines(notice)]:
            await self.read(Sheet(_("An import that was cut off"), "\n\n".join(said)))
        return True

    async def leave(self) -> None:
        """Nobody sits here any more."""
        await self.ask("office_leave", user=self.user)
        self.user, self.name, self.rights = "", "", frozenset()

    async def ask(self, op: str, **args: Any) -> Any:
        """An operation's answer; None: it was refused, and told.

        Whether it may be asked, whose word it is and what the office's log says of it decides the engine
        (``app/office/door.py``).
        """
        try:
            return await self.done(op, **args)
        except (OSError, JournalRefused) as fault:
            self.told(fault)
            return None

    async def done(self, op: str, **args: Any) -> Any:
        """As ``ask``, for who answers refusals: ``OSError``, ``JournalRefused``."""
        return await self.services.ask(op, **args)

    async def did(self, what: str) -> None:
        """Keep in the office's log what was done here and not by the engine, written as a command.

        Commands are the same in every language, and whoever reads the log can try them. What was done is done, so a
        log that cannot be written is told and nothing is refused.
        """
        if what:
            try:
                await self.services.ask("office_did", user=self.user, what=what, done=True)
            except (OSError, JournalRefused) as fault:
                self.told(fault)

    async def look(self, question: Question[T]) -> T:
        """Ask the books, off the loop."""
        return await self.off(lambda: self.services.books.ask(question))

    async def off(self, work: Callable[[], T]) -> T:
        """Do something that takes a while without holding up keys and paint."""
        return await asyncio.to_thread(work)

    def said_of(self, fault: OSError | JournalRefused) -> str:
        """Why something cannot be done, as somebody in the office needs it."""
        own = _own(fault)
        return _(own) if own else sentence(fault)

    def told(self, fault: OSError | JournalRefused) -> None:
        """Say what cannot be done, in the sentence of who refused it."""
        self.refusal = self.said_of(fault)
        if _own(fault):
            self._host.complain(self.refusal)
        elif isinstance(fault, JournalRefused) and fault.code in BOOKS:
            self._host.complain(_("The books cannot be reached now; “Live” says why, and what to do."))
        elif isinstance(fault, JournalRefused) and str(fault):
            self._host.complain(_fitting(str(fault)))
        else:
            self._host.refuse(refusal_of(fault))


Task = Callable[[OfficeDesk], Awaitable[None]]
"""A task; it ends when it returns."""


def _own(fault: OSError | JournalRefused) -> str:
    """The office's own sentence, if it has one: what the socket says is gone is the engine."""
    return SENTENCES.get(fault.code if isinstance(fault, JournalRefused) else "engine_gone", "")


def _fitting(said: str) -> str:
    """On the message line: a long path gives way before what is wrong with it."""
    if len(said) > LINE_MOST:
        said = ABOVE.sub("…/", said)
    return textwrap.shorten(said, LINE_MOST, placeholder=" …")
