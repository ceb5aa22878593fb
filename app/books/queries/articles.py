"""Articles by ident number or barcode or words, and VAT rates by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, select

from app.books.questions import Question
from app.books.questions.articles import FindForSale, FindVatRate
from app.books.tables.articles import article_barcodes, articles, vat_rates
from app.books.views import ArticleView, ForSale
from app.domain import codes
from app.domain.reference import Reference
from app.domain.vat import SupplyRule, supplied_key

MAX_WORDS = 8

_COLUMNS = [column for column in articles.c if column.name not in ("search_text", "stamp")]
_BY_IDENT = select(*_COLUMNS).where(articles.c.ident_no == bindparam("code"))
_BY_BARCODE = (
    select(*_COLUMNS)
    .join(article_barcodes, article_barcodes.c.ident_no == articles.c.ident_no)
    .where(article_barcodes.c.barcode == bindparam("code"))
    .order_by(articles.c.stamp.desc())
    .limit(1)
)
_BY_SPELLINGS = (
    select(*_COLUMNS)
    .where(articles.c.ident_no.in_(bindparam("spellings", expanding=True)))
    .order_by(func.length(articles.c.ident_no))
    .limit(1)
)
_RATE = (
    select(vat_rates.c.rate_bp)
    .where(vat_rates.c.vat_key == bindparam("vat_key"), vat_rates.c.valid_from <= bindparam("day"))
    .order_by(vat_rates.c.valid_from.desc())
    .limit(1)
)
_KEYS = select(vat_rates.c.vat_key).distinct().order_by(vat_rates.c.vat_key)

_strings = msgspec.json.Decoder(tuple[str, ...])


def article(connection: Connection, code: str) -> ArticleView | None:
    """The article of this ident number, else barcode (of several the newest), else ident number but for zeros."""
    row = connection.execute(_BY_IDENT, {"code": code}).one_or_none()
    if row is None:
        row = connection.execute(_BY_BARCODE, {"code": codes.canonical(code)}).one_or_none()
    if row is None and (spellings := codes.ident_spellings(code)):
        row = connection.execute(_BY_SPELLINGS, {"spellings": spellings}).one_or_none()
    return None if row is None else _view(row)


def search(connection: Connection, text: str, limit: int) -> list[ArticleView]:
    """Articles that contain every word of the text in name, ident number, barcode or group; by name."""
    statement = select(*_COLUMNS)
    for word in text.casefold().split()[:MAX_WORDS]:
        statement = statement.where(articles.c.search_text.contains(word, autoescape=True))
    statement = statement.order_by(articles.c.name, articles.c.ident_no).limit(limit)
    return [_view(row) for row in connection.execute(statement)]


def vat_rate_bp(connection: Connection, vat_key: str, day: str) -> int | None:
    """The key's rate on the day (ISO 8601) in basis points; None if there was none yet."""
    rate: int | None = connection.execute(_RATE, {"vat_key": vat_key, "day": day}).scalar()
    return rate


def vat_keys(connection: Connection) -> tuple[str, ...]:
    """Every VAT key that has ever had a rate."""
    return tuple(connection.execute(_KEYS).scalars())


def _view(row: Row[Any]) -> ArticleView:
    return ArticleView(
        ident_no=row.ident_no,
        name=row.name,
        price_minor=row.price_minor,
        currency=row.currency,
        vat_key=row.vat_key,
        unit=row.unit,
        barcodes=_strings.decode(row.barcodes),
        article_groups=_strings.decode(row.article_groups),
        open_price=row.open_price,
        purchase_price_minor=row.purchase_price_minor,
        age_limit=row.age_limit,
        discountable=row.discountable,
        container_deposit=row.container_deposit,
    )


def for_sale(connection: Connection, reference: Reference, question: FindForSale) -> ForSale | None:
    """The article with its price and VAT for this sale."""
    found = article(connection, question.code)
    if found is None:
        return None
    rules = reference.all(SupplyRule)
    vat_key = supplied_key(rules, found.vat_key, question.supply, question.customer_group)
    return ForSale(
        article=found,
        price_minor=found.price_minor,
        price_list=1,
        vat_key=vat_key,
        vat_rate_bp=vat_rate_bp(connection, vat_key, question.day),
    )


def vat_rate(connection: Connection, question: FindVatRate) -> int | None:
    """The key's rate on the day."""
    return vat_rate_bp(connection, question.vat_key, question.day)


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {FindVatRate: vat_rate}
WITH_REFERENCE: Mapping[type[Question[Any]], Callable[[Connection, Reference, Any], Any]] = {FindForSale: for_sale}
