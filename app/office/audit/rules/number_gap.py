"""Numbers that nobody has given out between two that were.

A range begins where it was assigned, a till's own one with its generation (``app.domain.number_range``); what is
missing before its first known number counts too. How far a range will go on is nobody's business here. A number right
behind a full 100,000 is where a till goes on whose floor was raised after its disk had been put back: that is a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.domain.number_range import FLOOR_STEP, GENERATION
from app.office.audit.finding import Evidence, Finding, What
from app.text import gettext as _
from app.text import ngettext

KIND = "number_gap"


class Jump(NamedTuple):
    """A number that does not follow the one before it (None: the first of its prefix)."""

    kind: str
    prefix: str
    before: int | None
    sequence: int
    number: str
    till_no: int
    member_id: str
    at: str


Ranges = Mapping[tuple[str, str], Sequence[tuple[int, int]]]
"""Assigned ranges (start, end) by kind and prefix."""


def gaps(jumps: Iterable[Jump], ranges: Ranges) -> Iterator[Finding]:
    """A finding for every run of missing numbers."""
    last: tuple[str, str, int] | None = None
    for jump in jumps:
        this = (jump.kind, jump.prefix, jump.sequence)
        first = max((jump.before or 0) + 1, _begin(jump, ranges))
        if this != last and first < jump.sequence:
            yield _finding(jump, first, raised=_is_raised(jump, ranges))
        last = this


def _begin(jump: Jump, ranges: Ranges) -> int:
    """Where the range that the number is of begins."""
    found = [start for start, end in ranges.get((jump.kind, jump.prefix), ()) if start <= jump.sequence <= end]
    return max(found, default=(jump.sequence - 1) // GENERATION * GENERATION + 1)


def _is_raised(jump: Jump, ranges: Ranges) -> bool:
    return not ranges.get((jump.kind, jump.prefix)) and (jump.sequence - 1) % FLOOR_STEP == 0


def _finding(jump: Jump, first: int, *, raised: bool) -> Finding:
    count = jump.sequence - first
    width = len(jump.number) - len(jump.prefix)
    names = [f"{jump.prefix}{number:0{width}d}" for number in (first, jump.sequence - 1)]
    if raised:
        cause = _("numbers were skipped from {first} to {last}: the till went on behind a full 100,000").format(
            first=names[0], last=names[1]
        )
        advice = _("see that the till was restored, or a supervisor released it, just before {number}").format(
            number=jump.number
        )
    else:
        cause = ngettext(
            "number {first} is missing before {number}",
            "{count} numbers are missing before {number}: {first} to {last}",
            count,
        ).format(count=count, number=jump.number, first=names[0], last=names[1])
        advice = _advice(jump)
    what: What = "z_report" if jump.kind in ("z_report", "z_no") else "receipt"
    evidence = Evidence(what, jump.number, jump.member_id)
    return Finding(KIND, "note" if raised else "alarm", jump.till_no, jump.at, cause, advice, (evidence,))


def _advice(jump: Jump) -> str:
    return _(
        "look for passed-over records and run `tillmesh verify` at till {till_no}; then ask who sold there"
    ).format(till_no=jump.till_no)
