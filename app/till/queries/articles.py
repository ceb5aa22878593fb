"""Articles by their code."""

from __future__ import annotations

from typing import Any

from app.domain import codes
from app.domain.money import format_minor
from app.domain.vat import format_rate
from app.till import typed
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskArticle(Query, frozen=True):
    code: str


async def article(desk: Desk, query: AskArticle) -> dict[str, Any]:
    code = typed.article_code(query.code)
    found = desk.books.article(code)
    if found is None:
        wrong = codes.has_wrong_check_digit(code)
        raise Refusal("wrong_check_digit" if wrong else "unknown_article", {"code": code})
    rate = desk.books.vat_rate_bp(found.vat_key, desk.day)
    return {
        "ident_no": found.ident_no,
        "name": found.name,
        "price": format_minor(found.price_minor, found.currency),
        "currency": found.currency,
        "vat_key": found.vat_key,
        "vat_rate": None if rate is None else format_rate(rate),
        "unit": found.unit,
        "barcodes": list(found.barcodes),
        "article_groups": list(found.article_groups),
        "open_price": found.open_price,
    }
