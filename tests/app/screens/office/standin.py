"""An office for tests: what its screens ask of wiring, with answers that a test sets."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.books.reader import BooksReader
from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.config import Settings
from app.domain.user import RIGHTS
from app.home import Home
from app.office.reports.making import made
from app.screens.office.services import OfficeServices
from app.till.ports import JournalRefused
from replication.core.model import Record


class Office:
    """``answers`` by operation: a value, or a function of the operation's arguments; ``asked`` is what was asked."""

    def __init__(self, home: Path) -> None:
        self.database = open_books(home / "books.sqlite")
        self.home = home
        nobody = {"user": "", "name": "", "rights": list(RIGHTS)}
        self.answers: dict[str, Any] = {"office_enter": nobody, "office_leave": None, "office_did": None}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._listeners: list[Callable[[str], None]] = []

    def say(self, records: Sequence[Record]) -> None:
        """These records have come."""
        writer = BooksWriter(self.database)
        writer.apply(records)
        writer.close()

    async def _ask(self, op: str, /, **args: Any) -> Any:
        self.asked.append((op, args))
        if op not in self.answers:
            raise JournalRefused("unknown_operation", f"nobody answers {op}")
        answer = self.answers[op]
        found = answer(**args) if callable(answer) else answer
        return await found if inspect.isawaitable(found) else found

    def announce(self, what: str) -> None:
        """Something has changed."""
        for listener in self._listeners:
            listener(what)

    def services(self) -> OfficeServices:
        """What the app is given."""
        return OfficeServices(
            home=self.home,
            network="Bird fair",
            ask=self._ask,
            books=BooksReader(self.database),
            books_place=str(self.home / "books.sqlite"),
            clock=lambda: datetime(2026, 11, 22, 15, 0, tzinfo=UTC),
            run_report=lambda report, choices: made(
                Home(self.home), Settings(), report, choices, today="2026-11-22", zone=UTC
            ),
            listen=self._listeners.append,
        )
