"""The operations: ``take_over`` (also only as a look), ``taking_over`` (how far it is), ``export_packed``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.domain.instant import iso
from app.engine.control import Operation, Refused
from app.engine.operations import IMPORT_FACTS_PER_STEP, Imported, called
from app.facts.base import Fact, said_by
from app.facts.codec import write
from app.office.exchange.packing import TooMuch, pack_values, unpack
from app.office.parts import OfficeParts
from app.text import gettext as _
from replication.core.model import Entry

if TYPE_CHECKING:
    from app.office.exchange.changes import Changes

FAULTS_SHOWN_MAX = 500


class TakingOver:
    """Each public coroutine is an operation; one import at a time."""

    def __init__(self, parts: OfficeParts) -> None:
        self._parts = parts
        self._one = asyncio.Lock()
        self._done, self._of = 0, 0

    async def take_over(
        self,
        what: str,
        columns: Sequence[str],
        packed: str,
        bad: Sequence[tuple[int, str]] = (),
        look: bool = False,
        skip_bad: bool = False,
        expect: str = "",
        by: str = "",
    ) -> dict[str, Any]:
        """Rows of a file that the asker has read (``packing.pack``); ``bad`` are lines that it could not.

        ``look``: only say what would change. ``expect``: the ``state`` of such a look; if anything is different now,
        nothing is imported (``changed_meanwhile``). Only what changes something is journalled, all of it as one change.
        Answers counts (``new``, ``changed``, ``removed``, ``unchanged``, ``bad``), the first ``changes`` and
        ``faults``, ``state``, and ``imported``: how many facts that were.
        """
        if self._one.locked():
            raise Refused("import_running", _("another import is running; wait until it is done"))
        async with self._one:
            return await self._take_over(what, columns, packed, bad, look, skip_bad, expect, by)

    async def taking_over(self) -> dict[str, int]:
        """How many facts of the import that is running are written, of how many."""
        return {"done": self._done, "of": self._of}

    async def _take_over(
        self,
        what: str,
        columns: Sequence[str],
        packed: str,
        bad: Sequence[tuple[int, str]],
        look: bool,
        skip_bad: bool,
        expect: str,
        by: str,
    ) -> dict[str, Any]:
        # Whatever was journalled before counts, so that a file that is imported twice says "unchanged" at once.
        await self._parts.engine.settled()
        imported = await asyncio.to_thread(self._read, what, columns, packed)
        faults = sorted([*((line, reason) for line, reason in bad), *imported.faults])
        found = await asyncio.to_thread(self._compare, what, imported, len(faults))
        answer = {
            **found.counts,
            "bad": len(faults),
            "changes": [
                {
                    "sort": each.sort,
                    "key": each.key,
                    "name": each.name,
                    "fields": [list(field) for field in each.fields],
                }
                for each in found.shown
            ],
            "faults": [{"line": line, "reason": reason} for line, reason in faults[:FAULTS_SHOWN_MAX]],
            "state": found.state,
            "imported": 0,
        }
        if look or (faults and not skip_bad):
            return answer
        if expect and expect != found.state:
            raise Refused(
                "changed_meanwhile",
                _("file or data are not what was looked at; nothing was imported. Look again what would change"),
            )
        change = f"import {what} {iso(self._parts.wall_ms())}"
        facts = [said_by(fact, by, change) for fact in found.facts]
        await asyncio.to_thread(self._copy, facts, by, change)
        self._done, self._of = 0, len(facts)
        for start in range(0, len(facts), IMPORT_FACTS_PER_STEP):
            step = facts[start : start + IMPORT_FACTS_PER_STEP]
            await self._parts.engine.journal([Entry(*write(fact)) for fact in step])
            self._done = start + len(step)
        await self._parts.engine.settled()
        return answer | {"imported": len(facts)}

    async def export_packed(self, what: str) -> str:
        """As ``export``, packed (``packing.pack_values``): a whole catalogue does not fit into a frame otherwise."""
        try:
            return await asyncio.to_thread(lambda: pack_values(self._parts.desk.export(what)))
        except TooMuch as fault:
            raise Refused("too_much", str(fault)) from None

    def _read(self, what: str, columns: Sequence[str], packed: str) -> Imported:
        try:
            return self._parts.desk.import_facts(what, unpack(columns, packed))
        except ValueError:
            raise Refused("bad_command", _("the running till is of another version; restart it")) from None

    def _copy(self, facts: Sequence[Fact], by: str, change: str) -> None:
        """What is about to be changed, as it is, on disk first; ``Refused`` if that cannot be."""
        from app.office.master.copies import copies_of

        if facts:
            copies_of(self._parts).before(facts, by, change, self._parts.wall_ms())

    def _compare(self, what: str, imported: Imported, bad: int) -> Changes:
        from app.office.exchange.changes import changes
        from app.office.exchange.known import compared

        return changes(imported.facts, compared(self._parts.desk, what), bad)


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """All of them by name."""
    made = TakingOver(parts)
    coroutines = (made.take_over, made.taking_over, made.export_packed)
    return {coroutine.__name__: called(coroutine) for coroutine in coroutines}
