"""Articles, their barcodes and VAT rates: the newest fact wins.

Barcode rows carry the stamp of the article fact they came with; those of an older fact are
swept out after each batch, so that an article's barcodes are always those of its last word.
A barcode may for a while belong to two articles (two offices, one slip): queries take the newest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from app.books.folds.stamped import Folding, Stamped, Upserts, word_of
from app.books.folds.statements import Rows
from app.books.tables.articles import article_barcodes, article_sources, articles, vat_rates
from app.domain import codes, search_text
from app.facts.base import Fact
from app.facts.master import ArticleSet, VatRateSet

SWEPT_AT_ONCE = 500
"""Databases bound the number of parameters."""

_NEWEST = select(articles.c.stamp).where(articles.c.ident_no == article_barcodes.c.ident_no).scalar_subquery()
_SWEEP_BARCODES = delete(article_barcodes).where(
    article_barcodes.c.ident_no.in_(bindparam("idents", expanding=True)), article_barcodes.c.stamp != _NEWEST
)


class ArticlesFold:
    """Folds ``article.set`` and ``vat_rate.set``."""

    def __init__(self, upserts: Upserts) -> None:
        self._set_article = upserts.newest(articles)
        self._add_barcode = upserts.once(article_barcodes)
        self._set_source = upserts.newest(article_sources)
        self._set_rate = upserts.newest(vat_rates)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {ArticleSet: self._articles, VatRateSet: self._rates}

    def _articles(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows: Rows = []
        barcodes: Rows = []
        sources: dict[str, str] = {}
        for fact, member_id, stamp in facts:
            sources[member_id] = max(stamp, sources.get(member_id, ""))
            word = word_of(fact, stamp)
            rows.append(_article_row(fact, word))
            barcodes += [{"barcode": barcode, "ident_no": fact.ident_no, "stamp": word} for barcode in _barcodes(fact)]
        self._set_article.write(connection, rows)
        self._add_barcode.write(connection, barcodes)
        self._set_source.write(connection, [{"member_id": key, "stamp": stamp} for key, stamp in sources.items()])
        for start in range(0, len(rows), SWEPT_AT_ONCE):
            swept = [row["ident_no"] for row in rows[start : start + SWEPT_AT_ONCE]]
            connection.execute(_SWEEP_BARCODES, {"idents": swept})

    def _rates(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {"vat_key": fact.vat_key, "valid_from": fact.valid_from, "rate_bp": fact.rate_bp, "stamp": stamp}
            for fact, _, stamp in facts
        ]
        self._set_rate.write(connection, rows)


def _barcodes(fact: ArticleSet) -> list[str]:
    return list(dict.fromkeys(codes.canonical(barcode) for barcode in fact.barcodes))


def _article_row(fact: ArticleSet, stamp: str) -> dict[str, object]:
    barcodes = _barcodes(fact)
    return {
        "ident_no": fact.ident_no,
        "name": fact.name,
        "price_minor": fact.price_minor,
        "currency": fact.currency,
        "vat_key": fact.vat_key,
        "unit": fact.unit,
        "barcodes": msgspec.json.encode(barcodes).decode(),
        "article_groups": msgspec.json.encode(fact.article_groups).decode(),
        "open_price": fact.open_price,
        "purchase_price_minor": fact.purchase_price_minor,
        "age_limit": fact.age_limit,
        "discountable": not fact.not_discountable,
        "container_deposit": fact.container_deposit,
        "removed": fact.removed,
        "search_text": ""
        if fact.removed
        else search_text.text_of(fact.name, fact.ident_no, barcodes, fact.article_groups),
        "bare_ident": codes.bare_ident(fact.ident_no),
        "stamp": stamp,
    }
