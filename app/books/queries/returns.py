"""What came back of a receipt, out of the holds on its lines, and what it did to resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select

from app.books.queries import receipts
from app.books.queries.resources import is_held, is_used
from app.books.questions import Question
from app.books.questions.returns import (
    AskLastReceipt,
    AskReturned,
    AskTraces,
    FindReceipt,
    Returned,
    ReturnsView,
    Trace,
    TracesView,
)
from app.books.tables.receipts import receipts as receipts_table
from app.books.tables.resources import resource_grants, resource_holds
from app.books.views import ReceiptView
from app.domain import resource

_amount = case((is_used, resource_holds.c.used_amount), else_=resource_holds.c.held_amount)
_RETURNED = (
    select(resource_holds.c.resource, func.sum(_amount), func.sum(func.coalesce(resource_holds.c.value_minor, 0)))
    .where(resource_holds.c.resource.in_(bindparam("resources", expanding=True)), or_(is_held, is_used))
    .group_by(resource_holds.c.resource)
)
_LAST = (
    select(receipts_table.c.receipt_no)
    .where(receipts_table.c.till_no == bindparam("till_no"))
    .order_by(receipts_table.c.stamp.desc())
    .limit(1)
)
_VOIDED = select(func.count()).where(resource_holds.c.resource == bindparam("resource"), or_(is_held, is_used))
_USED = (
    select(resource_holds.c.resource, func.sum(resource_holds.c.used_amount))
    .where(resource_holds.c.reference == bindparam("receipt_no"))
    .group_by(resource_holds.c.resource)
    .order_by(resource_holds.c.resource)
)
_GRANTED = (
    select(resource_grants.c.resource, func.sum(resource_grants.c.amount))
    .where(resource_grants.c.reference == bindparam("receipt_no"))
    .group_by(resource_grants.c.resource)
    .order_by(resource_grants.c.resource)
)


def find_receipt(connection: Connection, question: FindReceipt) -> ReceiptView | None:
    """The receipt as it was journalled."""
    return receipts.receipt(connection, question.receipt_no)


def last_receipt(connection: Connection, question: AskLastReceipt) -> str | None:
    """The number of the receipt that the till wrote last."""
    number: str | None = connection.execute(_LAST, {"till_no": question.till_no}).scalar()
    return number


def returned(connection: Connection, question: AskReturned) -> ReturnsView:
    """Sums of the holds that count, per line."""
    line_of = {resource.name(resource.RETURN, question.receipt_no, str(line)): line for line in question.lines}
    rows = connection.execute(_RETURNED, {"resources": list(line_of)})
    by_line = {line_of[name]: Returned(int(amount), int(value)) for name, amount, value in rows}
    voided = connection.execute(_VOIDED, {"resource": resource.name(resource.VOID, question.receipt_no)}).scalar_one()
    return ReturnsView(by_line, bool(voided))


def traces(connection: Connection, question: AskTraces) -> TracesView:
    """Every use and grant that names the receipt."""
    named = {"receipt_no": question.receipt_no}
    used = tuple(Trace(name, int(amount)) for name, amount in connection.execute(_USED, named))
    granted = tuple(Trace(name, int(amount)) for name, amount in connection.execute(_GRANTED, named))
    return TracesView(used, granted)


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindReceipt: find_receipt,
    AskLastReceipt: last_receipt,
    AskReturned: returned,
    AskTraces: traces,
}
