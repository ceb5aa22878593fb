"""Receipts whose own time is not that of their record: the till's clock was set while it sold.

A record's hybrid time never goes back, a clock does. Set forward, the records of before stay as they are; set back,
the hybrid time stays ahead until the clock has caught up. So what is seen is a receipt that says another time than
its record, and it says by how much. Peers pull a till's hybrid time ahead by five minutes at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _
from app.text import ngettext

KIND = "clock_jump"
MAX_RUNS = 100_000
MINUTE_MS = 60_000


class Timed(NamedTuple):
    """A receipt, its own time (ISO) and its record's stamp (``app.books.writer.stamp_of``)."""

    receipt_no: str
    till_no: int
    member_id: str
    business_day: str
    finished_at: str
    stamp: str


class _Run:
    """Receipts of one member and day that are off."""

    __slots__ = ("count", "first", "last", "off_ms")

    def __init__(self, row: Timed, off_ms: int) -> None:
        self.count, self.first, self.last, self.off_ms = 0, row, row, off_ms

    def add(self, row: Timed, off_ms: int) -> None:
        self.count += 1
        self.first = min(self.first, row, key=lambda each: each.stamp)
        self.last = max(self.last, row, key=lambda each: each.stamp)
        self.off_ms = max(self.off_ms, off_ms, key=abs)


def jumps(rows: Iterable[Timed], limit_minutes: int) -> Iterator[Finding]:
    """A finding for each member and day with such receipts, whatever order they come in."""
    runs: dict[tuple[str, str], _Run] = {}
    for row in rows:
        off_ms = _off_ms(row)
        if abs(off_ms) <= limit_minutes * MINUTE_MS:
            continue
        key = (row.member_id, row.business_day)
        if key in runs or len(runs) < MAX_RUNS:
            runs.setdefault(key, _Run(row, off_ms)).add(row, off_ms)
    for run in runs.values():
        yield _finding(run)


def _off_ms(row: Timed) -> int:
    """How far the receipt's time is ahead of its record's; what is no time is none of our business."""
    try:
        said = datetime.fromisoformat(row.finished_at)
        return round(said.timestamp() * 1000) - int(row.stamp.partition("-")[0])
    except (ValueError, OverflowError):
        return 0


def _finding(run: _Run) -> Finding:
    minutes = abs(run.off_ms) // MINUTE_MS
    said = {"count": run.count, "minutes": minutes, "first": run.first.receipt_no, "last": run.last.receipt_no}
    if run.off_ms < 0:
        cause = ngettext(
            "the clock was set back: {count} receipt ({first}) is dated up to {minutes} minutes before its record",
            "the clock was set back: {count} receipts ({first} to {last}) are dated up to {minutes} minutes before "
            "their records",
            run.count,
        )
    else:
        cause = ngettext(
            "the clock was wrong: {count} receipt ({first}) is dated up to {minutes} minutes after its record",
            "the clock was wrong: {count} receipts ({first} to {last}) are dated up to {minutes} minutes after "
            "their records",
            run.count,
        )
    return Finding(
        KIND,
        "warning",
        run.first.till_no,
        run.first.finished_at,
        cause.format(**said),
        _("set the till's clock by the network (NTP), and keep people from setting it"),
        (
            Evidence("receipt", run.first.receipt_no, run.first.member_id, run.first.stamp),
            Evidence("receipt", run.last.receipt_no, run.last.member_id, run.last.stamp),
        ),
    )


class Heard(NamedTuple):
    """What the sync log says of a member's clock; ``at`` is when, ``said`` its words."""

    member_id: str
    till_no: int
    at: str
    said: str


def heard(rows: Iterable[Heard]) -> Iterator[Finding]:
    """A note for each member whose clock others saw wrong, with the last words on it: a clock that is put right before
    the next receipt leaves no other trace."""
    by_member: dict[str, list[Heard]] = {}
    for row in rows:
        by_member.setdefault(row.member_id, []).append(row)
    for of_member in by_member.values():
        newest = max(of_member, key=lambda row: row.at)
        cause = ngettext(
            "a clock was seen wrong {count} time: {said}",
            "a clock was seen wrong {count} times, at last: {said}",
            len(of_member),
        ).format(count=len(of_member), said=newest.said)
        yield Finding(
            KIND,
            "note",
            newest.till_no,
            newest.at,
            cause,
            _("set the till's clock by the network (NTP), and keep people from setting it"),
            (Evidence("member", newest.member_id, text=newest.said),),
        )
