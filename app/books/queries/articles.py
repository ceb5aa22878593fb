"""Articles by ident number or barcode or words, and VAT rates by day."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, select

from app.books.schema import article_barcodes, articles, vat_rates
from app.books.views import ArticleView
from app.domain import codes

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
    )
