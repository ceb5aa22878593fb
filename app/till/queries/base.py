"""A question, and the desk it is answered at."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TypeVar

import msgspec

from app.books.questions import Question
from app.books.questions.reference import AskReference
from app.domain.money import format_minor
from app.domain.reference import Reference
from app.till.ports import Books, Engine
from app.till.presenting import Presented, presented_by, scanned_of
from app.till.runner import Runner

T = TypeVar("T")


class Query(msgspec.Struct, frozen=True):
    """Base of all questions. Field names are those of the drive contract."""


class Desk:
    """What answering needs: engine, books, the runner's clock and the till's currency."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.engine: Engine = runner.engine
        self.books: Books = runner.books
        self.currency = runner.session.till.currency
        self.till_no = runner.session.till.till_no
        self.changed = asyncio.Event()
        runner.engine.on_change(lambda _: self.changed.set())

    async def look(self, question: Question[T], *, fresh: bool = True) -> T:
        """The books' answer, after everything durable has been applied."""
        if fresh:
            await self.engine.settled()
        if question.slow:
            return await asyncio.to_thread(self.books.ask, question)
        return self.books.ask(question)

    async def reference(self) -> Reference:
        """All reference data as it is now."""
        return await self.look(AskReference())

    async def presented(self, text: str, kinds: Collection[str]) -> Presented | None:
        """A slip's statement that is good in itself; None for a code. Refused for what it cannot be."""
        scanned = scanned_of(text, kinds)
        return None if scanned is None else presented_by(scanned, await self.engine.examine(scanned.text))

    @property
    def day(self) -> str:
        """The shop's day."""
        return self.runner.now().day

    def text(self, amount_minor: int) -> str:
        """An amount in the till's currency."""
        return format_minor(amount_minor, self.currency)
