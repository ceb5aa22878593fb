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


class Held(msgspec.Struct, frozen=True):
    """Since when the member has its till's number, and which of that number's members it is."""

    generation: int = 1
    since: str = ""


def held(records: Sequence[Record], member_id: str) -> Held:
    """What the membership feeds say; the first generation as long as they do not name the member."""
    holders: dict[int, list[str]] = {}
    for record in sorted(records, key=lambda each: each.hlc):
        body = record.body.get("member") if record.kind == "network.founded/1" else record.body
        if record.kind not in ("network.founded/1", "member.joined/1") or not isinstance(body, dict):
            continue
        no, who = body.get("no"), body.get("member_id")
        if not isinstance(no, int) or not isinstance(who, str):
            continue
        of_number = holders.setdefault(no, [])
        if who not in of_number:
            of_number.append(who)
        if who == member_id:
            return Held(len(of_number), record.hlc if len(of_number) > 1 else "")
    return Held()


class Beginnings:
    """This member's beginning. ``membership``, ``heads`` and ``highest`` read from disk, off the loop."""

    def __init__(
        self,
        member_id: str,
        kept: str | None,
        *,
        membership: Callable[[], Sequence[Record]],
        heads: Callable[[], dict[Feed, FeedHead]],
        highest: Callable[[], int],
        keep: Callable[[dict[str, str | None]], Awaitable[None]],
        wall_ms: Callable[[], int],
    ) -> None:
        self._member_id = member_id
        self._membership = membership
        self._heads = heads
        self._highest = highest
        self._keep = keep
        self._wall_ms = wall_ms
        self._held: Held | None = None
        self._raised = msgspec.json.decode(kept, type=Raised) if kept else Raised()

    async def now(self) -> Beginning:
        """The beginning; to be asked only when all membership records are here, since it is then remembered."""
        if self._held is None:
            self._held = held(await asyncio.to_thread(self._membership), self._member_id)
        return Beginning.of(self._held.generation, self._raised.floor, max(self._held.since, self._raised.since))

    async def raise_floor(self) -> int:
        """Begin anew above all numbers that are known, durably; the new floor."""
        last = max(await asyncio.to_thread(self._highest), (await self.now()).floor)
        newest = max((head.hlc for head in (await asyncio.to_thread(self._heads)).values()), default="")
        raised = Raised(raised_floor(last), max(newest, stamp(self._wall_ms(), 0)))
        await self._keep({NUMBER_FLOOR: msgspec.json.encode(raised).decode()})
        self._raised = raised
        return raised.floor
