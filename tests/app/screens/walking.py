"""Keyboard walks: the app headless, keys posted as events, and what is then on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from app.screens.till.app import TillApp

NAMED = {"\r": "enter", "\n": "ctrl+j", "\b": "backspace", "\x1b": "escape"}


class Walk:
    """A till being used."""

    def __init__(self, app: TillApp, pilot: Pilot[int]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, keys: str) -> None:
        """Press keys in one go (F3 as ``<f3>``) and wait until all is done and painted."""
        while keys:
            if keys[0] == "<":
                name, _, keys = keys[1:].partition(">")
                self.app.post_message(events.Key(name, None))
            else:
                self.app.post_message(events.Key(NAMED.get(keys[0], keys[0]), keys[0]))
                keys = keys[1:]
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is left to do."""
        for _ in range(1000):
            await self._pilot.pause()
            if self.app.idle and not self.app.router.waiting:
                break
        await self._pilot.pause()

    @property
    def lines(self) -> list[str]:
        """The screen as text."""
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)


@asynccontextmanager
async def walk(app: TillApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Walk]:
    """Open the till; it is closed at the end."""
    async with app.run_test(size=size) as pilot:
        walking = Walk(app, pilot)
        await walking.rest()
        yield walking
