"""An instant or a day as people type it, in the time of where they are. Pure but for the time zone of this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class When(NamedTuple):
    """Unix milliseconds; ``day`` (ISO) if only a day was said."""

    at_ms: int
    day: str = ""


def read(text: str) -> When:
    """``2026-12-01`` (its midnight), ``2026-12-01 06:00`` or an ISO instant with its zone; ``ValueError``.

    >>> read("2026-12-01T06:00:00Z")
    When(at_ms=1796104800000, day='')
    """
    text = text.strip()
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.astimezone()
    at_ms = (moment - _EPOCH).total_seconds() * 1000
    return When(int(at_ms), text if _DAY.fullmatch(text) else "")
