"""Where hardware's numbers begin: generations by the membership feeds, floors that were raised and kept."""

from __future__ import annotations

from typing import Any

from app.domain.number_range import Beginning
from app.engine.beginning import NUMBER_FLOOR, Beginnings, joined_at
from replication.core.model import Feed, FeedHead, Record

FEED = Feed("a", "membership")


def record(seq: int, kind: str, body: dict[str, Any]) -> Record:
    return Record(FEED, seq, f"{seq:016d}-00000", kind, body, prev="", sig="", hash="", text="")


def joined(seq: int, no: int, member_id: str) -> Record:
    return record(seq, "member.joined/1", {"no": no, "member_id": member_id})


FOUNDED = record(1, "network.founded/1", {"name": "Stand", "member": {"no": 1, "member_id": "a"}})
RECORDS = [FOUNDED, joined(2, 3, "b"), joined(3, 2, "c"), joined(5, 3, "d"), joined(6, 3, "d"), joined(9, 1, "e")]


def test_the_first_joining_of_a_member_counts() -> None:
    for records in (RECORDS, RECORDS[::-1]):
        assert joined_at(records, "d") == "0000000000000005-00000"
        assert joined_at(records, "nobody") == ""


class Disk:
    """What is kept, and what the books know."""

    def __init__(self) -> None:
        self.kept: dict[str, str | None] = {}
        self.highest = 0

    def beginnings(self, member_id: str) -> Beginnings:
        async def keep(values: dict[str, str | None]) -> None:
            self.kept.update(values)

        return Beginnings(
            member_id,
            self.kept.get(NUMBER_FLOOR),
            generation=lambda: 2 if member_id == "d" else 1,
            membership=lambda: RECORDS,
            heads=lambda: {FEED: FeedHead(9, "", "0000000000000900-00000")},
            highest=lambda: self.highest,
            keep=keep,
            wall_ms=lambda: 700,
        )


async def test_a_raised_floor_is_kept_and_raised_again_above_itself() -> None:
    disk = Disk()
    disk.highest = 17
    first = disk.beginnings("b")
    assert await first.now() == Beginning(0, "", 1_000_000)
    assert await first.raise_floor() == 100_000
    # A clock that is behind what is known does not make ranges of before count.
    assert await first.now() == Beginning(100_000, "0000000000000900-00000", 1_000_000)
    again = disk.beginnings("b")
    assert await again.now() == await first.now()
    assert await again.raise_floor() == 200_000


async def test_new_hardware_raises_within_its_own_million() -> None:
    disk = Disk()
    disk.highest = 17
    new = disk.beginnings("d")
    assert await new.now() == Beginning(1_000_000, "0000000000000005-00000", 2_000_000)
    assert await new.raise_floor() == 1_100_000
