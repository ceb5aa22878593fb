"""Orders with the ledger of their resource.

An order was picked up if it was used more often than it was cancelled: a cancellation is a use too, and if a partition
let both happen the goods are gone, which is what counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, case, func, select

from app.books.queries.resources import is_held, is_used
from app.books.questions import Question
from app.books.questions.orders import DepositView, FindOrder, ListOrders, OrderView
from app.books.tables.orders import order_cancellations, order_changes, order_deposits, orders
from app.books.tables.resources import resource_holds
from app.domain import resource
from app.domain.order import CANCELLED, OPEN, PICKED_UP
from app.facts.circulation import OrderLine

_of_order = resource_holds.c.resource == orders.c.resource
_used = select(func.count()).where(_of_order, is_used).correlate(orders).scalar_subquery()
_held = select(func.count()).where(_of_order, is_held).correlate(orders).scalar_subquery()
_cancelled = (
    select(func.count()).where(order_cancellations.c.order_no == orders.c.order_no).correlate(orders).scalar_subquery()
)
_state = case((_used > _cancelled, PICKED_UP), (_cancelled > 0, CANCELLED), else_=OPEN)
_CHANGEABLE = ("lines", "total_minor", "due_on", "customer_no", "paid_minor", "note")
_now = {name: func.coalesce(order_changes.c[name], orders.c[name]) for name in _CHANGEABLE}
"""What of an order may have been changed, as it is now."""
_ORDERS: Select[Any] = select(
    *(column for column in orders.c if column.name not in _CHANGEABLE),
    *(column.label(name) for name, column in _now.items()),
    _state.label("state"),
    _held.label("held"),
).select_from(orders.outerjoin(order_changes, order_changes.c.order_no == orders.c.order_no))

_lines = msgspec.json.Decoder(tuple[OrderLine, ...])
_rates = msgspec.json.Decoder(tuple[tuple[str, int, int], ...])


def order(connection: Connection, question: FindOrder) -> OrderView | None:
    """One order with everything about it."""
    row = connection.execute(_ORDERS.where(orders.c.order_no == question.order_no)).one_or_none()
    return None if row is None else _views(connection, [row])[0]


def list_orders(connection: Connection, question: ListOrders) -> tuple[OrderView, ...]:
    """The orders that fit, those that are due first; without a due date last."""
    chosen = []
    if question.state:
        chosen.append(_state == question.state)
    if question.customer_no:
        chosen.append(_now["customer_no"] == question.customer_no)
    if question.due_until:
        chosen.append(and_(_now["due_on"] != "", _now["due_on"] <= question.due_until))
    undated = case((_now["due_on"] == "", 1), else_=0)
    statement = _ORDERS.where(*chosen).order_by(undated, _now["due_on"], orders.c.order_no).limit(question.limit)
    return tuple(_views(connection, connection.execute(statement).all()))


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> list[OrderView]:
    numbers = [row.order_no for row in rows]
    deposits = _grouped(
        connection.execute(
            select(order_deposits)
            .where(order_deposits.c.order_no.in_(numbers))
            .order_by(order_deposits.c.at, order_deposits.c.receipt_no)
        )
    )
    cancellations = _grouped(
        connection.execute(
            select(order_cancellations)
            .where(order_cancellations.c.order_no.in_(numbers))
            .order_by(order_cancellations.c.stamp)
        )
    )
    depositing = _held_amounts(connection, [resource.name(resource.DEPOSIT, number) for number in numbers])
    uses = _uses(connection, [row.resource for row in rows])
    views = []
    for row in rows:
        cancelled = cancellations.get(row.order_no, [])
        by_cancelling = {each.receipt_no or row.order_no for each in cancelled}
        picked_up = [reference for reference in uses.get(row.resource, []) if reference not in by_cancelling]
        ended_by = picked_up[0] if picked_up else cancelled[0].receipt_no if cancelled else ""
        view = OrderView(
            order_no=row.order_no,
            state=row.state,
            busy=row.held > 0,
            till_no=row.till_no,
            placed_at=row.placed_at,
            cashier=row.cashier,
            currency=row.currency,
            lines=_lines.decode(row.lines),
            total_minor=row.total_minor,
            due_on=row.due_on,
            customer_no=row.customer_no,
            source=row.source,
            paid_minor=row.paid_minor,
            note=row.note,
            deposits=tuple(
                DepositView(each.receipt_no, each.at, each.amount_minor, _rates.decode(each.lines))
                for each in deposits.get(row.order_no, [])
            ),
            depositing_minor=depositing.get(resource.name(resource.DEPOSIT, row.order_no), 0),
            ended_by=ended_by,
            reason=cancelled[0].reason if cancelled else "",
        )
        views.append(view)
    return views


def _grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    """By the number of their order."""
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.order_no, []).append(row)
    return found


def _held_amounts(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    statement = select(resource_holds.c.resource, func.sum(resource_holds.c.held_amount)).where(
        resource_holds.c.resource.in_(names), is_held
    )
    return {name: int(held) for name, held in connection.execute(statement.group_by(resource_holds.c.resource))}


def _uses(connection: Connection, names: Sequence[str]) -> dict[str, list[str]]:
    """What used each resource, the first first."""
    statement = select(resource_holds.c.resource, resource_holds.c.reference).where(
        resource_holds.c.resource.in_(names), is_used
    )
    found: dict[str, list[str]] = {}
    for name, reference in connection.execute(statement.order_by(resource_holds.c.used_stamp)):
        found.setdefault(name, []).append(reference)
    return found


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindOrder: order,
    ListOrders: list_orders,
}
