"""One reading of the till's clock, and days and instants as text.

Which day it is depends on where the shop stands, so whoever reads the clock says the day
as well; nothing here knows a time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(NamedTuple):
    """Unix time in milliseconds (UTC), the local day as ISO 8601, and the local minute of that day (0 to 1439)."""

    wall_ms: int
    day: str
    minute: int = 720


def iso(wall_ms: int) -> str:
    """An instant as facts write it: ISO 8601 in UTC with milliseconds.

    >>> iso(1_763_751_234_567)
    '2025-11-21T18:53:54.567Z'
    """
    moment = _EPOCH + timedelta(milliseconds=wall_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_day(text: str) -> str:
    """A day as ISO 8601, checked against the calendar; ``ValueError`` for anything else."""
    day = text.strip()
    if not _DAY.fullmatch(day):
        raise ValueError(f"not a day like 2026-11-21: {text[:20]!r}")
    return date.fromisoformat(day).isoformat()


def weekday_of(day: str) -> int:
    """The weekday of a day (ISO 8601): 1 is Monday, 7 is Sunday.

    >>> weekday_of("2026-11-21")
    6
    """
    return date.fromisoformat(day).isoweekday()


def day_before(day: str) -> str:
    """The day (ISO 8601) before this one."""
    return day_after(day, -1)


def day_after(day: str, days: int) -> str:
    """The day (ISO 8601) so many days later; the last day there is if the calendar ends before."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return date.max.isoformat()
