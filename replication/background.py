"""What the loop has done beside it: calls in the reading thread, answers out of other threads, and tasks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")
_trouble = logging.getLogger(__name__)


class Background:
    """Made on the loop. First ``end`` (no task goes on), then ``close`` (the reading thread ends)."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = ThreadPoolExecutor(1, "tillmesh-read")
        self.tasks: set[asyncio.Task[Any]] = set()

    def off_loop(self, call: Callable[..., _Answer], *values: Any) -> Awaitable[_Answer]:
        """Call it in the reading thread, after all that was asked for before."""
        return self._loop.run_in_executor(self._reader, call, *values)

    def from_thread(self, call: Callable[..., None], *values: Any) -> None:
        """Call it on the loop, soon. From any thread."""
        try:
            self._loop.call_soon_threadsafe(call, *values)
        except RuntimeError:  # the loop has ended; what was written is found at the next start
            _trouble.debug("an answer came after the end")

    def soon(self, call: Callable[..., None], *values: Any) -> None:
        """Call it on the loop when whatever is ready now has had its turn."""
        self._loop.call_soon(call, *values)

    def later(self, delay_s: float, call: Callable[[], None]) -> None:
        """Call it on the loop after ``delay_s``."""
        self._loop.call_later(delay_s, call)

    def promise(self) -> asyncio.Future[None]:
        """Something that will have happened."""
        return self._loop.create_future()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do it as a task that ends with ``end`` at the latest."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def end(self) -> None:
        """Cancel what is still under way."""
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def close(self) -> None:
        """Wait for the reading thread's last call."""
        self._reader.shutdown()
