"""Which numbers of documents are used."""

from __future__ import annotations

from app.books.questions import Question
from app.domain.number_pool import NumberPool
from app.domain.number_range import Assigned, RangeKind, Span


class LastNumbers(Question[tuple[int, ...]], frozen=True):
    """The highest number used within each span; 0 where none is."""

    spans: tuple[Span, ...]


class AssignedBefore(Question[tuple[Assigned, ...]], frozen=True):
    """What was assigned to the till for this kind before the hybrid time ``since``, whatever has become of it."""

    kind: RangeKind
    till_no: int
    since: str


class EverAssigned(Question[tuple[Assigned, ...]], frozen=True):
    """What was ever assigned to any till for this kind with this prefix, whatever has become of it."""

    kind: RangeKind
    prefix: str


class PoolFrom(Question[bool], frozen=True):
    """Whether the pool, or a range with one of its numbers, is from before this hybrid time."""

    pool: NumberPool
    before: str


class HighestOwn(Question[int], frozen=True):
    """The highest number of any kind, Z reports and periods among them, that the till is known to have given itself."""

    till_no: int
