"""Cash that was moved beside receipts, and Z reports as they were printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.office.reports.sources.source import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from app.office.reports.sources.source import Tables


def _movements(tables: Tables) -> ir.Table:
    import ibis

    moved = tables("cash_movements")
    return moved.select(
        "cashier",
        "movement",
        "reason",
        "currency",
        "z_no",
        day=moved.business_day,
        utc_hour=moved.moved_at.left(13),
        till=moved.till_no,
        amount=moved.amount_minor,
        times=ibis.literal(1),
    )


def _z_reports(tables: Tables) -> ir.Table:
    import ibis

    closed = tables("z_reports")
    return closed.select(
        "cashier",
        "currency",
        "z_no",
        "closed_at",
        "receipts",
        day=closed.business_day,
        till=closed.till_no,
        z_report=closed.z_report_no,
        total=closed.gross_minor,
        count=ibis.literal(1),
    )


SOURCES = (
    Source(
        "cash",
        _movements,
        ("day", "utc_hour", "till", "cashier", "movement", "reason", "currency", "z_no"),
        ("amount", "times"),
    ),
    Source(
        "z_reports",
        _z_reports,
        ("day", "till", "cashier", "currency", "z_no", "z_report", "closed_at"),
        ("count", "receipts", "total"),
    ),
)
