"""What was used beyond its value: every till lists the same."""

from __future__ import annotations

from typing import Any

import msgspec

from app.domain import resource
from app.domain.quantity import format_milli
from app.till.queries.base import Desk, Query

COUNTED = (resource.COUPON, resource.VOID, resource.PARKED, resource.ORDER)


class AskOverdraws(Query, frozen=True):
    pass


async def overdraws(desk: Desk, _: AskOverdraws) -> dict[str, Any]:
    await desk.engine.settled()
    return {"overdraws": [_fields(desk, found) for found in desk.books.overdraws()]}


def _fields(desk: Desk, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "resource": found["resource"],
        "amount": _amount(desk, found["resource"], found["amount"]),
        "receipts": [use["receipt_no"] for use in found["uses"] if use["receipt_no"]],
        "coverage": [msgspec.to_builtins(use["coverage"]) for use in found["uses"]],
        "uses": [
            {
                "receipt_no": use["receipt_no"] or None,
                "sale_id": use["sale_id"],
                "till_no": use["till_no"],
                "amount": _amount(desk, found["resource"], use["amount"]),
                "at": use["at"],
                "coverage": msgspec.to_builtins(use["coverage"]),
            }
            for use in found["uses"]
        ],
    }


def _amount(desk: Desk, name: str, amount: int) -> str:
    """Money as money, goods as quantities, and what happens once as a number."""
    kind = resource.kind_of(name)
    if kind == resource.RETURN:
        return format_milli(amount)
    return str(amount) if kind in COUNTED else desk.text(amount)
