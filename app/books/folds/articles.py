"""Articles, their barcodes and VAT rates: the newest fact wins.

Barcode rows carry the stamp of the article fact they came with; those of an older fact are
swept out after each batch, so that an article's barcodes are always those of its last word.
A barcode may for a while belong to two articles (two offices, one slip): queries take the newest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from app.books.folds.stamped import Folding, Rows, Stamped, Upserts
from app.books.tables.articles import article_barcodes, articles, vat_rates
from app.domain import codes
from app.facts.base import Fact
from app.facts.master import ArticleSet, VatRateSet


class ArticlesFold:
    """Folds ``article.set`` and ``vat_rate.set``."""

    def __init__(self, upserts: Upserts) -> None:
        self._set_article = upserts.newest(articles)
        self._add_barcode = upserts.once(article_barcodes)
        newest = select(articles.c.stamp).where(articles.c.ident_no == bindparam("ident")).scalar_subquery()
        self._sweep_barcodes = upserts.prepared(
            delete(article_barcodes).where(
                article_barcodes.c.ident_no == bindparam("ident"), article_barcodes.c.stamp != newest
            )
        )
        self._set_rate = upserts.newest(vat_rates)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {ArticleSet: self._articles, VatRateSet: self._rates}

    def _articles(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows: Rows = []
        barcodes: Rows = []
        for fact, _, stamp in facts:
            rows.append(_article_row(fact, stamp))
            barcodes += [{"barcode": barcode, "ident_no": fact.ident_no, "stamp": stamp} for barcode in _barcodes(fact)]
        self._set_article.write(connection, rows)
        self._add_barcode.write(connection, barcodes)
        self._sweep_barcodes.write(connection, [{"ident": row["ident_no"]} for row in rows])

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
        "search_text": " ".join([fact.name, fact.ident_no, *barcodes, *fact.article_groups]).casefold(),
        "bare_ident": codes.bare_ident(fact.ident_no),
        "stamp": stamp,
    }
