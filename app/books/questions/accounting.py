"""What Z reports closed, summed up as the accounting wants it: by business case and VAT, tender, cash movement."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from app.books.questions import Question
from app.facts.sales import ZReportClosed


class CaseSum(msgspec.Struct, frozen=True):
    """Gross of the lines of one business case at one VAT key and rate."""

    case: str
    vat_key: str
    vat_rate_bp: int
    amount_minor: int


class TenderedSum(msgspec.Struct, frozen=True):
    """What one tender brought in, in the receipts' currency. ``cost_centre``: who bears it, where that is a tender."""

    tender: str
    kind: str
    currency: str
    cost_centre: str
    amount_minor: int


class MovementSum(msgspec.Struct, frozen=True):
    """Cash that came or went beside receipts, in its own currency; what stayed from the last period is left out."""

    movement: str
    currency: str
    amount_minor: int
    reason: str


class PostedPeriod(msgspec.Struct, frozen=True):
    """One Z report as printed, and what the books have of its period."""

    printed: ZReportClosed
    cases: tuple[CaseSum, ...]
    tenders: tuple[TenderedSum, ...]
    movements: tuple[MovementSum, ...]


class ListZNumbers(Question[tuple[tuple[int, int], ...]], frozen=True):
    """Till and number of the Z reports of business days (ISO, inclusive), by day, till and number; at most ``limit``.

    ``tills`` empty: of all.
    """

    from_day: str
    until_day: str
    tills: tuple[int, ...] = ()
    limit: int = 50_000


class AskPosted(Question[PostedPeriod | None], frozen=True):
    """The period that this Z report closed; None if no till has told of it."""

    slow: ClassVar[bool] = True

    till_no: int
    z_no: int
