"""Z reports as they were printed."""

from __future__ import annotations

from typing import Any

from app.books.questions.periods import AskZReports, FindZReport
from app.domain.money import format_minor
from app.facts.sales import ZReportClosed
from app.text import mark
from app.till import typed
from app.till.queries.base import Desk, Query
from app.till.refusals import BadCommand, Refusal
from app.till.reports import z_report_fields

MAX_REPORTS = 1_000
MAX_NUMBER = 2**53
"""More than a database column holds is the number of nothing."""


class AskReports(Query, frozen=True):
    """The newest Z reports of this till or of all, newest first."""

    scope: str = "till"
    limit: int = 100


class AskReport(Query, frozen=True):
    """One Z report; without ``till_no`` of this till."""

    z_no: int
    till_no: int | None = None


async def z_reports(desk: Desk, query: AskReports) -> dict[str, Any]:
    typed.scope(query.scope)
    if not 1 <= query.limit <= MAX_REPORTS:
        raise BadCommand(mark("limit is 1 to {limit}"), limit=str(MAX_REPORTS))
    till_no = desk.till_no if query.scope == "till" else None
    found = await desk.look(AskZReports(till_no, query.limit))
    return {"scope": query.scope, "z_reports": [_row(report) for report in found]}


async def z_report_info(desk: Desk, query: AskReport) -> dict[str, Any]:
    till_no = desk.till_no if query.till_no is None else query.till_no
    known = 0 < query.z_no <= MAX_NUMBER and 0 < till_no <= MAX_NUMBER
    found = await desk.look(FindZReport(till_no, query.z_no)) if known else None
    if found is None:
        raise Refusal("unknown_z_report", {"no": str(query.z_no)[: typed.SHOWN_LENGTH]})
    return z_report_fields(found)


def _row(report: ZReportClosed) -> dict[str, Any]:
    figures = report.figures
    return {
        "z_no": report.z_no,
        "z_report_no": report.z_report_no,
        "till_no": report.till_no,
        "closed_at": report.closed_at,
        "business_day": report.business_day,
        "cashier": report.cashier,
        "receipts": figures.receipts,
        "gross": format_minor(figures.gross_minor, figures.currency),
        "currency": figures.currency,
    }
