"""What the operations about master data share: the history, the books, the journal; one change at a time."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.domain.instant import iso
from app.engine.control import Refused
from app.facts.base import Edit
from app.office import rights
from app.office.bulk.writing import Bulk, Outcome, many
from app.office.history.projection import FILE, History
from app.office.history.versions import Version
from app.office.master.copies import FOLDER, Copies
from app.office.master.differences import summary
from app.office.master.kinds import KINDS, Kind
from app.office.master.people import clear
from app.office.parts import OfficeParts
from app.text import gettext as _

T = TypeVar("T")
SHOWN = 40


class MasterDesk:
    """One home's."""

    def __init__(self, parts: OfficeParts) -> None:
        self.parts = parts
        self.books = parts.desk.books
        self.currency = parts.desk.currency
        self.history = History(parts.home / FILE, parts.store)
        self.copies = Copies(parts.home / FOLDER, self.history)
        self.bulk = Bulk(parts)
        self._one = asyncio.Lock()

    @property
    def alone(self) -> AbstractAsyncContextManager[None]:
        """Held while something is read, decided and written; ``Refused`` while an import that was cut off is neither
        complete nor ended.
        """
        return self._alone()

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._one:
            await self.bulk.before()
            yield

    @property
    def day(self) -> str:
        """Today, where this home is (ISO)."""
        return datetime.fromtimestamp(self.parts.wall_ms() / 1000, UTC).astimezone().date().isoformat()

    async def look(self, work: Callable[[], T]) -> T:
        """Off the loop, with everything that is durable here in the books and the history."""
        await self.parts.engine.settled()

        def looked() -> T:
            try:
                self.history.catch_up()
                with self.history.kept_open():
                    return work()
            except sqlite3.Error as error:
                raise Refused(
                    "history_failed",
                    _("the history of master data cannot be read or written ({reason}); look for free space").format(
                        reason=error
                    ),
                ) from None

        return await asyncio.to_thread(looked)

    async def write(self, facts: Sequence[Edit]) -> Outcome:
        """Copy what they change, and journal them, all of them; the books have them afterwards."""
        if not facts:
            return Outcome(change="", by="", done=0, of=0)
        rights.check(facts)
        by, change = facts[0].by, facts[0].change
        positions = await self.bulk.positions() if many(facts) else None
        await asyncio.to_thread(self.copies.before, facts, by, change, self.parts.wall_ms())
        return await self.bulk.write(facts, change=change, by=by, positions=positions)

    def clear(self, version: Version | None) -> dict[str, Any] | None:
        """The version's value in the clear; None if there is none."""
        return None if version is None or version.removed else clear(version, self.books)

    def shown(self, version: Version) -> dict[str, Any]:
        """A version as operations answer it; ``version`` names it."""
        value = self.clear(version)
        return {
            "kind": version.kind,
            "key": version.key,
            "version": version.stamp,
            "at": iso(version.at_ms),
            "by": version.by,
            "change": version.change,
            "removed": version.removed,
            "value": value,
            "text": summary(KINDS.get(version.kind), value, self.currency),
        }


def kind_of(name: str) -> Kind:
    """The kind of this name; ``Refused`` with those there are."""
    found = KINDS.get(name)
    if found is None:
        raise Refused(
            "unknown_kind",
            _("there is no kind {kind}; there are {known}").format(kind=name[:SHOWN], known=", ".join(KINDS)),
        )
    return found


def unknown(kind: str, key: str) -> Refused:
    """There is no such value."""
    return Refused("unknown_value", _("there is no {kind} {key}").format(kind=kind, key=key[:SHOWN]))
