"""Where this hardware's numbers begin (``app.domain.number_range``): its generation, and a floor that was raised.

The generation is how many members have had this till's number, in the order in which they joined; so it is known
once the membership feeds are here. ``number_floor`` is kept beside the journal: it says what a supervisor has decided
for this disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from app.domain.number_range import Beginning, raised_floor
from replication.core.clock import stamp
from replication.core.model import Feed, FeedHead, Record

NUMBER_FLOOR = "number_floor"
"""The kept value: the floor, and the hybrid time at which it was raised."""


class Raised(msgspec.Struct, frozen=True):
    """A floor that was raised, for ranges that were assigned ``since``."""

    floor: int = 0
    since: str = ""


def joined_at(records: Sequence[Record], member_id: str) -> str:
    """The hybrid time at which the member was let in; empty as long as the membership feeds do not tell."""
    stamps = (
        record.hlc
        for record in records
        if record.kind == "member.joined/1" and record.body.get("member_id") == member_id
    )
    return min(stamps, default="")


class Beginnings:
    """This member's beginning. ``membership``, ``heads`` and ``highest`` read from disk, off the loop.

    ``generation``: which of its number's members it is, from 1 (``Roster.generation``).
    """

    def __init__(
        self,
        member_id: str,
        kept: str | None,
        *,
        generation: Callable[[], int],
        membership: Callable[[], Sequence[Record]],
        heads: Callable[[], dict[Feed, FeedHead]],
        highest: Callable[[], int],
        keep: Callable[[dict[str, str | None]], Awaitable[None]],
        wall_ms: Callable[[], int],
    ) -> None:
        self._member_id = member_id
        self._generation = generation
        self._membership = membership
        self._heads = heads
        self._highest = highest
        self._keep = keep
        self._wall_ms = wall_ms
        self._joined_at = ""
        self._raised = msgspec.json.decode(kept, type=Raised) if kept else Raised()

    @property
    def confirmed(self) -> str:
        """The hybrid time at which this disk was last let write though nobody could say what it lacks; or empty."""
        return self._raised.since

    async def now(self) -> Beginning:
        """The beginning, as far as the membership feeds are here."""
        generation = self._generation()
        if generation > 1 and not self._joined_at:
            self._joined_at = joined_at(await asyncio.to_thread(self._membership), self._member_id)
        return Beginning.of(generation, self._raised.floor, max(self._joined_at, self._raised.since))

    async def raise_floor(self) -> int:
        """Begin anew above all numbers that are known, durably; the new floor."""
        last = max(await asyncio.to_thread(self._highest), (await self.now()).floor)
        newest = max((head.hlc for head in (await asyncio.to_thread(self._heads)).values()), default="")
        raised = Raised(raised_floor(last), max(newest, stamp(self._wall_ms(), 0)))
        await self._keep({NUMBER_FLOOR: msgspec.json.encode(raised).decode()})
        self._raised = raised
        return raised.floor
