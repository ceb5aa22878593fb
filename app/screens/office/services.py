"""What the centre's screens are given by wiring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from app.books.reader import BooksReader
from app.office.reports.definition import Report
from app.office.reports.making import Choices
from app.office.reports.running import ReportRefused
from app.office.reports.table import ReportTable
from app.text import gettext as _


class Ask(Protocol):
    """An operation of the home's engine (``app/office/every.py`` and ``app/engine/operations.py`` list them)."""

    def __call__(self, op: str, /, **args: Any) -> Awaitable[Any]:
        """Its answer, as JSON could hold it; ``JournalRefused`` with a sentence, ``OSError`` if the engine is gone."""


class Other(msgspec.Struct, frozen=True):
    """Another network of this office."""

    tenant: str
    name: str
    home: Path


def _no_reports(_report: Report, _choices: Choices) -> ReportTable:
    raise ReportRefused(_("No books are open here, so there are no reports."))


async def _there() -> str:
    return ""


@dataclass(frozen=True)
class OfficeServices:
    """One office at one home."""

    home: Path
    network: str
    ask: Ask
    books: BooksReader
    """Read only; ask it off the loop (``OfficeDesk.look``)."""
    books_place: str
    """Where the books are: a file, or the URL of a database. For reports, which ask it themselves."""
    clock: Callable[[], datetime]
    keys: Mapping[str, object] = field(default_factory=dict)
    look: str = "dark"
    run_report: Callable[[Report, Choices], ReportTable] = _no_reports
    """Of the books, in this process; called off the loop. One of ``app.office.reports.making.FAILURES``."""
    tenants: Callable[[], Sequence[Other]] = tuple
    """The other networks that this office looks after on this machine; ``ValueError`` with a sentence."""
    books_away: Callable[[], Awaitable[str]] = _there
    """Why the books cannot be asked now, as their server is away, with what to do; empty if they can."""
    listen: Callable[[Callable[[str], None]], None] = lambda _hear: None
    """Who wants to hear of changes: ``books``, ``status``, ``membership``, ``gone``."""
