"""What a task may do beside showing steps: carry out a command, ask, look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import msgspec

from app.books.questions import Question
from app.facts.sales import ReceiptCompleted
from app.screens import wording
from app.screens.functions import Function, Mode
from app.screens.services import Devices, Tills, TillServices
from app.screens.tasks.fields import BADGE
from app.screens.tasks.form import Form, supervisor_form
from app.screens.tasks.showing import Far, Host, Showing, refusal_of
from app.text import gettext as _
from app.till.commands import Approve, ApproveBadge, Command
from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused
from app.till.queries.base import Query
from app.till.refusals import sentence
from app.till.views import SaleView

__all__ = ["NOT_DONE", "Desk", "Far", "Given", "Task"]

T = TypeVar("T")

NOT_DONE = "not_done"
"""Whoever was asked about a command said no: that need not be told."""
APPROVABLE = ("right_missing", "discount_limit")
"""Refusals that a supervisor may lift on the spot."""


class Given(msgspec.Struct, frozen=True):
    """What stood in the entry line when the task was called: a text, ``3*``, a price for the next article."""

    text: str = ""
    quantity: str = ""
    price: str = ""
    mode: Mode = Mode.SALE
    """What the task lies over."""


class TillHost(Host, Protocol):
    """The till's app: it shows steps, and has a session."""

    async def carry_out(self, command: Command) -> Reply | Refuse:
        """Have the session do it; what has to be asked about it (coverage, a supervisor) has been asked."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""

    def look(self, look: str) -> None:
        """Wear this look from now on (``theme.LOOKS``)."""

    def speak(self, code: str) -> None:
        """Speak this language from now on."""


class Desk(Showing):
    """One task at work."""

    def __init__(self, services: TillServices, host: TillHost) -> None:
        super().__init__(host)
        self.services = services
        self._till = host
        self.then: Function | None = None
        """A function that is called when the task has ended, as if its key was pressed; what stood in the entry line
        when the task was called belongs to it.
        """

    @property
    def view(self) -> SaleView:
        """The sale as it is now."""
        return self.services.runner.session.view()

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        return self._till.size

    def wear(self, look: str) -> None:
        """Have the screens wear this look (``theme.LOOKS``) from now on."""
        self._till.look(look)

    def speak(self, code: str) -> None:
        """Have the screens speak this language from now on."""
        self._till.speak(code)

    async def do(self, command: Command) -> Reply | None:
        """Have the session carry it out; None: refused, and told. A supervisor may say yes where a right is missing."""
        answer = await self._till.carry_out(command)
        if isinstance(answer, Refuse) and answer.code in APPROVABLE:
            self._host.refuse(answer)
            filled = await self.fill(supervisor_form(sentence(answer.code, answer.values, self.services.translate)))
            if filled is None:
                return None
            if self._told(await self._till.carry_out(self.approval(filled))) is None:
                return None
            answer = await self._till.carry_out(command)
        return self._told(answer)

    def approval(self, filled: dict[str, str]) -> Command:
        """Of what a ``supervisor_form`` answered: user and PIN, or the badge."""
        if BADGE not in filled:
            return Approve(filled["user"], filled["pin"])
        number = filled[BADGE]
        return ApproveBadge(self.services.typed_badge(number) if number == filled["user"] else number)

    async def do_with(self, form: Form, command: Callable[[dict[str, str]], Command]) -> Reply | None:
        """Have a form filled in and what it says carried out; refused, it is there again as it was. None: Esc."""
        while (filled := await self.fill(form)) is not None:
            if (reply := await self.do(command(filled))) is not None:
                return reply
        return None

    async def ask(self, query: Query) -> dict[str, Any] | None:
        """Ask as programs do; None: refused, and told."""
        try:
            answer = await self.services.ask(query)
        except (OSError, JournalRefused) as fault:
            answer = refusal_of(fault)
        reply = self._told(answer)
        return None if reply is None else reply.fields

    async def status(self) -> dict[str, Any] | None:
        """How the engine stands; None: it does not tell, and that was told."""
        try:
            return await self.services.engine.status()
        except (OSError, JournalRefused) as fault:
            self._told(refusal_of(fault))
            return None

    async def receipt(self, receipt_no: str) -> ReceiptCompleted | None:
        """A receipt of any till; None: the books know none of that number."""
        found = await asyncio.to_thread(self.services.books.receipt, receipt_no)
        return None if found is None else found.receipt

    @property
    def tills(self) -> Tills:
        """Who may join; ``JournalRefused`` where nobody lets in."""
        if self.services.tills is None:
            raise JournalRefused("not_authority", _("Nobody lets tills in here."))
        return self.services.tills

    @property
    def devices(self) -> Devices:
        """What prints (within ``device``)."""
        if self.services.devices is None:
            raise JournalRefused("no_printer")
        return self.services.devices

    async def device(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Have a device do something; False: it was refused, and told."""
        try:
            await work()
        except JournalRefused as fault:
            if fault.code in wording.REFUSALS:
                self.refuse(fault.code)
            else:
                self._told(refusal_of(fault))
            return False
        return True

    async def look(self, question: Question[T], *, fresh: bool = False) -> T:
        """Ask the books, off the loop; ``fresh``: after everything durable has been folded. ``OSError`` or
        ``JournalRefused`` if that cannot be (``Choose.find`` may raise them).
        """
        if fresh:
            await self.services.engine.settled()
        return await asyncio.to_thread(self.services.books.ask, question)

    def _told(self, answer: Reply | Refuse) -> Reply | None:
        if isinstance(answer, Refuse):
            if answer.code != NOT_DONE:
                self._host.refuse(answer)
            return None
        return answer


Task = Callable[[Desk, Given], Awaitable[None]]
"""A task; it ends when it returns."""
