"""Articles by their code, and the key pages of a till."""

from __future__ import annotations

from typing import Any

from app.books.questions.articles import FindForSale, FindKeyPages, ListPrices, SearchArticles
from app.domain import codes
from app.domain.money import format_minor
from app.domain.price_list import PRICE_LISTS
from app.domain.quantity import format_milli
from app.domain.vat import format_rate
from app.text import mark
from app.till import typed
from app.till.keypad import Place, keypad
from app.till.queries.base import Desk, Query
from app.till.refusals import BadCommand, Refusal

MAX_FOUND = 100


class AskArticle(Query, frozen=True):
    code: str
    price_list: int = 1


class AskCatalogue(Query, frozen=True):
    price_list: int = 1
    till_no: int | None = None


class AskArticles(Query, frozen=True):
    """Articles that have every word of the search, or cost it; all without a search. ``group``: only of that one."""

    search: str = ""
    group: str = ""
    price_list: int = 1
    limit: int = 30


class AskKeypad(Query, frozen=True):
    """A page of the assortment as this till has it, by its number."""

    page: int = 1
    price_list: int = 1


async def article(desk: Desk, query: AskArticle) -> dict[str, Any]:
    code = typed.article_code(query.code)
    _check_list(query.price_list)
    found = await desk.look(FindForSale(code, desk.day, query.price_list, till_no=desk.till_no))
    if found is None:
        wrong = codes.has_wrong_check_digit(code)
        raise Refusal("wrong_check_digit" if wrong else "unknown_article", {"code": code})
    known = found.article
    lists = await desk.look(ListPrices(known.ident_no, desk.day), fresh=False)
    price, embedded = found.price_minor, found.embedded_price_minor
    return {
        "ident_no": known.ident_no,
        "name": known.name,
        "price": None if price is None else format_minor(price, known.currency),
        "currency": known.currency,
        "vat_key": known.vat_key,
        "vat_rate": None if found.vat_rate_bp is None else format_rate(found.vat_rate_bp),
        "unit": known.unit,
        "barcodes": list(known.barcodes),
        "article_groups": list(known.article_groups),
        "open_price": known.open_price,
        "price_list": found.price_list,
        "prices": {str(number): format_minor(minor, known.currency) for number, minor in lists.items()},
        "purchase_price": format_minor(known.purchase_price_minor, known.currency),
        "age_limit": known.age_limit,
        "discountable": known.discountable,
        "container_deposit": known.container_deposit,
        "in_assortment": found.in_assortment,
        **({} if embedded is None else {"embedded_price": format_minor(embedded, known.currency)}),
        **({} if found.quantity_milli is None else {"quantity": format_milli(found.quantity_milli)}),
    }


async def catalogue(desk: Desk, query: AskCatalogue) -> dict[str, Any]:
    """The key pages of this till, or of another one."""
    _check_list(query.price_list)
    till_no = desk.till_no if query.till_no is None else query.till_no
    pages = await desk.look(FindKeyPages(till_no, desk.day, query.price_list))
    return {
        "pages": [
            {
                "name": page.name,
                "keys": [
                    {
                        "row": key.row,
                        "column": key.column,
                        "ident_no": key.ident_no,
                        "label": key.label,
                        "name": key.name,
                        "price": None if key.price_minor is None else format_minor(key.price_minor, key.currency),
                    }
                    for key in page.keys
                ],
            }
            for page in pages
        ]
    }


async def articles(desk: Desk, query: AskArticles) -> dict[str, Any]:
    _check_list(query.price_list)
    if not 1 <= query.limit <= MAX_FOUND:
        raise BadCommand(mark("limit is 1 to {limit}"), limit=str(MAX_FOUND))
    found = await desk.look(
        SearchArticles(query.search, desk.day, query.group, query.price_list, desk.till_no, desk.currency, query.limit)
    )
    return {
        "articles": [
            {
                "ident_no": each.ident_no,
                "name": each.name,
                "price": None if each.price_minor is None else format_minor(each.price_minor, each.currency),
                "currency": each.currency,
                "unit": each.unit,
                "article_groups": list(each.article_groups),
                "in_assortment": each.in_assortment,
            }
            for each in found.articles
        ],
        "more": found.more,
    }


async def key_pages(desk: Desk, query: AskKeypad) -> dict[str, Any]:
    """The names of all pages, and the keys of one."""
    _check_list(query.price_list)
    till = desk.runner.session.till
    place = Place(till.till_no, till.site, desk.day, query.price_list)

    found = await keypad(desk.look, place, query.page)
    if found is None:
        raise Refusal("unknown_page", {"no": str(query.page)[:20]})
    return {
        "pages": list(found.names),
        "page": found.number,
        "name": found.page.name,
        "made": found.made,
        "keys": [
            {
                "no": key.row,
                "ident_no": key.ident_no,
                "label": key.label,
                "name": key.name,
                "price": None if key.price_minor is None else format_minor(key.price_minor, key.currency),
            }
            for key in found.page.keys
        ],
    }


def _check_list(price_list: int) -> None:
    if price_list not in PRICE_LISTS:
        raise Refusal("unknown_price_list", {"price_list": str(price_list)[:20]})
