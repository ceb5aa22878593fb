"""The till's tasks at work: one at a time, on a screen of its own that lies over the sale."""

from __future__ import annotations

import asyncio

from app.screens.functions import Mode
from app.screens.intents import Intent, Settle, Start
from app.screens.keyed import KeyedApp
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.services import TillServices
from app.screens.step_host import StepHost
from app.screens.tasks.desk import NOT_DONE, Desk, Given
from app.screens.tasks.every import EVERY
from app.screens.tasks.showing import refusal_of
from app.screens.till.work import Done, Work
from app.till.commands import Command
from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused


class Hosting(StepHost):
    """The host of ``tasks/desk.py`` in the till's app."""

    def __init__(self, app: KeyedApp, services: TillServices, keyboard: Keymap, router: Router, work: Work) -> None:
        super().__init__(app, keyboard, router)
        self._services = services
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._carried: asyncio.Future[Reply | Refuse] | None = None
        """What a task has had done, until it is known how it ended."""
        self._wanted: Intent | None = None
        """That, as the work knows it."""
        self._left: list[Intent] = []
        """What tasks have not waited for to the end: nobody wants to hear of it."""
        self._leads_to: Mode | None = None
        """Where what the task had done leads: a payment to payment."""

    @property
    def idle(self) -> bool:
        """Whether no task is at work, or it waits for keys."""
        return self._task is None or not self._router.waiting

    def carries(self, done: Done) -> bool:
        """Whether this was wanted by a task, which says itself how it ended."""
        return done.intent is self._wanted or any(done.intent is left for left in self._left)

    @property
    def training(self) -> bool:
        """Whether nothing counts at this till."""
        return self._services.runner.session.view().training

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        return self._app.size.width, self._app.size.height

    def begin(self, start: Start) -> None:
        """All that was typed before it has been done: the task begins."""
        self._leads_to = None
        self._app.overcome()
        desk = Desk(self._services, self)
        self.shows(desk)
        self._task = asyncio.create_task(self._do(desk, start), name="till-task")

    async def end(self) -> None:
        """The screens are closed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def done(self, done: Done) -> None:
        """What a task wanted done has ended."""
        if done.intent is not self._wanted:
            self._left = [left for left in self._left if left is not done.intent]
            return
        self._leads_to = done.mode or self._leads_to
        self._end_of_command(done.refused if isinstance(done.refused, Refuse) else Reply(done.fields))

    def decline(self) -> None:
        """What a task wanted done is not to be done: whoever was asked has said no."""
        self._end_of_command(Refuse(NOT_DONE))

    def look(self, look: str) -> None:
        """A task changes the colours."""
        self._app.look(look)

    def speak(self, code: str) -> None:
        """A task changes the language."""
        self._app.speak(code)

    async def carry_out(self, command: Command) -> Reply | Refuse:
        """Have the session do what a task wants done."""
        intent = Settle(command)
        if not self._work.put(intent):
            return Refuse("queue_full")
        self._wanted, self._carried = intent, asyncio.get_running_loop().create_future()
        try:
            return await self._carried
        except asyncio.CancelledError:
            self._left.append(intent)
            self._carried = self._wanted = None
            raise

    async def _do(self, desk: Desk, start: Start) -> None:
        try:
            await EVERY[start.function](desk, Given(start.text, start.quantity, start.price, start.mode))
        except (OSError, JournalRefused) as fault:
            self.refuse(refusal_of(fault))  # the engine is gone, or does not take it: selling has to go on
        except Exception as fault:  # noqa: BLE001 - a crash of a task is a crash of the app, and logged as one
            self._app.crashed(fault)
            return
        self._task = None
        self.shows(None)
        self.close_screen()
        sold_up = not self._services.runner.session.view().lines
        self._app.take(self._router.end_task(Mode.SALE if sold_up else self._leads_to, desk.then))
        self._app.call_after_refresh(self._app.show_entry)

    def _end_of_command(self, answer: Reply | Refuse) -> None:
        if self._carried is not None and not self._carried.done():
            self._carried.set_result(answer)
        self._carried = self._wanted = None
