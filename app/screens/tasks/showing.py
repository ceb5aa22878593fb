"""Showing one step after the other and getting their answers: what the till's tasks and the setup assistant share.

The host shows steps and feeds them keys; nothing here knows Textual. All that is waited for ends: with an answer, or by
being cancelled with the screens.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from app.screens.intents import Refused
from app.screens.tasks.choosing import Choose, Found, Picked
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Question as Confirm
from app.screens.tasks.steps import Sheet, Step, Text, Working
from app.till.effects import Refuse
from app.till.ports import JournalRefused

T = TypeVar("T")
Far = Callable[[int, int, str], None]
"""How far long work is: done, of how much (0: unknown), at what."""

PAINT_EVERY_S = 0.1
LONG_S = 0.3
"""Work that is done so soon is no long work: nothing is shown, and what is typed meanwhile is for what follows."""
LOOK_AGAIN_S = 1.0

log = logging.getLogger(__name__)


class Host(Protocol):
    """Who shows what somebody wants shown."""

    def present(self, step: Step) -> None:
        """Show the step and give it the keys from now on."""

    def found(self) -> None:
        """The step has what was searched for: paint it, and take what was held back for it."""

    def paint(self) -> None:
        """The step shows something else."""

    def say(self, text: str) -> None:
        """Something was done."""

    def refuse(self, refused: Refused | Refuse) -> None:
        """Something cannot be done: audibly and visibly."""

    def complain(self, text: str) -> None:
        """Something cannot be done, in a sentence of who refused it: audibly and visibly."""

    def close(self) -> None:
        """Close the till's screens."""


class Showing:
    """Shows steps on a host, one at a time."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._answer: asyncio.Future[Any] | None = None
        self._step: Step | None = None
        self._searching: asyncio.Task[None] | None = None

    async def choose(self, step: Choose) -> Picked | None:
        """Have one of many chosen; None: Esc."""
        picked = await self._shown(step)
        assert picked is None or isinstance(picked, Picked)
        return picked

    async def fill(self, form: Form) -> dict[str, str] | None:
        """Have a form filled in; None: Esc."""
        values = await self._shown(form)
        assert values is None or isinstance(values, dict)
        return values

    async def show(self, step: Step) -> Any:
        """Show a step of a task's own; its answer."""
        return await self._shown(step)

    async def read(self, sheet: Sheet, again: Callable[[], Awaitable[Text]] | None = None) -> str | None:
        """Have something read; the name of an action, or None. ``again``: it is asked every second what it says now,
        as long as its beginning is in view: lines that somebody reads must not move away.
        """
        looking = asyncio.create_task(self._look_again(sheet, again)) if again is not None else None
        try:
            name = await self._shown(sheet)
        finally:
            if looking is not None:
                looking.cancel()
        assert name is None or isinstance(name, str)
        return name

    async def confirm(self, title: str, question: str, text: str = "") -> bool:
        """Ask a question; True: Enter."""
        return await self._shown(Confirm(title, question, text)) is True

    async def long(self, title: str, work: Callable[[Far], Awaitable[T]], *, may_stop: bool = True) -> T | None:
        """Do something that may take a while, then with a bar; None: it was given up (and cancelled)."""
        step = Working(title, may_stop=may_stop)
        painted_s = -PAINT_EVERY_S
        loop = asyncio.get_running_loop()

        def far(done: int, of: int, said: str = "") -> None:
            nonlocal painted_s
            step.far(done, of, said)
            if loop.time() - painted_s >= PAINT_EVERY_S:
                painted_s = loop.time()
                self._host.paint()

        working = asyncio.ensure_future(work(far))
        try:
            await asyncio.wait({working}, timeout=LONG_S)
            while not working.done():
                waiting = asyncio.ensure_future(self._shown(step))
                await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                elif may_stop:
                    return None
            return await working
        finally:
            if not working.done():
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    def answered(self, answer: Any) -> None:
        """The host's word: the step that is shown has this answer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def search(self, text: str) -> None:
        """The host's word: this is typed now; what was searched before does not matter any more."""
        step = self._step
        if isinstance(step, Choose) and step.find is not None:
            if self._searching is not None:
                self._searching.cancel()
            self._searching = asyncio.create_task(self._search(step, text), name="till-search")

    async def _shown(self, step: Step) -> Any:
        self._step = step
        self._answer = asyncio.get_running_loop().create_future()
        if step.live:
            self.search(step.prefill)  # what was typed ahead, and comes with presenting, is searched for instead
        self._host.present(step)
        try:
            return await self._answer
        finally:
            if self._searching is not None:
                self._searching.cancel()
                self._searching = None

    async def _search(self, step: Choose, text: str) -> None:
        assert step.find is not None
        try:
            found = await step.find(text)
        except (OSError, JournalRefused) as fault:
            log.warning("the search failed: %s", fault)
            self.told(fault)
            found = Found(())
        step.found(text, found)
        self._host.found()

    def told(self, fault: OSError | JournalRefused) -> None:
        """Say what cannot be asked or done now."""
        self._host.refuse(refusal_of(fault))

    async def _look_again(self, sheet: Sheet, again: Callable[[], Awaitable[Text]]) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            if sheet.top == 0:
                with contextlib.suppress(OSError, JournalRefused):
                    sheet.put(await again())
                    self._host.paint()

    def tell(self, text: str) -> None:
        """Say what was done."""
        self._host.say(text)

    def complain(self, text: str) -> None:
        """Say what cannot be done, in a sentence that says what to do."""
        self._host.complain(text)

    def close(self) -> None:
        """Close the till's screens; the open sale is kept."""
        self._host.close()

    def refuse(self, code: str, value: str = "") -> None:
        """Say what cannot be done: a code of ``wording.REFUSALS``."""
        self._host.refuse(Refused(code, value))


def refusal_of(fault: OSError | JournalRefused) -> Refuse:
    """What cannot be asked or done now."""
    return Refuse(fault.code) if isinstance(fault, JournalRefused) else Refuse("engine_gone")
