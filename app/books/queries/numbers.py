"""The last number used of a range, what was assigned when, and how far a till has counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from app.books.questions import Question
from app.books.questions.numbers import AssignedBefore, EverAssigned, HighestOwn, LastNumbers, PoolFrom
from app.books.tables.cash import cash_movements
from app.books.tables.numbers import assigned_ranges, document_numbers
from app.books.tables.periods import z_reports
from app.books.tables.receipts import receipts
from app.books.tables.reference import reference_data
from app.domain.number_range import KINDS, MAX_END, Assigned, Span, default_prefix


def last_numbers(connection: Connection, question: LastNumbers) -> tuple[int, ...]:
    """The highest used number of each span."""
    return tuple(last_number(connection, span) for span in question.spans)


def last_number(connection: Connection, span: Span) -> int:
    """The highest used number of the span; 0 if none is used."""
    table = receipts if span.kind == "receipt" else document_numbers
    statement = select(func.max(table.c.sequence)).where(
        table.c.prefix == span.prefix, table.c.sequence.between(span.start, span.end or MAX_END)
    )
    if span.kind != "receipt":
        statement = statement.where(document_numbers.c.kind == span.kind)
    return int(connection.execute(statement).scalar() or 0)


def assigned_before(connection: Connection, question: AssignedBefore) -> tuple[Assigned, ...]:
    """Ranges of the till, removed ones too. A stamp begins with its hybrid time, so the texts compare."""
    table = assigned_ranges
    statement = select(table.c.prefix, table.c.start, table.c.end).where(
        table.c.kind == question.kind, table.c.till_no == question.till_no, table.c.stamp < question.since
    )
    return tuple(Assigned(*row) for row in connection.execute(statement))


def ever_assigned(connection: Connection, question: EverAssigned) -> tuple[Assigned, ...]:
    """Ranges of all tills, removed ones too."""
    table = assigned_ranges
    statement = select(table.c.prefix, table.c.start, table.c.end).where(
        table.c.kind == question.kind, table.c.prefix == question.prefix
    )
    return tuple(Assigned(*row) for row in connection.execute(statement))


def pool_from(connection: Connection, question: PoolFrom) -> bool:
    """Ranges that were removed count too."""
    pool, ranges = question.pool, assigned_ranges.c
    said = select(reference_data.c.stamp).where(
        reference_data.c.subject == "number_pool", reference_data.c.key == pool.key
    )
    assigned = select(ranges.stamp).where(
        ranges.kind == pool.kind, ranges.prefix == pool.prefix, ranges.start <= pool.end, ranges.end >= pool.start
    )
    stamps = (*connection.execute(said).scalars(), *connection.execute(assigned).scalars())
    return any(stamp < question.before for stamp in stamps)


def highest_own(connection: Connection, question: HighestOwn) -> int:
    """0 if the till has given none."""
    of_kinds = (last_number(connection, Span(kind, default_prefix(kind, question.till_no), 1, 0)) for kind in KINDS)
    of_till: tuple[tuple[Table, ColumnElement[int]], ...] = (
        (receipts, receipts.c.z_no),
        (cash_movements, cash_movements.c.z_no),
        (z_reports, z_reports.c.z_no),
    )
    periods = (
        connection.execute(select(func.max(z_no)).where(table.c.till_no == question.till_no)).scalar() or 0
        for table, z_no in of_till
    )
    return max(*of_kinds, *(int(each) for each in periods))


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    AssignedBefore: assigned_before,
    EverAssigned: ever_assigned,
    HighestOwn: highest_own,
    LastNumbers: last_numbers,
    PoolFrom: pool_from,
}
