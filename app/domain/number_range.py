"""Number ranges (Nummernkreise): who may give out which numbers of documents; values of reference data.

A number is ``prefix`` + counter, and a prefix never ends with a digit: so every number is taken apart in one
way only (``split_number``), and two numbers are the same if prefix and counter are. Hence the law: ranges of one kind
that do not overlap never give the same number, however their tills are cut off from one another.

A till without a range of a kind has one of its own (``default_prefix``): ``3-000001`` for receipts, ``I3-000001``
for invoices. No range may be assigned with such a prefix.

Hardware that died may have given out numbers that nobody has heard of. So whoever takes its place has a *beginning*
(``Beginning``):

1. Its own ranges begin above the floor, ``3-1000001``. Each *generation* of a till (the members that have had its
   number, in the order in which they joined) has a million of its own and stays in it: so generations never meet,
   however much of one's tail is lost. A disk that was put back, and a supervisor who could ask nobody, raise the floor
   within the generation (``raised_floor``).
2. An assigned range counts only if none of its numbers were assigned to this till before it began (``usable``): where
   the dead hardware had got to in it, nobody knows. Until the office assigns another, the till uses its own range, so
   that it can go on selling; and says so with every number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

RangeKind = Literal[
    "receipt", "training", "invoice", "delivery_note", "order", "customer", "z_report", "parked",
]  # fmt: skip
"""Vouchers have none: their codes are random, so that nobody can guess one."""

KINDS: tuple[RangeKind, ...] = (
    "receipt", "training", "invoice", "delivery_note", "order", "customer", "z_report", "parked",
)  # fmt: skip

DEFAULT_DIGITS = 6
MAX_DIGITS = 12
MAX_END = 10**12 - 1
MAX_TILL_NO = 999_999_999
GENERATION = 1_000_000
"""Numbers of each kind that one generation of a till may give out by itself."""
FLOOR_STEP = 100_000
LOST_AT_MOST = 50_000
"""Numbers that a disk which was put back may have lost: those of months at a busy till."""
WARN_PERCENT = 90

_PREFIX = re.compile(r"(?:[0-9A-Za-z./_-]{0,11}[A-Za-z./_-])?")
_NUMBER = re.compile(r"(?P<prefix>(?:.{0,39}[^0-9])?)(?P<sequence>[0-9]{1,15})", re.DOTALL)


class NumberRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Numbers ``prefix`` + ``start`` … ``end`` (zero-padded to ``digits``) belong to one till for one kind."""

    range_id: str
    kind: RangeKind
    till_no: int
    prefix: str
    start: int
    end: int
    digits: int = DEFAULT_DIGITS

    @property
    def key(self) -> str:
        return self.range_id

    def check(self) -> None:
        """``ValueError`` for what is no range."""
        if not 0 < len(self.range_id) <= 40 or not self.range_id.isprintable():
            raise ValueError("range_id: 1 to 40 printable characters")
        if not 1 <= self.till_no <= MAX_TILL_NO:
            raise ValueError("till_no: tills are counted from 1")
        if not _PREFIX.fullmatch(self.prefix):
            raise ValueError("prefix: up to 12 letters, digits and . / _ -, the last one no digit")
        if re.fullmatch(f"{_letter(self.kind)}[1-9][0-9]*-", self.prefix):
            raise ValueError(f"prefix {self.prefix} is what tills without a range use; choose another")
        if not 1 <= self.start <= self.end <= MAX_END:
            raise ValueError(f"start and end: 1 <= start <= end <= {MAX_END}")
        if not 1 <= self.digits <= MAX_DIGITS:
            raise ValueError(f"digits: 1 to {MAX_DIGITS}")

    def number(self, sequence: int) -> str:
        """The number as documents carry it."""
        return f"{self.prefix}{sequence:0{self.digits}d}"


class Beginning(NamedTuple):
    """From where on a till gives out numbers: above ``floor``; and of ranges assigned after the hybrid time ``since``.

    Empty ``since``: of any range, since no other hardware ever had this till's number.
    """

    floor: int = 0
    since: str = ""
    end: int = GENERATION
    """The last number of the generation."""

    @classmethod
    def of(cls, generation: int, raised: int = 0, since: str = "") -> Beginning:
        """Of the till's ``generation``-th hardware (from 1), whose floor may have been raised."""
        return cls(max((generation - 1) * GENERATION, raised), since, generation * GENERATION)


FROM_THE_FIRST = Beginning()


class Assigned(NamedTuple):
    """Numbers that were once assigned to a till."""

    prefix: str
    start: int
    end: int


class NumbersUsedUp(ValueError):
    """Every range of this till for this kind is used up."""


class Given(NamedTuple):
    """The next number, taken apart too; ``left`` numbers of ``size`` are unused after it (0: unlimited)."""

    number: str
    prefix: str
    sequence: int
    left: int = 0
    size: int = 0

    @property
    def running_out(self) -> bool:
        """Whether 90 % are used, so that somebody should assign the next range."""
        return self.size > 0 and (self.size - self.left) * 100 >= self.size * WARN_PERCENT


class Span(NamedTuple):
    """Where a till may find its next number: of this kind and prefix, from start to end (0: no end)."""

    kind: RangeKind
    prefix: str
    start: int
    end: int
    digits: int = DEFAULT_DIGITS


def default_prefix(kind: RangeKind, till_no: int) -> str:
    """The prefix of a till that has no range of this kind.

    >>> default_prefix("receipt", 3), default_prefix("delivery_note", 12)
    ('3-', 'D12-')
    """
    return f"{_letter(kind)}{till_no}-"


def raised_floor(last: int) -> int:
    """The next full 100,000 above the last number that is known, with room for those that were lost.

    >>> raised_floor(0), raised_floor(12_345), raised_floor(99_990), raised_floor(1_000_017)
    (100000, 100000, 200000, 1100000)
    """
    return -(-max(1, last + LOST_AT_MOST) // FLOOR_STEP) * FLOOR_STEP


def usable(mine: Iterable[NumberRange], earlier: Iterable[Assigned]) -> list[NumberRange]:
    """The ranges without any number that was assigned ``earlier``, before the till began."""
    before = tuple(earlier)
    return [
        each
        for each in mine
        if not any(old.prefix == each.prefix and old.start <= each.end and each.start <= old.end for old in before)
    ]


def spans_of(
    ranges: Iterable[NumberRange], kind: RangeKind, till_no: int, beginning: Beginning = FROM_THE_FIRST
) -> tuple[Span, ...]:
    """The till's ranges of the kind in the order in which they are used up: by their ids; or its own one."""
    mine = sorted((each for each in ranges if each.kind == kind and each.till_no == till_no), key=lambda each: each.key)
    spans = tuple(Span(kind, each.prefix, each.start, each.end, each.digits) for each in mine)
    return spans or (Span(kind, default_prefix(kind, till_no), beginning.floor + 1, beginning.end),)


def next_of(spans: Sequence[Span], last: Sequence[int]) -> Given:
    """The next number; ``last`` is the highest used one of each span (0: none). ``NumbersUsedUp`` if none is left.

    >>> next_of([Span("order", "A", 1, 2, 3), Span("order", "B", 7, 9, 3)], [2, 0])
    Given(number='B007', prefix='B', sequence=7, left=2, size=5)
    """
    size = sum(span.end - span.start + 1 for span in spans if span.end)
    left = sum(max(0, span.end - max(used, span.start - 1)) for span, used in zip(spans, last, strict=True) if span.end)
    for span, used in zip(spans, last, strict=True):
        sequence = max(used, span.start - 1) + 1
        if not span.end or sequence <= span.end:
            number = f"{span.prefix}{sequence:0{span.digits}d}"
            return Given(number, span.prefix, sequence, left - 1 if span.end else 0, size)
    raise NumbersUsedUp


def split_number(number: str) -> tuple[str, int] | None:
    """Prefix and counter of a number; None if it does not end with digits or is beyond all bounds.

    >>> split_number("R2026/000017"), split_number("3-000001"), split_number("Q")
    (('R2026/', 17), ('3-', 1), None)
    """
    found = _NUMBER.fullmatch(number)
    if found is None:
        return None
    return found["prefix"], int(found["sequence"])


def overlapping(assigned: NumberRange, others: Iterable[NumberRange]) -> NumberRange | None:
    """A range of another id that could give one of the same numbers; None if there is none."""
    for other in others:
        same = (other.kind, other.prefix) == (assigned.kind, assigned.prefix) and other.key != assigned.key
        if same and other.start <= assigned.end and assigned.start <= other.end:
            return other
    return None


def _letter(kind: RangeKind) -> str:
    """What the default prefix of a kind begins with; receipts have none."""
    return "" if kind == "receipt" else kind[0].upper()
