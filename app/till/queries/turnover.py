"""Sums over receipts."""

from __future__ import annotations

import asyncio
from typing import Any

from app.facts.sales import TaxRow
from app.till import typed
from app.till.figures import vat_rows
from app.till.queries.base import Desk, Query


class AskTurnover(Query, frozen=True):
    """Sums of this till or of all that is known; without a date, of all days."""

    scope: str = "till"
    date: str | None = None


async def turnover(desk: Desk, query: AskTurnover) -> dict[str, Any]:
    scope = typed.scope(query.scope)
    day = None if query.date is None else typed.day(query.date)
    till_no = desk.till_no if scope == "till" else None
    await desk.engine.settled()
    found = await asyncio.to_thread(desk.books.turnover, till_no, day)
    return {
        "scope": scope,
        "date": day,
        "gross": desk.text(found.gross_minor),
        "receipts": found.receipts,
        "currency": found.currency or desk.currency,
        "by_vat": vat_rows((TaxRow(*row) for row in found.by_vat), desk.currency),
        "by_tender": [{"tender": tender, "amount": desk.text(amount)} for tender, amount in found.by_tender],
    }
