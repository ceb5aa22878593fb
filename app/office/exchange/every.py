"""The operations: ``take_over`` (also only as a look), ``taking_over`` (how far it is), ``take_over_stop``,
``take_over_complete``, ``export_packed``.

What is taken over is one deed (``app/office/bulk``): an office that is killed in between completes it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.domain.instant import iso
from app.engine.control import Operation, Refused
from app.engine.operations import Imported, called
from app.facts.base import Fact, said_by
from app.office import rights
from app.office.bulk.writing import WAIT_S_MAX, Bulk, Outcome
from app.office.exchange.packing import TooMuch, pack_values, unpack
from app.office.parts import OfficeParts
from app.text import gettext as _

if TYPE_CHECKING:
    from app.office.exchange.changes import Changes

FAULTS_SHOWN_MAX = 500


class TakingOver:
    """Each public coroutine is an operation; one import at a time."""

    def __init__(self, parts: OfficeParts) -> None:
        self._parts = parts
        self._one = asyncio.Lock()
        self._bulk = Bulk(parts)
        self._stop = False
        self._last: Outcome | None = None

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
        ``faults``, ``state``, and ``imported``: how many facts that were. What somebody has changed while it was
        written is ``left`` as it is (the first of ``passed``); ``stopped``: ended early, with only a part written.
        """
        if self._one.locked():
            raise Refused("import_running", _("another import is running; wait until it is done"))
        async with self._one:
            self._stop, self._last = False, None
            if not look:
                await self._bulk.before()
            return await self._take_over(what, columns, packed, bad, look, skip_bad, expect, by)

    async def taking_over(self) -> dict[str, Any]:
        """How many facts of the import (or of another change of many values) are written, of how many.

        ``state``: ``running``, ``waiting`` (cut off, and not to be completed yet), or empty: there is none.
        """
        await self._bulk.pending()
        return self._parts.bulk.shown()

    async def take_over_stop(self) -> dict[str, Any]:
        """End the import that is running, or was cut off, as it is; what became of it. ``Refused`` if there is none."""
        outcome: Outcome | None = None
        if self._one.locked():
            self._stop = True
            outcome = await self._bulk.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S_MAX), self._one:
                    outcome = self._last or outcome
        else:
            outcome = await self._bulk.stop()
        if outcome is None:
            raise Refused("nothing_running", _("no import is under way; `tillmesh master changes` lists what was done"))
        return outcome.answer()

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
        positions = None if look else await self._bulk.positions()
        imported = await asyncio.to_thread(self._read, what, columns, packed)
        rights.check(imported.facts)
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
            "stopped": False,
            "left": [],
            "passed": 0,
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
        if self._stop:
            self._last = Outcome(change=change, by=by, done=0, of=len(facts), stopped=True)
        else:
            await asyncio.to_thread(self._copy, facts, by, change)
            self._last = await self._bulk.write(facts, change=change, by=by, positions=positions)
        became = self._last.answer()
        return answer | became | {"imported": self._last.done}

    async def take_over_complete(self) -> dict[str, Any]:
        """Go on with what was cut off, if anything was; an open home asks this of itself. How far it is then."""
        if not self._parts.bulk.live:
            await self._bulk.complete()
            await self._parts.engine.settled()
        return self._parts.bulk.shown()

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
    coroutines = (made.take_over, made.taking_over, made.take_over_stop, made.take_over_complete, made.export_packed)
    return {coroutine.__name__: called(coroutine) for coroutine in coroutines}
