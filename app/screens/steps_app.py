"""An app that shows nothing but the steps of one piece of work, and is closed when that has ended."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from textual.driver import Driver

from app.screens.functions import Function
from app.screens.intents import Answered, Declined, Find, HideHelp, Intent, Refused, ShowHelp, StepChanged, Turn
from app.screens.keyed import KeyedApp
from app.screens.step_host import StepHost
from app.screens.till.help import HelpScreen


class StepsApp(KeyedApp):
    """The setup assistant and the office: keys to the router, steps on the screen; ``work`` says what is shown."""

    def __init__(
        self,
        keys: Mapping[str, object],
        clock: Callable[[], datetime],
        home: Path,
        driver_class: type[Driver] | None = None,
        look: str = "dark",
    ) -> None:
        """``KeymapError`` if the configured keys clash."""
        super().__init__(keys, 2, clock, home / "crash.log", driver_class, look)
        self._host = StepHost(self, self._keyboard, self._router)
        self._working: asyncio.Task[None] | None = None

    @abstractmethod
    async def work(self) -> None:
        """Show one step after the other on the host; the app is closed when it returns."""

    @property
    def idle(self) -> bool:
        """Whether it waits for keys."""
        return not self._router.waiting

    def on_mount(self) -> None:
        """Begin the work."""
        super().on_mount()
        self._router.begin(Function.SETTINGS)
        self._working = asyncio.create_task(self._work(), name="steps")

    async def on_unmount(self) -> None:
        """Whoever closed it need not wait for what was being asked."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    def take(self, intents: list[Intent]) -> None:
        """Steps take what is typed; there is nothing to sell here."""
        for intent in intents:
            match intent:
                case Refused():
                    self.refuse_key(intent)
                case Turn(pages=pages):
                    if isinstance(self.screen, HelpScreen):
                        self.screen.paper.turn(pages)
                    else:
                        self._host.turn(pages)
                case Answered() | Find() | StepChanged() | Declined():
                    self._host.take(intent)
                case ShowHelp():
                    self.push_screen(HelpScreen(self._keyboard))
                    self.call_after_refresh(self.show_entry)
                case HideHelp():
                    self.pop_screen()
                    self.call_after_refresh(self.show_entry)

    async def _work(self) -> None:
        try:
            await self.work()
        except Exception as fault:  # noqa: BLE001 - a crash here is a crash of the app, and logged as one
            self.crashed(fault)
            return
        self.exit(0)
