"""Parked sales, with what the ledger says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, literal, select

from app.books.queries.resources import held_sum, settled_sum, used_sum
from app.books.questions import Question
from app.books.questions.parked import AskEnded, AskParked, FindParked, ParkedSale
from app.books.tables.orders import orders
from app.books.tables.parked import parked_sales
from app.books.tables.receipts import aborted_sales, receipts
from app.books.tables.resources import resource_grants, resource_holds
from app.domain.resource import PARKED

NEWEST_RECEIPTS = 20_000
"""Of a till, that are searched for a sale: more than a copy of its disk can reasonably be behind."""

_resource = literal(f"{PARKED}/", literal_execute=True) + parked_sales.c.park_no
_granted = (
    select(func.coalesce(func.sum(resource_grants.c.amount), 0))
    .where(resource_grants.c.resource == _resource)
    .correlate(parked_sales)
    .scalar_subquery()
)
_taken = (
    select(held_sum + used_sum - settled_sum)
    .where(resource_holds.c.resource == _resource)
    .correlate(parked_sales)
    .scalar_subquery()
)
_left = _granted - _taken
_COLUMNS = [column for column in parked_sales.c if column.name not in ("member_id", "stamp")]
_ONE = select(*_COLUMNS, _left.label("left")).where(parked_sales.c.park_no == bindparam("park_no"))
_THERE = (
    select(*_COLUMNS, _left.label("left")).where(_left > 0).order_by(parked_sales.c.parked_at, parked_sales.c.park_no)
)
_PARKED_HERE = (
    select(parked_sales.c.park_no)
    .where(
        and_(parked_sales.c.sale_id == bindparam("sale_id"), parked_sales.c.till_no == bindparam("till_no"), _left > 0)
    )
    .limit(1)
)
_ABORTED_HERE = (
    select(aborted_sales.c.sale_id)
    .where(aborted_sales.c.sale_id == bindparam("sale_id"), aborted_sales.c.till_no == bindparam("till_no"))
    .limit(1)
)
_ORDERED_HERE = (
    select(orders.c.order_no)
    .where(orders.c.sale_id == bindparam("sale_id"), orders.c.till_no == bindparam("till_no"))
    .limit(1)
)
_NEWEST = (
    select(receipts.c.sale_id)
    .where(receipts.c.till_no == bindparam("till_no"))
    .order_by(receipts.c.sequence.desc())
    .limit(NEWEST_RECEIPTS)
    .subquery()
)
_COMPLETED_HERE = select(_NEWEST.c.sale_id).where(_NEWEST.c.sale_id == bindparam("sale_id")).limit(1)
_ENDINGS = (_PARKED_HERE, _ABORTED_HERE, _ORDERED_HERE, _COMPLETED_HERE)


def parked_sale(connection: Connection, question: FindParked) -> ParkedSale | None:
    """The parked sale of that number."""
    row = connection.execute(_ONE, {"park_no": question.park_no}).mappings().one_or_none()
    return None if row is None else _view(row)


def all_parked(connection: Connection, _: AskParked) -> tuple[ParkedSale, ...]:
    """Every parked sale that is still there."""
    return tuple(_view(row) for row in connection.execute(_THERE).mappings())


def ended(connection: Connection, question: AskEnded) -> bool:
    """Whether this till has aborted or completed the sale, made an order of it, or parked it for others."""
    asked = {"sale_id": question.sale_id, "till_no": question.till_no}
    return any(connection.execute(statement, asked).first() is not None for statement in _ENDINGS)


def _view(row: RowMapping) -> ParkedSale:
    return ParkedSale(**{**row, "left": int(row["left"])})


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindParked: parked_sale,
    AskParked: all_parked,
    AskEnded: ended,
}
