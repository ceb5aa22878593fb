"""How a day stands now, by till and by hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from app.books.queries.receipts import counted
from app.books.questions import Question
from app.books.questions.live import AskDayNow, DayNow, TillNow
from app.books.tables.receipts import receipts

HOUR_CHARACTERS = len("2026-11-22T14")


def day_now(connection: Connection, question: AskDayNow) -> DayNow:
    """Sums over the day's receipts; those of training do not count."""
    chosen = (receipts.c.business_day == question.day) & counted
    sums = (func.count(), func.sum(receipts.c.total_minor))
    till = receipts.c.till_no
    by_till = select(till, *sums, func.max(receipts.c.finished_at), func.max(receipts.c.currency)).where(chosen)
    hour = func.substr(receipts.c.finished_at, 1, HOUR_CHARACTERS).label("hour")
    by_hour = select(hour, *sums).where(chosen)
    tills = connection.execute(by_till.group_by(till).order_by(till)).all()
    return DayNow(
        currency=max((row[4] for row in tills), default=""),
        tills=tuple(TillNow(no, count, int(gross), last_at) for no, count, gross, last_at, _currency in tills),
        hours=tuple(
            (at, count, int(gross)) for at, count, gross in connection.execute(by_hour.group_by(hour).order_by(hour))
        ),
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {AskDayNow: day_now}
