"""How much of what a till works with is in the books: what a till that joins is told at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.books.queries.reference import reference
from app.books.questions import Question
from app.books.questions.contents import AskContents
from app.books.tables.articles import articles
from app.books.tables.coupons import coupons
from app.books.tables.customers import customers
from app.books.tables.orders import orders
from app.books.tables.parked import parked_sales
from app.books.tables.users import users
from app.books.tables.vouchers import vouchers
from app.domain.number_range import NumberRange

_TABLES: Mapping[str, Table] = {
    "articles": articles,
    "vouchers": vouchers,
    "coupons": coupons,
    "customers": customers,
    "orders": orders,
    "parked": parked_sales,
    "users": users,
}


def contents(connection: Connection, question: AskContents) -> dict[str, int]:
    """Rows, whatever their state."""
    counts = {
        name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for name, table in _TABLES.items()
    }
    ranges = reference(connection).all(NumberRange).values()
    return {**counts, "number_ranges": sum(each.till_no == question.till_no for each in ranges)}


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {AskContents: contents}
