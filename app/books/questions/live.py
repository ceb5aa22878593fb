"""Questions of the live view."""

from __future__ import annotations

import msgspec

from app.books.questions import Question


class TillNow(msgspec.Struct, frozen=True):
    """One till's day so far: receipts that count and their sum in minor units; when the newest was made (ISO, UTC)."""

    till_no: int
    receipts: int
    gross_minor: int
    last_at: str


class DayNow(msgspec.Struct, frozen=True):
    """A business day so far. ``hours``: (ISO hour in UTC, as ``2026-11-22T14``; receipts; sum in minor units)."""

    currency: str
    tills: tuple[TillNow, ...]
    hours: tuple[tuple[str, int, int], ...]


class AskDayNow(Question[DayNow], frozen=True):
    """How a business day (ISO) stands at all tills."""

    day: str
