"""Who waits for an answer of the hub: a ticket goes out with the question and comes back with the answer."""

from __future__ import annotations

import asyncio
from typing import Any

MAX_WAITING = 10_000
"""Appends and claims that may wait for an answer at once."""


class AppendRefused(Exception):
    """Nothing was written.

    ``code`` as in ``AppendFailed``; or ``stopping``, ``too_many``, ``store_damaged``, ``books_failed``, ``internal``.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Tickets:
    """The open questions. Once ``shut``, every question is refused at once."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next = 1
        self._refusal: AppendRefused | None = None

    def issue(self) -> tuple[int, asyncio.Future[Any]]:
        """A ticket and its answer to come; ``AppendRefused`` if no more questions are taken."""
        if self._refusal is not None:
            raise AppendRefused(self._refusal.code, self._refusal.reason)
        if len(self._waiting) >= MAX_WAITING:
            raise AppendRefused("too_many", "too much is waiting for the disk; try again in a moment")
        ticket, self._next = self._next, self._next + 1
        answer = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        return ticket, answer

    def resolve(self, ticket: int, answer: object) -> None:
        """The answer is here. Whoever asked may have gone."""
        waiting = self._waiting.pop(ticket, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def reject(self, ticket: int, refusal: AppendRefused) -> None:
        """The answer is no."""
        waiting = self._waiting.pop(ticket, None)
        if waiting is not None and not waiting.done():
            waiting.set_exception(refusal)

    def shut(self, refusal: AppendRefused) -> None:
        """Take no more questions; the first reason stays. Those that are open may still be answered."""
        self._refusal = self._refusal or refusal

    async def answered(self, timeout_s: float) -> None:
        """Return when nobody waits any more; those that still do after ``timeout_s`` are rejected."""
        if self._waiting:
            await asyncio.wait(tuple(self._waiting.values()), timeout=timeout_s)
        self.reject_all()

    def reject_all(self) -> None:
        """Reject all that wait, with the reason of ``shut``."""
        for ticket in tuple(self._waiting):
            self.reject(ticket, self._refusal or AppendRefused("internal", "the question was lost"))
