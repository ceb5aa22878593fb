"""The search of articles: what fits best first, and whether there is more.

An article fits better, in this order: its ident number or barcode is what was typed; its name begins so; a word of
it begins with each word; a word is anywhere in it. Prices in force are reckoned, so a price narrows the search to
articles that may cost so, and those are priced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select, union_all

from app.books.queries import prices
from app.books.queries.article_lines import ArticleLines, Line, lines_of
from app.books.queries.articles import (
    IDENTS_PER_STATEMENT,
    OF_MANY,
    offer_for,
    priced,
    row_of,
    row_of_label,
    selection_for,
    strings,
)
from app.books.questions import Question
from app.books.questions.articles import SearchArticles
from app.books.tables.articles import articles
from app.books.tables.prices import prices as prices_table
from app.books.views import ArticlesFound, FoundArticle
from app.domain import codes
from app.domain.article_search import Wanted, Word, wanted
from app.domain.price_list import PriceList
from app.domain.price_span import PriceSpan, sources_of
from app.domain.reference import Reference
from app.domain.search_text import group_part

CANDIDATES = 200
"""Articles that are ranked; of more that fit, those whose name or words begin so are among them."""
FEW = 1_000
"""So many articles that may cost what was asked for are read; among more the lines are walked."""
PRICED_AT_ONCE = 100
TO_PRICE = 4
"""So many articles for each that is shown: some have another price in force."""

_LINES_OF_MANY = select(articles.c.ident_no, articles.c.search_text).where(
    articles.c.ident_no.in_(bindparam("idents", expanding=True)), articles.c.search_text > ""
)

Found = dict[str, str]
"""Lines by ident number."""


def search(connection: Connection, reference: Reference, question: SearchArticles) -> ArticlesFound:
    """The articles that fit best, and whether there are more."""
    asked = wanted(question.text, question.currency)
    lines = lines_of(connection)
    costing = next((word for word in asked.words if word.span), None)
    if costing is None:
        found, whole = _by_text(question, asked, lines)
    else:
        found, whole = _by_price(connection, reference, question, asked, lines, costing)
    idents = sorted(found, key=lambda ident: (asked.rank(found[ident]), found[ident], ident))
    if costing is not None:
        idents = _fitting(connection, reference, question, asked, [Line(found[ident], ident) for ident in idents])
    exact = _exact(connection, reference, question)
    idents = list(dict.fromkeys([*exact, *idents]))
    views = _views(connection, reference, question, idents[: question.limit], exact)
    return ArticlesFound(views, more=len(idents) > question.limit or not whole)


def _exact(connection: Connection, reference: Reference, question: SearchArticles) -> dict[str, str]:
    """The ident number of what has the number or barcode that was typed, and that; a label's article as well."""
    code = question.text.strip()
    if not codes.is_code(code) and not codes.is_ident_no(code):
        return {}
    row = row_of(connection, code) or row_of_label(connection, reference, code)[0]
    if row is None or (question.group and question.group not in strings.decode(row.article_groups)):
        return {}
    return {row.ident_no: code}


def _by_text(question: SearchArticles, asked: Wanted, lines: ArticleLines) -> tuple[Found, bool]:
    group = _group(question)
    found, whole = _taken(lines.having([*asked.texts, *group]), CANDIDATES)
    if not whole:
        begins = [f" {text}" for text in asked.texts]
        begun, all_begun = _taken(lines.having([*begins, *group]), max(CANDIDATES, question.limit + 1))
        found.update(begun)
        if not all_begun:
            named = (line for line in lines.beginning(asked.beginning) if all(part in line.text for part in group))
            found.update(_taken(named, question.limit + 1)[0])
    return found, whole


def _by_price(
    connection: Connection,
    reference: Reference,
    question: SearchArticles,
    asked: Wanted,
    lines: ArticleLines,
    word: Word,
) -> tuple[Found, bool]:
    """Articles that cost what the word says, or have it in their line; any other price is looked at as well."""
    assert word.span is not None
    parts = [*asked.texts, *_group(question)]
    # One text instead of perhaps 100,000 rows.
    together: str | None = connection.execute(may_cost(reference, question, word.span)).scalar()
    idents = together.split("\n") if together else []
    offered = offer_for(reference, question.till_no, question.day).prices.items()
    idents += [ident for ident, price in offered if price is not None and word.span.low <= price <= word.span.high]
    if len(idents) > FEW:
        among = set(idents)
        walk = lines.having(parts)
        fitting = (line for line in walk if line is None or line.ident_no in among or _says(word, line.text))
        found, whole = _taken(fitting, TO_PRICE * question.limit)
    else:
        found, whole = _taken(lines.having([word.text, *parts]), CANDIDATES) if word.text else ({}, True)
        for row in _rows(connection, _LINES_OF_MANY, idents):
            if all(part in row.search_text for part in parts):
                found[row.ident_no] = row.search_text
    return found, whole


def _fitting(
    connection: Connection, reference: Reference, question: SearchArticles, asked: Wanted, found: Sequence[Line]
) -> list[str]:
    """The first articles whose prices are what was asked for, one more than are shown."""
    fitting: list[str] = []
    offer = offer_for(reference, question.till_no, question.day)
    for start in range(0, len(found), PRICED_AT_ONCE):
        part = {line.ident_no: line.text for line in found[start : start + PRICED_AT_ONCE]}
        prices_of = {
            row.ident_no: priced(reference, row, entries, question.price_list, offer).price_minor
            for row, entries in _with_entries(connection, list(part), question.day)
        }
        for ident, line in part.items():
            if all(_says(word, line) or _costs(word, prices_of.get(ident)) for word in asked.words):
                fitting.append(ident)
        if len(fitting) > question.limit:
            break
    return fitting


def _group(question: SearchArticles) -> list[str]:
    return [group_part(question.group)] if question.group else []


def _says(word: Word, line: str) -> bool:
    return word.text is not None and word.text in line


def _costs(word: Word, price: int | None) -> bool:
    return word.span is not None and price is not None and word.span.low <= price <= word.span.high


def _taken(lines: Iterator[Line | None] | Iterator[Line], most: int) -> tuple[Found, bool]:
    """The first lines, and whether those are all of them."""
    found: Found = {}
    for line in lines:
        if line is None or len(found) == most:
            return found, False
        found[line.ident_no] = line.text
    return found, True


def may_cost(reference: Reference, question: SearchArticles, span: PriceSpan) -> Select[Any]:
    """Selects the ident numbers, a line each, of every article whose price is in the span, and of few others."""
    sources = sources_of(span, question.price_list, reference.all(PriceList))
    in_force = [
        prices_table.c.price_minor.is_not(None),
        prices_table.c.valid_from <= question.day,
        or_(prices_table.c.valid_until == "", prices_table.c.valid_until >= question.day),
    ]
    parts = [select(articles.c.ident_no).where(articles.c.price_minor.between(*each)) for each in sources.own]
    parts += [
        select(articles.c.ident_no).where(articles.c.purchase_price_minor.between(*each)) for each in sources.purchase
    ]
    entered = [
        and_(prices_table.c.price_list == number, prices_table.c.price_minor.between(*each))
        for number, each in sources.entries
    ]
    parts.append(select(prices_table.c.ident_no).where(or_(*entered), *in_force))
    idents = union_all(*parts).subquery()
    return select(func.aggregate_strings(idents.c.ident_no, "\n"))


def _rows(connection: Connection, statement: Select[Any], idents: Sequence[str]) -> Iterable[Row[Any]]:
    for start in range(0, len(idents), IDENTS_PER_STATEMENT):
        yield from connection.execute(statement, {"idents": idents[start : start + IDENTS_PER_STATEMENT]})


def _with_entries(
    connection: Connection, idents: Sequence[str], day: str
) -> Iterable[tuple[Row[Any], tuple[Any, ...]]]:
    """The articles with the prices entered for them, in any order."""
    for start in range(0, len(idents), IDENTS_PER_STATEMENT):
        part = idents[start : start + IDENTS_PER_STATEMENT]
        entries = prices.entries_of_many(connection, part, day)
        for row in _rows(connection, OF_MANY, part):
            yield row, entries.get(row.ident_no, ())


def _views(
    connection: Connection,
    reference: Reference,
    question: SearchArticles,
    idents: Sequence[str],
    exact: Mapping[str, str],
) -> tuple[FoundArticle, ...]:
    selection = selection_for(reference, question.till_no, question.day)
    offer = offer_for(reference, question.till_no, question.day)
    views = {}
    for row, entries in _with_entries(connection, idents, question.day):
        groups = strings.decode(row.article_groups)
        price = None if row.open_price else priced(reference, row, entries, question.price_list, offer).price_minor
        views[row.ident_no] = FoundArticle(
            ident_no=row.ident_no,
            name=row.name,
            price_minor=price,
            currency=row.currency,
            unit=row.unit,
            article_groups=groups,
            in_assortment=selection.has(row.ident_no, groups),
            code=exact.get(row.ident_no, row.ident_no),
            open_price=row.open_price,
        )
    return tuple(views[ident] for ident in idents if ident in views)


WITH_REFERENCE: Mapping[type[Question[Any]], Callable[[Connection, Reference, Any], Any]] = {SearchArticles: search}
