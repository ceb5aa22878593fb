"""Which of many backups stay: one of each of the last days, weeks and months. Pure.

The newest of a day, an ISO week and a month stands for it. Days, weeks and months without a backup do not count: who
was on holiday finds the last seven days on which one was made. The newest of all stays whatever the rule says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

MOST = 1000
_PART = re.compile(r"(daily|weekly|monthly)=([0-9]{1,4})")
_STAMP = re.compile(r"([0-9]{8}-[0-9]{6})")


class Rule(msgspec.Struct, frozen=True):
    """How many days, weeks and months have a backup that stays."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def rule_of(text: str) -> Rule:
    """``daily=7,weekly=4,monthly=12``, in any order, what is left out as 0; ``ValueError`` if it says nothing.

    >>> rule_of("daily=3, monthly=1")
    Rule(daily=3, weekly=0, monthly=1)
    """
    said: dict[str, int] = {}
    for part in text.replace(" ", "").split(","):
        found = _PART.fullmatch(part)
        if found is None or found[1] in said or int(found[2]) > MOST:
            raise ValueError(f"{text[:60]!r} is no rule; write daily=7,weekly=4,monthly=12")
        said[found[1]] = int(found[2])
    if not any(said.values()):
        raise ValueError(f"{text[:60]!r} would keep nothing; write daily=7,weekly=4,monthly=12")
    return Rule(said.get("daily", 0), said.get("weekly", 0), said.get("monthly", 0))


def name_of(prefix: str, made_at: datetime) -> str:
    """The file's name of a backup made then.

    >>> name_of("till-1", datetime(2026, 11, 22, 3, 4, 5))
    'till-1-20261122-030405.backup'
    """
    return f"{prefix}-{made_at:%Y%m%d-%H%M%S}.backup"


def made_of(prefix: str, name: str) -> datetime | None:
    """When the backup of this name was made; None if it is none with this prefix."""
    stamp = name.removeprefix(f"{prefix}-").removesuffix(".backup")
    if not _STAMP.fullmatch(stamp) or name != f"{prefix}-{stamp}.backup":
        return None
    try:
        return datetime.strptime(stamp, "%Y%m%d-%H%M%S")  # noqa: DTZ007 - local, as the name is
    except ValueError:
        return None


def gone(made: Iterable[datetime], rule: Rule) -> list[datetime]:
    """Those that need not stay, the oldest first."""
    every = sorted(set(made), reverse=True)
    stay = set(every[:1])
    spans: tuple[tuple[int, Callable[[datetime], tuple[int, ...]]], ...] = (
        (rule.daily, lambda at: (at.year, at.month, at.day)),
        (rule.weekly, lambda at: tuple(at.isocalendar()[:2])),
        (rule.monthly, lambda at: (at.year, at.month)),
    )
    for count, span_of in spans:
        newest: dict[tuple[int, ...], datetime] = {}
        for at in every:
            newest.setdefault(span_of(at), at)
        stay.update(list(newest.values())[:count])
    return sorted(set(every) - stay)
