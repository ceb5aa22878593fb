"""The last number used of a range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from app.books.questions import Question
from app.books.questions.numbers import LastNumbers
from app.books.tables.numbers import document_numbers
from app.books.tables.receipts import receipts
from app.domain.number_range import MAX_END, Span


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


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {LastNumbers: last_numbers}
