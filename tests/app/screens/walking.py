"""Keyboard walks: the app headless, keys posted as events, and what is then on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

from textual import events

from app.screens.keyed import KeyedApp
from app.screens.till.app import TillApp
from tests.app.screens.standin import Shop, services

NAMED = {"\r": "enter", "\n": "ctrl+j", "\b": "backspace", "\x1b": "escape"}


THREADS_MAY_TAKE_S = 5.0
SHORT_TIMER_S = 0.03
"""What is put off for so long is waited for."""
CALM_ROUNDS = 3
"""So often in a row has there to be nothing to do: between two of them the loop looks what has come from outside."""


class Walk:
    """A till being used."""

    def __init__(self, app: KeyedApp, threads: Collection[asyncio.Future[Any]]) -> None:
        self.app = app
        self._threads = threads

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
            if self.app.return_code is not None:
                return  # it is closed
            await self._painted()
            if self.app.idle and not self.app.router.waiting:
                return

    async def _painted(self) -> None:
        """Wait until every task waits for keys, and what they did is painted.

        ``Pilot.pause`` instead sleeps until the process has used no time for 20 ms.
        """
        loop: Any = asyncio.get_running_loop()
        patience_s = loop.time() + THREADS_MAY_TAKE_S
        soon_s = loop.time() + SHORT_TIMER_S
        calm = 0
        while calm < CALM_ROUNDS:
            await asyncio.sleep(0)
            now_s = loop.time()
            due_s = min(
                (each.when() for each in loop._scheduled if not each.cancelled() and each.when() <= soon_s),
                default=None,
            )
            if loop._ready:
                calm = 0
            elif due_s is not None:
                await asyncio.sleep(max(0.0, due_s - now_s))
                calm = 0
            elif self._threads and now_s < patience_s:
                await asyncio.sleep(0.001)
                calm = 0
            else:
                if self.app.is_running:
                    self.app.screen._on_timer_update()
                calm += 1

    @property
    def lines(self) -> list[str]:
        """The screen as text."""
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)


@contextmanager
def at_work() -> Iterator[set[asyncio.Future[Any]]]:
    """What threads are doing for this loop."""
    loop: Any = asyncio.get_running_loop()
    begin, works = loop.run_in_executor, set()

    def begun(*given: Any) -> asyncio.Future[Any]:
        work: asyncio.Future[Any] = begin(*given)
        works.add(work)
        work.add_done_callback(works.discard)
        return work

    loop.run_in_executor = begun
    try:
        yield works
    finally:
        loop.run_in_executor = begin


@asynccontextmanager
async def walk(app: KeyedApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Walk]:
    """Open it; it is closed at the end."""
    with at_work() as threads:
        async with app.run_test(size=size):
            walking = Walk(app, threads)
            await walking.rest()
            yield walking


def till(shop: Shop) -> AbstractAsyncContextManager[Walk]:
    """The shop's till, open."""
    return walk(TillApp(services(shop)))
