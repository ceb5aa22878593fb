"""Which function answers which question: the one list of what can be asked of the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from app.books.queries import articles, resources, vouchers
from app.books.questions import Question

Answer = Callable[[Connection, Any], Any]

ANSWERS: Mapping[type[Question[Any]], Answer] = {
    question: answer
    for subject in (
        articles,
        resources,
        vouchers,
    )
    for question, answer in subject.ANSWERS.items()
}
