"""Parked sales that wait to be taken up, of all tills."""

from __future__ import annotations

from typing import Any

from app.books.questions.parked import AskParked as ThoseParked
from app.domain.money import format_minor
from app.till.queries.base import Desk, Query


class AskParked(Query, frozen=True):
    pass


async def parked(desk: Desk, _: AskParked) -> dict[str, Any]:
    found = await desk.look(ThoseParked())
    return {
        "parked": [
            {
                "park_no": sale.park_no,
                "name": sale.name,
                "till_no": sale.till_no,
                "cashier": sale.cashier,
                "parked_at": sale.parked_at,
                "total": format_minor(sale.total_minor, sale.currency),
                "currency": sale.currency,
                "lines": sale.lines,
            }
            for sale in found
        ]
    }
