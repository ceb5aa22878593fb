"""Which function answers which question: the one list of what can be asked of the books.

``ANSWERS`` need the books only. What depends on reference data (price lists, masks, catalogues) is in a subject's
``WITH_REFERENCE``: such a function gets them as they are now, kept by the reader from question to question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from app.books.queries import (
    accounting,
    accounts,
    article_search,
    articles,
    audit,
    cash,
    catalogues,
    contents,
    coupons,
    customers,
    group_pages,
    live,
    numbers,
    orders,
    overdraws,
    parked,
    periods,
    receivables,
    resources,
    returns,
    sales_data,
    users,
    vouchers,
)
from app.books.questions import Question
from app.domain.reference import Reference

Answer = Callable[[Connection, Any], Any]
ReferringAnswer = Callable[[Connection, Reference, Any], Any]

ANSWERS: Mapping[type[Question[Any]], Answer] = {
    question: answer
    for subject in (
        accounting,
        accounts,
        sales_data,
        articles,
        cash,
        catalogues,
        contents,
        coupons,
        parked,
        periods,
        customers,
        audit,
        live,
        numbers,
        orders,
        overdraws,
        receivables,
        resources,
        users,
        returns,
        vouchers,
    )
    for question, answer in subject.ANSWERS.items()
}

WITH_REFERENCE: Mapping[type[Question[Any]], ReferringAnswer] = {
    **articles.WITH_REFERENCE,
    **article_search.WITH_REFERENCE,
    **group_pages.WITH_REFERENCE,
}
