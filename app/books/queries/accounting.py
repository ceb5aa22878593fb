"""Sums of a closed period for the accounting; all of them over rows that never change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from app.books.queries.periods import z_report
from app.books.queries.receipts import counted
from app.books.questions import Question
from app.books.questions.accounting import (
    AskPosted,
    CaseSum,
    ListZNumbers,
    MovementSum,
    PostedPeriod,
    TenderedSum,
)
from app.books.questions.periods import FindZReport
from app.books.tables.cash import cash_movements
from app.books.tables.periods import z_reports
from app.books.tables.receipts import receipt_lines, receipt_tenders, receipts

OPENING = "opening_float"


def z_numbers(connection: Connection, question: ListZNumbers) -> tuple[tuple[int, int], ...]:
    """Each number once, whoever wrote it."""
    day = func.min(z_reports.c.business_day)
    statement = (
        select(z_reports.c.till_no, z_reports.c.z_no)
        .where(z_reports.c.business_day.between(question.from_day, question.until_day))
        .group_by(z_reports.c.till_no, z_reports.c.z_no)
        .order_by(day, z_reports.c.till_no, z_reports.c.z_no)
        .limit(question.limit)
    )
    if question.tills:
        statement = statement.where(z_reports.c.till_no.in_(question.tills))
    return tuple((till_no, int(z_no)) for till_no, z_no in connection.execute(statement))


def posted(connection: Connection, question: AskPosted) -> PostedPeriod | None:
    """The report, and the sums of what carries its number."""
    till_no, z_no = question.till_no, question.z_no
    printed = z_report(connection, FindZReport(till_no, z_no))
    if printed is None:
        return None
    of_receipts = and_(receipts.c.till_no == till_no, receipts.c.z_no == z_no, counted)
    by_case = (receipt_lines.c.business_case, receipt_lines.c.vat_key, receipt_lines.c.vat_rate_bp)
    lines = select(*by_case, func.sum(receipt_lines.c.gross_minor)).join(receipts).where(of_receipts)
    cases = connection.execute(lines.group_by(*by_case).order_by(*by_case))
    centre = case((receipt_tenders.c.tender_kind == "cost_centre", receipt_tenders.c.reference), else_="")
    by_tender = (receipt_tenders.c.tender, receipt_tenders.c.tender_kind, receipt_tenders.c.currency, centre)
    paid = select(*by_tender, func.sum(receipt_tenders.c.amount_minor)).join(receipts).where(of_receipts)
    tenders = connection.execute(paid.group_by(*by_tender).order_by(*by_tender))
    moved = select(
        cash_movements.c.movement, cash_movements.c.currency, cash_movements.c.amount_minor, cash_movements.c.reason
    ).where(cash_movements.c.till_no == till_no, cash_movements.c.z_no == z_no)
    movements = connection.execute(moved.order_by(cash_movements.c.stamp, cash_movements.c.movement_id))
    return PostedPeriod(
        printed,
        tuple(CaseSum(*row[:3], int(row[3])) for row in cases if row[3]),
        tuple(TenderedSum(*row[:4], int(row[4])) for row in tenders if row[4]),
        tuple(MovementSum(*row) for row in map(_movement, movements) if not carried(row, z_no)),
    )


def carried(movement: tuple[str, str, int, str], z_no: int) -> bool:
    """Whether the last Z report left this in the drawer: nothing was moved then (``app.till.reports``)."""
    return movement[0] == OPENING and movement[3] == f"Z {z_no - 1}"


def _movement(row: Any) -> tuple[str, str, int, str]:
    return row.movement, row.currency, int(row.amount_minor), row.reason


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {ListZNumbers: z_numbers, AskPosted: posted}
