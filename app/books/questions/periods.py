"""Periods between Z reports, and the reports themselves."""

from __future__ import annotations

from typing import ClassVar

from app.books.questions import Question
from app.facts.sales import Period, ZReportClosed


class AskLastZ(Question[int], frozen=True):
    """The number of the till's last Z report; 0 if it has none."""

    till_no: int


class AskPeriod(Question[Period], frozen=True):
    """The figures of a till (None: of all tills of this currency) as its receipts and movements say now.

    Of the period ``z_no``; or of a business day (ISO), which has no drawers, since drawers are
    counted by period; with neither, of what no Z report has closed yet.
    """

    slow: ClassVar[bool] = True

    till_no: int | None
    currency: str
    z_no: int | None = None
    day: str | None = None


class AskTills(Question[tuple[tuple[int, int], ...]], frozen=True):
    """Every till that has booked anything, with the number of its last Z report (0: none)."""


class AskZReports(Question[tuple[ZReportClosed, ...]], frozen=True):
    """The newest Z reports of a till (None: of all), newest first."""

    till_no: int | None
    limit: int = 100


class FindZReport(Question[ZReportClosed | None], frozen=True):
    """A till's Z report of that number; None if no till has told of it."""

    till_no: int
    z_no: int
