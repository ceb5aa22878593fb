"""Articles and their prices out of the books as the facts that they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.books.queries.articles import strings
from app.books.questions import Question
from app.books.questions.catalogues import ArticleWord, ArticleWords
from app.books.tables.articles import articles
from app.books.tables.prices import prices
from app.facts.master import ArticleSet, PriceSet

IDENTS_PER_STATEMENT = 500
_ARTICLES = select(articles).where(articles.c.ident_no.in_(bindparam("idents", expanding=True)))
_PRICES = (
    select(prices)
    .where(prices.c.ident_no.in_(bindparam("idents", expanding=True)))
    .order_by(prices.c.ident_no, prices.c.price_list, prices.c.valid_from, prices.c.valid_until)
)


def article_words(connection: Connection, question: ArticleWords) -> dict[str, ArticleWord]:
    """The last word on each article."""
    found: dict[str, ArticleWord] = {}
    for start in range(0, len(question.idents), IDENTS_PER_STATEMENT):
        part = {"idents": question.idents[start : start + IDENTS_PER_STATEMENT]}
        entered: dict[str, list[PriceSet]] = {}
        for row in connection.execute(_PRICES, part):
            price = PriceSet(row.ident_no, row.price_list, row.price_minor, row.valid_from, row.valid_until, row.stamp)
            entered.setdefault(row.ident_no, []).append(price)
        for row in connection.execute(_ARTICLES, part):
            found[row.ident_no] = ArticleWord(_said(row), tuple(entered.get(row.ident_no, ())))
    return found


def _said(row: Row[Any]) -> ArticleSet:
    return ArticleSet(
        ident_no=row.ident_no,
        name=row.name,
        price_minor=row.price_minor,
        currency=row.currency,
        vat_key=row.vat_key,
        barcodes=strings.decode(row.barcodes),
        article_groups=strings.decode(row.article_groups),
        unit=row.unit,
        open_price=row.open_price,
        purchase_price_minor=row.purchase_price_minor,
        age_limit=row.age_limit,
        not_discountable=not row.discountable,
        container_deposit=row.container_deposit,
        removed=row.removed,
        of=row.stamp,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {ArticleWords: article_words}
