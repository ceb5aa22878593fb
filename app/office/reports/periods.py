"""Periods by words, as of a day; and the periods that they are compared with. Pure: the day is an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

FIRST, LAST = "0001-01-01", "9999-12-31"


class Period(NamedTuple):
    """Days as ISO 8601, both inside; empty: without a beginning, without an end. ``name``: of an event."""

    start: str = ""
    until: str = ""
    name: str = ""

    def holds(self, day: str) -> bool:
        """Whether the day is inside."""
        return (self.start or FIRST) <= day <= (self.until or LAST)


def of_word(word: str, today: str) -> Period:
    """The period that a word means on that day; ``KeyError`` for a word that is none of ``WORDS``.

    >>> of_word("last_month", "2026-03-05")
    Period(start='2026-02-01', until='2026-02-28', name='')
    """
    start, until = WORDS[word](date.fromisoformat(today))
    return Period(start.isoformat() if start else "", until.isoformat() if until else "")


def before(period: Period) -> Period:
    """The period just before, as long: of whole months the months before.

    >>> before(Period("2026-02-01", "2026-02-28"))
    Period(start='2026-01-01', until='2026-01-31', name='')
    >>> before(Period("2026-02-10", "2026-02-12"))
    Period(start='2026-02-07', until='2026-02-09', name='')
    """
    start, until = date.fromisoformat(period.start), date.fromisoformat(period.until)
    if start.day == 1 and (until + timedelta(1)).day == 1:
        months = (until.year - start.year) * 12 + until.month - start.month + 1
        return Period(_months(start, -months).isoformat(), (start - timedelta(1)).isoformat())
    days = (until - start).days + 1
    return Period((start - timedelta(days)).isoformat(), (start - timedelta(1)).isoformat())


def year_before(period: Period) -> Period:
    """The same days of the year before; whole months stay whole.

    >>> year_before(Period("2025-02-01", "2025-02-28"))
    Period(start='2024-02-01', until='2024-02-29', name='')
    """
    start, until = date.fromisoformat(period.start), date.fromisoformat(period.until)
    after = _same_day(until + timedelta(1), -1)
    return Period(_same_day(start, -1).isoformat(), (after - timedelta(1)).isoformat())


def _same_day(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def _months(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _month(day: date, months: int, length: int = 1) -> tuple[date, date]:
    """Whole months: the first of them so many away from this one."""
    start = _months(day.replace(day=1), months)
    return start, _months(start, length) - timedelta(1)


def _quarter(day: date, quarters: int) -> tuple[date, date]:
    return _month(day, 3 * quarters - (day.month - 1) % 3, 3)


def _week(day: date, weeks: int) -> tuple[date, date]:
    monday = day - timedelta(day.isoweekday() - 1) + timedelta(7 * weeks)
    return monday, monday + timedelta(6)


def _year(day: date, years: int) -> tuple[date, date]:
    return date(day.year + years, 1, 1), date(day.year + years, 12, 31)


def _days(day: date, first: int, last: int) -> tuple[date, date]:
    return day + timedelta(first), day + timedelta(last)


WORDS: Mapping[str, Callable[[date], tuple[date | None, date | None]]] = {
    "all": lambda _: (None, None),
    "today": lambda day: _days(day, 0, 0),
    "yesterday": lambda day: _days(day, -1, -1),
    "last_7_days": lambda day: _days(day, -6, 0),
    "last_30_days": lambda day: _days(day, -29, 0),
    "this_week": lambda day: _week(day, 0),
    "last_week": lambda day: _week(day, -1),
    "this_month": lambda day: _month(day, 0),
    "last_month": lambda day: _month(day, -1),
    "this_quarter": lambda day: _quarter(day, 0),
    "last_quarter": lambda day: _quarter(day, -1),
    "this_year": lambda day: _year(day, 0),
    "last_year": lambda day: _year(day, -1),
}
"""Each word and the days it means; None: without a beginning, or an end."""
