"""Pages that nobody has set: for each article group what is sold of it most, then what comes first by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from app.books.queries.article_lines import lines_of
from app.books.queries.articles import key_views, rows_of, selection_for, strings
from app.books.questions import Question
from app.books.questions.articles import FindGroupPage
from app.books.tables.receipts import receipt_lines, receipts
from app.books.views import PageView
from app.domain.assortment import CatalogueKey, KeyPage
from app.domain.assortment_page import MAX_PAGE_ARTICLES
from app.domain.reference import Reference
from app.domain.search_text import group_part

LAST_RECEIPTS = 2_000
BEST = 500
"""Best sellers of all groups that are looked at."""
BY_NAME = 200

_RECENT = (
    select(receipts.c.receipt_no, receipts.c.member_id)
    .where(receipts.c.business_day <= bindparam("day"))
    .order_by(receipts.c.business_day.desc(), receipts.c.till_no.desc())
    .limit(LAST_RECEIPTS)
    .subquery()
)
_TIMES = func.count().label("times")
_BEST = (
    select(receipt_lines.c.ident_no, _TIMES)
    .join(
        _RECENT,
        (_RECENT.c.receipt_no == receipt_lines.c.receipt_no) & (_RECENT.c.member_id == receipt_lines.c.member_id),
    )
    .where(receipt_lines.c.ident_no != "", receipt_lines.c.quantity_milli > 0)
    .group_by(receipt_lines.c.ident_no)
    .order_by(_TIMES.desc(), receipt_lines.c.ident_no)
    .limit(BEST)
)


def group_page(connection: Connection, reference: Reference, question: FindGroupPage) -> PageView:
    """The group's best sellers of late at this till's shop, and others by name until the page is full."""
    best = [ident_no for ident_no, _times in connection.execute(_BEST, {"day": question.day})]
    walk = islice(lines_of(connection).having([group_part(question.group)]), BY_NAME)
    idents = list(dict.fromkeys([*best, *(line.ident_no for line in walk if line is not None)]))
    rows = rows_of(connection, idents)
    selection = selection_for(reference, question.till_no, question.day)
    sold = []
    for ident_no in idents:
        groups = strings.decode(rows[ident_no].article_groups) if ident_no in rows else ()
        if question.group in groups and selection.has(ident_no, groups):
            sold.append(ident_no)
    keys = tuple(CatalogueKey(row, 1, ident_no) for row, ident_no in enumerate(sold[:MAX_PAGE_ARTICLES], 1))
    (page,) = key_views(connection, reference, [KeyPage(question.group, keys)], question)
    return page


WITH_REFERENCE: Mapping[type[Question[Any]], Callable[[Connection, Reference, Any], Any]] = {FindGroupPage: group_page}
