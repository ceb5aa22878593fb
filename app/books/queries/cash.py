"""What a drawer should hold: the sum of everything that put cash into it or took some out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from app.books.queries.receipts import counted
from app.books.questions import Question
from app.books.questions.cash import AskDrawers
from app.books.tables.cash import cash_movements
from app.books.tables.receipts import receipt_tenders, receipts
from app.facts.sales import CountedCash

DIFFERENCE = "difference"

_is_difference = cash_movements.c.movement == DIFFERENCE
_moved = func.sum(case((_is_difference, 0), else_=cash_movements.c.amount_minor))
_differing = func.sum(case((_is_difference, cash_movements.c.amount_minor), else_=0))
_differences = func.sum(case((_is_difference, 1), else_=0))


def drawers(connection: Connection, question: AskDrawers) -> tuple[CountedCash, ...]:
    """The drawers of one till in one period."""
    of_receipts = and_(receipts.c.till_no == question.till_no, receipts.c.z_no == question.z_no)
    of_movements = and_(cash_movements.c.till_no == question.till_no, cash_movements.c.z_no == question.z_no)
    return summed(connection, of_receipts, of_movements, question.currency)


def summed(
    connection: Connection, of_receipts: ColumnElement[bool], of_movements: ColumnElement[bool], home: str
) -> tuple[CountedCash, ...]:
    """The drawers of the receipts and movements chosen, the home currency first.

    Foreign cash lies in the drawer in its own currency; the change for it was given in the receipt's.
    """
    held: dict[str, int] = {home: 0}
    cash = (
        select(receipts.c.currency, func.sum(receipt_tenders.c.amount_minor))
        .join(receipts)
        .where(of_receipts, counted, receipt_tenders.c.tender_kind == "cash")
        .group_by(receipts.c.currency)
    )
    foreign = (
        select(receipt_tenders.c.currency, func.sum(receipt_tenders.c.foreign_minor))
        .join(receipts)
        .where(of_receipts, counted, receipt_tenders.c.tender_kind == "foreign_cash")
        .group_by(receipt_tenders.c.currency)
    )
    for statement in (cash, foreign):
        for currency, amount in connection.execute(statement):
            held[currency] = held.get(currency, 0) + int(amount)
    moved = select(cash_movements.c.currency, _moved, _differing, _differences).where(of_movements)
    differences: dict[str, int] = {}
    for currency, amount, difference, count in connection.execute(moved.group_by(cash_movements.c.currency)):
        held[currency] = held.get(currency, 0) + int(amount)
        if count:
            differences[currency] = int(difference)
    return tuple(
        _drawer(currency, held[currency], differences.get(currency))
        for currency in sorted(held, key=lambda currency: (currency != home, currency))
    )


def _drawer(currency: str, expected: int, difference: int | None) -> CountedCash:
    if difference is None:
        return CountedCash(currency, expected)
    return CountedCash(currency, expected, expected + difference, difference)


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {AskDrawers: drawers}
