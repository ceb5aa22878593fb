"""What the operations about master data share: the history, the books, the journal; one change at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.domain.instant import iso
from app.engine.control import Refused
from app.facts.base import Edit
from app.facts.codec import write
from app.office.history.projection import FILE, History
from app.office.history.versions import Version
from app.office.master.copies import FOLDER, Copies
from app.office.master.differences import summary
from app.office.master.kinds import KINDS, Kind
from app.office.master.people import clear
from app.office.parts import OfficeParts
from app.text import gettext as _
from replication.core.model import Entry

T = TypeVar("T")
FACTS_PER_STEP = 500
"""As in an import: neither one fsync for each nor a step that holds up the till's own."""
SHOWN = 40


class MasterDesk:
    """``alone`` is held while something is read, decided and written."""

    def __init__(self, parts: OfficeParts) -> None:
        self.parts = parts
        self.books = parts.desk.books
        self.currency = parts.desk.currency
        self.history = History(parts.home / FILE, parts.store)
        self.copies = Copies(parts.home / FOLDER, self.history)
        self.alone = asyncio.Lock()

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

    async def write(self, facts: Sequence[Edit]) -> None:
        """Copy what they change, and journal them; the books have them afterwards."""
        if not facts:
            return
        said = (facts[0].by, facts[0].change, self.parts.wall_ms())
        await asyncio.to_thread(self.copies.before, facts, *said)
        for start in range(0, len(facts), FACTS_PER_STEP):
            step = facts[start : start + FACTS_PER_STEP]
            await self.parts.engine.journal([Entry(*write(fact)) for fact in step])
        await self.parts.engine.settled()

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
