"""Orders: the list, and one with everything about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.books.questions.orders import FindOrder, ListOrders, OrderView
from app.domain.money import format_minor
from app.domain.order import STATES
from app.domain.quantity import format_milli
from app.domain.vat import format_rate
from app.till import typed
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskOrders(Query, frozen=True):
    state: str = "open"
    customer: str | None = None
    due: str | None = None
    """Due on this day or before."""


class AskOrder(Query, frozen=True):
    order_no: str


async def orders(desk: Desk, query: AskOrders) -> dict[str, Any]:
    state = typed.state(query.state, STATES)
    customer = typed.document_no(query.customer) if query.customer else ""
    due = typed.day(query.due) if query.due else ""
    found = await desk.look(ListOrders(state, customer, due))
    return {"orders": [_head(order) for order in found]}


async def order_info(desk: Desk, query: AskOrder) -> dict[str, Any]:
    order_no = typed.document_no(query.order_no)
    found = await desk.look(FindOrder(order_no))
    if found is None:
        raise Refusal("unknown_order", {"order_no": order_no})
    text = partial(format_minor, currency=found.currency)
    return {
        **_head(found),
        "cashier": found.cashier,
        "currency": found.currency,
        "note": found.note,
        "ended_by": found.ended_by or None,
        "reason": found.reason or None,
        "lines": [
            {
                "name": line.name,
                "ident_no": line.ident_no,
                "quantity": format_milli(line.quantity_milli),
                "unit": line.unit,
                "price": text(line.unit_price_minor),
                "gross": text(line.gross_minor),
                "vat_key": line.vat_key,
            }
            for line in found.lines
        ],
        "deposits": [
            {
                "receipt_no": deposit.receipt_no,
                "at": deposit.at,
                "amount": text(deposit.amount_minor),
                "by_vat": [
                    {"vat_key": vat_key, "rate": format_rate(rate), "gross": text(gross)}
                    for vat_key, rate, gross in deposit.lines
                ],
            }
            for deposit in found.deposits
        ],
    }


def _head(order: OrderView) -> dict[str, Any]:
    text = partial(format_minor, currency=order.currency)
    left = order.total_minor - order.deposited_minor - order.paid_minor
    return {
        "order_no": order.order_no,
        "state": order.state,
        "busy": order.busy or order.depositing_minor > 0,
        "placed_at": order.placed_at,
        "till_no": order.till_no,
        "due": order.due_on or None,
        "customer": order.customer_no or None,
        "source": order.source,
        "total": text(order.total_minor),
        "deposit": text(order.deposited_minor),
        "web_paid": text(order.paid_minor),
        "left": text(left),
    }
