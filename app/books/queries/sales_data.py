"""Receipts by their place in their member's sales."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, func, or_, select

from app.books.queries.receipts import counted
from app.books.questions import Question
from app.books.questions.sales_data import (
    AskSalesKnown,
    FindReceipts,
    ListReceiptPlaces,
    ReceiptPlace,
    SalesKnown,
)
from app.books.tables.base import positions
from app.books.tables.receipts import receipts
from app.facts.sales import ReceiptCompleted

_decoder = msgspec.json.Decoder(ReceiptCompleted)


def known(connection: Connection, _: AskSalesKnown) -> SalesKnown:
    """The count may be of a moment later than the positions: whoever compares them looks once more then."""
    rows = connection.execute(select(positions.c.member_id, positions.c.seq).where(positions.c.topic == "sales"))
    heads = {member: int(seq) for member, seq in rows}
    count = connection.execute(select(func.count()).select_from(receipts).where(counted)).scalar_one()
    return SalesKnown(heads, int(count))


def places(connection: Connection, question: ListReceiptPlaces) -> tuple[ReceiptPlace, ...]:
    """By period and stamp."""
    columns = (receipts.c.z_no, receipts.c.stamp, receipts.c.member_id, receipts.c.receipt_no)
    z_no, stamp = question.after
    behind = or_(receipts.c.z_no > z_no, and_(receipts.c.z_no == z_no, receipts.c.stamp > stamp))
    statement = (
        select(*columns)
        .where(receipts.c.till_no == question.till_no, receipts.c.z_no >= question.z_no, counted, behind)
        .where(receipts.c.member_id.in_(question.members))
        .order_by(receipts.c.z_no, receipts.c.stamp)
        .limit(question.limit)
    )
    return tuple(ReceiptPlace(int(row[0]), *row[1:]) for row in connection.execute(statement))


def found(connection: Connection, question: FindReceipts) -> tuple[ReceiptCompleted, ...]:
    """Whole, as journalled."""
    numbers = [place.receipt_no for place in question.places]
    statement = select(receipts.c.receipt_no, receipts.c.member_id, receipts.c.body)
    bodies = {
        (row.receipt_no, row.member_id): row.body
        for row in connection.execute(statement.where(receipts.c.receipt_no.in_(numbers)))
    }
    return tuple(_decoder.decode(bodies[place.receipt_no, place.member_id]) for place in question.places)


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    AskSalesKnown: known,
    ListReceiptPlaces: places,
    FindReceipts: found,
}
