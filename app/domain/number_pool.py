"""Number pools: numbers of one kind that the office hands out to tills in blocks of one size.

A block is a ``NumberRange`` with the id ``POOL-0007``, its place in the pool. It is given once: what was ever assigned,
even if it was removed later, is never handed out again, since somebody may have printed a number of it. Only the
network's authority hands out, and there is one at a time; so no two tills ever have a number in common. An authority
that was put back and could ask nobody hands out no more of its old pools: which blocks are out, it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import msgspec

from app.domain.number_range import DEFAULT_DIGITS, MAX_END, NumberRange, RangeKind

MAX_ID_LENGTH = 20
MAX_BLOCKS = 100_000


class Numbers(Protocol):
    """Numbers that are somebody's: ``Assigned``, ``NumberRange`` and a pool have these."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class PoolUsedUp(ValueError):
    """Every block has been handed out."""


class NumberPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Numbers ``prefix`` + ``start`` … ``end`` in blocks of ``block`` numbers."""

    pool: str
    kind: RangeKind
    prefix: str
    start: int
    end: int
    block: int
    digits: int = DEFAULT_DIGITS

    @property
    def key(self) -> str:
        return self.pool

    @property
    def blocks(self) -> int:
        """How many there are; what is left over at the end belongs to none."""
        return (self.end - self.start + 1) // self.block

    def check(self) -> None:
        """``ValueError`` for what is no pool."""
        if not 0 < len(self.pool) <= MAX_ID_LENGTH or not self.pool.isprintable() or not self.pool.strip():
            raise ValueError(f"pool: 1 to {MAX_ID_LENGTH} printable characters")
        if not 1 <= self.start <= self.end <= MAX_END or not 1 <= self.block <= self.end - self.start + 1:
            raise ValueError("start, end and block: start <= end, and a block fits in between")
        if self.blocks > MAX_BLOCKS:
            raise ValueError(f"block: at most {MAX_BLOCKS} blocks; make them larger")
        self.range_of(0, till_no=1).check()

    def range_of(self, place: int, till_no: int) -> NumberRange:
        """The block at that place (from 0) as the till's range."""
        start = self.start + place * self.block
        range_id = f"{self.pool}-{place + 1:04d}"
        return NumberRange(range_id, self.kind, till_no, self.prefix, start, start + self.block - 1, self.digits)


def next_block(pool: NumberPool, given: Iterable[Numbers], till_no: int) -> NumberRange:
    """The first block with none of the numbers that were ever ``given``; ``PoolUsedUp`` if there is none.

    ``given`` are those of the pool's kind and prefix.

    >>> from app.domain.number_range import Assigned
    >>> pool = NumberPool("A", "receipt", "A", 1, 35, 10)
    >>> block = next_block(pool, [Assigned("A", 1, 10), Assigned("A", 15, 16)], 4)
    >>> block.range_id, block.start, block.end
    ('A-0003', 21, 30)
    """
    taken: set[int] = set()
    for each in given:
        first = max(0, (each.start - pool.start) // pool.block)
        last = min(pool.blocks - 1, (each.end - pool.start) // pool.block)
        taken.update(range(first, last + 1))
    place = next((place for place in range(pool.blocks) if place not in taken), None)
    if place is None:
        raise PoolUsedUp
    return pool.range_of(place, till_no)
