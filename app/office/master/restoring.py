"""The operations that list the copies, and make master data what they were in one.

A copy of a few values brings back these; a copy of everything also removes what was made since. Nothing is deleted: it
is one change that can be taken back like any other. What cannot come back (a forgotten customer) or go (a VAT rate) is
left as it is, and named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec

from app.domain.instant import iso
from app.engine.control import Refused
from app.facts.base import Edit, said_by
from app.office.history.versions import Version
from app.office.master import people
from app.office.master.copies import WHOLE, CopyBad
from app.office.master.desk import MasterDesk
from app.office.master.editing import Editing
from app.office.master.kinds import PLANNED
from app.text import gettext as _

LEFT_SHOWN = 50


class Restoring:
    """Each public coroutine is an operation."""

    def __init__(self, desk: MasterDesk, editing: Editing) -> None:
        self._desk = desk
        self._editing = editing

    async def master_copies(self) -> list[dict[str, Any]]:
        """Every copy, the newest first: ``copy`` is its name."""
        heads = await asyncio.to_thread(self._desk.copies.heads)
        return [
            {
                "copy": name,
                "at": iso(head.at_ms),
                "sort": head.sort,
                "by": head.by,
                "change": head.change,
                "values": list(head.values),
            }
            for name, head in heads
        ]

    async def master_restore(self, copy: str, dry_run: bool = False, by: str = "") -> dict[str, Any]:
        """Make everything that is in the copy what it was; ``left`` names what cannot be."""
        async with self._desk.alone:
            facts, left = await self._desk.look(lambda: self._decided(copy))
            restored = len(facts)
            if not dry_run:
                change = f"restore {copy} {iso(self._desk.parts.wall_ms())}"
                outcome = await self._desk.write([said_by(fact, by, change) for fact in facts])
                restored, left = outcome.done, [*outcome.left, *left]
        return {"copy": copy, "restored": restored, "left": left[:LEFT_SHOWN]}

    def _decided(self, copy: str) -> tuple[list[Edit], list[str]]:
        try:
            head, versions = self._desk.copies.read(copy)
        except CopyBad:
            raise Refused(
                "copy_bad", _("{copy} is no copy, or damaged; `master copies` lists them").format(copy=copy[:80])
            ) from None
        facts: list[Edit] = []
        left: list[str] = []
        for newest, wanted in self._pairs(versions, whole=head.sort == WHOLE):
            kind, key = (newest or wanted).kind, (newest or wanted).key  # type: ignore[union-attr]
            if kind == PLANNED:
                continue
            try:
                fact = self._fact(newest, wanted)
            except (Refused, msgspec.ValidationError):
                left.append(f"{kind} {key}")
                continue
            if fact is not None:
                facts.append(fact)
        return facts, left

    def _fact(self, newest: Version | None, wanted: Version | None) -> Edit | None:
        if newest is not None:
            return self._editing.back(newest, wanted, together=True)
        if wanted is None or wanted.removed:
            return None
        return people.again(wanted, wanted, self._desk.books)

    def _pairs(self, versions: list[Version], *, whole: bool) -> Iterator[tuple[Version | None, Version | None]]:
        """Each value as it is, and as it is to be."""
        held = set()
        for wanted in versions:
            held.add((wanted.kind, wanted.key))
            yield self._desk.history.newest(wanted.kind, wanted.key), wanted
        for newest in self._desk.history.every_value() if whole else ():
            if (newest.kind, newest.key) not in held:
                yield newest, None
