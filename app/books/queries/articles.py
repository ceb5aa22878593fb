"""Articles by ident number or barcode or words, as they are sold, and VAT rates by day.

A scan is one statement for the article and one for its prices, whatever was typed: ident numbers are
compared without leading zeros, barcodes in their 13-digit form, and the better match is picked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, literal, select, union_all

from app.books.queries import prices
from app.books.questions import Question
from app.books.questions.articles import (
    FindForSale,
    FindGroupPage,
    FindKeypad,
    FindKeyPages,
    FindVatRate,
    ListArticleGroups,
    ListPrices,
    ListVatRates,
)
from app.books.tables.articles import article_barcodes, articles, vat_rates
from app.books.views import ArticleView, ForSale, KeyView, PageView
from app.domain import codes, in_store_code
from app.domain.assortment import (
    Assortment,
    Catalogue,
    CatalogueKey,
    KeyPage,
    Selection,
    catalogues_of,
    selection_of,
)
from app.domain.assortment_page import MAX_PAGE_ARTICLES, AssortmentPage, PageArticle, pages_for
from app.domain.catalogue import NO_OFFER, Offer, offer_of
from app.domain.in_store_code import InStoreCode, InStoreMask, WrongCheckDigit, masks_of
from app.domain.price_list import BASE_LIST, PRICE_LISTS, Entry, Priced, PriceList, Prices, price_in
from app.domain.reference import Reference
from app.domain.search_text import alike
from app.domain.vat import SupplyRule, supplied_key

IDENTS_PER_STATEMENT = 500
"""Databases bound the number of parameters."""

_COLUMNS = [column for column in articles.c if column.name not in ("search_text", "bare_ident")]
_KEPT: ColumnElement[bool] = ~articles.c.removed


def _finding(*conditions: ColumnElement[bool]) -> Any:
    """By ident number but for its zeros, and by barcode, in one statement."""
    by_ident: Select[Any] = select(*_COLUMNS, literal("").label("barcode")).where(
        articles.c.bare_ident == bindparam("bare"), *conditions
    )
    by_barcode: Select[Any] = (
        select(*_COLUMNS, article_barcodes.c.barcode.label("barcode"))
        .join(article_barcodes, article_barcodes.c.ident_no == articles.c.ident_no)
        .where(article_barcodes.c.barcode == bindparam("barcode"), *conditions)
    )
    return union_all(by_ident, by_barcode)


_FIND, _FIND_REMOVED_TOO = _finding(_KEPT), _finding()
OF_MANY = select(*_COLUMNS).where(articles.c.ident_no.in_(bindparam("idents", expanding=True)), _KEPT)
_ALL = select(*_COLUMNS).where(_KEPT).order_by(articles.c.ident_no)
_RATE = (
    select(vat_rates.c.rate_bp)
    .where(vat_rates.c.vat_key == bindparam("vat_key"), vat_rates.c.valid_from <= bindparam("day"))
    .order_by(vat_rates.c.valid_from.desc())
    .limit(1)
)
_RATES = select(vat_rates.c.vat_key, vat_rates.c.valid_from, vat_rates.c.rate_bp).order_by(
    vat_rates.c.vat_key, vat_rates.c.valid_from
)
_GROUPS = select(articles.c.article_groups).where(_KEPT).distinct()
_KEYS = select(vat_rates.c.vat_key).distinct().order_by(vat_rates.c.vat_key)

strings = msgspec.json.Decoder(tuple[str, ...])


def article(connection: Connection, code: str) -> ArticleView | None:
    """The article of this ident number, else barcode (of several the newest), else ident number but for zeros."""
    row = row_of(connection, code)
    return None if row is None else _view(row)


def all_articles(connection: Connection) -> list[ArticleView]:
    """Every article by its ident number."""
    return [_view(row) for row in connection.execute(_ALL)]


def vat_rate_bp(connection: Connection, vat_key: str, day: str) -> int | None:
    """The key's rate on the day (ISO 8601) in basis points; None if there was none yet."""
    rate: int | None = connection.execute(_RATE, {"vat_key": vat_key, "day": day}).scalar()
    return rate


def all_vat_rates(connection: Connection) -> list[dict[str, Any]]:
    """Every rate of every key: ``vat_key``, ``valid_from``, ``rate_bp``."""
    return [dict(row._mapping) for row in connection.execute(_RATES)]


def vat_keys(connection: Connection) -> tuple[str, ...]:
    """Every VAT key that has ever had a rate."""
    return tuple(connection.execute(_KEYS).scalars())


def for_sale(connection: Connection, reference: Reference, question: FindForSale) -> ForSale | None:
    """The article with its price and VAT for this sale; what an in-store code holds comes along."""
    row, held = row_of(connection, question.code, removed_too=question.removed_too), None
    if row is None:
        row, held = row_of_label(connection, reference, question.code)
    if row is None:
        return None
    entries = prices.entries(connection, row.ident_no, question.day)
    offer = offer_for(reference, question.till_no, question.day)
    price = priced(reference, row, entries, question.price_list, offer)
    vat_key = supplied_key(reference.all(SupplyRule), row.vat_key, question.supply, question.customer_group)
    found = _view(row)
    return ForSale(
        article=found,
        price_minor=price.price_minor,
        price_list=price.price_list,
        vat_key=vat_key,
        vat_rate_bp=vat_rate_bp(connection, vat_key, question.day),
        quantity_milli=held.value if held and held.holds != "price" else None,
        embedded_price_minor=held.value if held and held.holds == "price" else None,
        in_assortment=selection_for(reference, question.till_no, question.day).has(
            found.ident_no, found.article_groups
        ),
    )


def vat_rate(connection: Connection, question: FindVatRate) -> int | None:
    """The key's rate on the day."""
    return vat_rate_bp(connection, question.vat_key, question.day)


def list_vat_rates(connection: Connection, question: ListVatRates) -> dict[str, int]:
    """Every key's rate on the day."""
    rates = {key: vat_rate_bp(connection, key, question.day) for key in vat_keys(connection)}
    return {key: rate for key, rate in rates.items() if rate is not None}


def list_prices(connection: Connection, reference: Reference, question: ListPrices) -> dict[int, int]:
    """The article's price in list 1, in every list of the reference data, and where one was entered."""
    row = row_of(connection, question.ident_no)
    if row is None:
        return {}
    entries = prices.entries(connection, row.ident_no, question.day)
    wanted = {
        BASE_LIST,
        *(each.no for each in reference.all(PriceList).values()),
        *(each.price_list for each in entries),
    }
    every = {number: priced(reference, row, entries, number).price_minor for number in PRICE_LISTS if number in wanted}
    return {number: price for number, price in every.items() if price is not None}


def key_pages(connection: Connection, reference: Reference, question: FindKeyPages) -> tuple[PageView, ...]:
    """The pages of the till's catalogues."""
    pages = [
        page for catalogue in catalogues_of(reference.all(Catalogue), question.till_no) for page in catalogue.pages
    ]
    return key_views(connection, reference, pages, question)


def keypad(connection: Connection, reference: Reference, question: FindKeypad) -> tuple[PageView, ...]:
    """The till's pages, each numbered from 1."""
    pages = [
        KeyPage(page.name, tuple(CatalogueKey(row, 1, *_fields(each)) for row, each in enumerate(page.articles, 1)))
        for page in pages_for(reference.all(AssortmentPage), question.till_no, question.site)
    ]
    if not pages:
        for catalogue in catalogues_of(reference.all(Catalogue), question.till_no):
            pages += [part for page in catalogue.pages for part in _numbered(page)]
    return key_views(connection, reference, pages, question)


def article_groups(connection: Connection, _question: ListArticleGroups) -> tuple[str, ...]:
    """Every article group; articles mostly share theirs with many others."""
    groups = {group for text in connection.execute(_GROUPS).scalars() for group in strings.decode(text)}
    return tuple(sorted(groups, key=lambda group: (alike(group), group)))


def _numbered(page: KeyPage) -> Iterable[KeyPage]:
    """The keys in the order of their places, in parts that one number each can be typed for."""
    keys = sorted(page.keys, key=lambda key: (key.row, key.column))
    for start in range(0, len(keys), MAX_PAGE_ARTICLES):
        name = f"{page.name} {start // MAX_PAGE_ARTICLES + 1}" if start else page.name
        part = keys[start : start + MAX_PAGE_ARTICLES]
        yield KeyPage(name, tuple(CatalogueKey(row, 1, *_fields(key)) for row, key in enumerate(part, 1)))


def _fields(key: CatalogueKey | PageArticle) -> tuple[str, str]:
    return key.ident_no, key.label


def key_views(
    connection: Connection,
    reference: Reference,
    pages: Sequence[KeyPage],
    question: FindKeyPages | FindKeypad | FindGroupPage,
) -> tuple[PageView, ...]:
    """Articles and prices come in one statement each, however many keys there are."""
    idents = sorted({key.ident_no for page in pages for key in page.keys})
    rows = rows_of(connection, idents)
    entries: dict[str, tuple[Entry, ...]] = {}
    for part in _parts(idents):
        entries.update(prices.entries_of_many(connection, part, question.day))
    selection = selection_for(reference, question.till_no, question.day)
    offer = offer_for(reference, question.till_no, question.day)
    views = []
    for page in pages:
        keys = []
        for key in page.keys:
            row = rows.get(key.ident_no)
            if row is None or not selection.has(row.ident_no, strings.decode(row.article_groups)):
                continue
            known = entries.get(key.ident_no, ())
            price = priced(reference, row, known, question.price_list, offer).price_minor
            price = None if row.open_price else price
            label = key.label or row.name
            keys.append(
                KeyView(key.row, key.column, key.ident_no, label, row.name, price, row.currency, row.open_price)
            )
        views.append(PageView(page.name, tuple(keys)))
    return tuple(views)


def rows_of(connection: Connection, idents: Sequence[str]) -> dict[str, Row[Any]]:
    """The rows of articles by ident number; those that were removed are not among them."""
    return {row.ident_no: row for part in _parts(idents) for row in connection.execute(OF_MANY, {"idents": part})}


def row_of(connection: Connection, code: str, *, removed_too: bool = False) -> Row[Any] | None:
    """The row of an article by ident number or barcode; several ident numbers that differ in zeros: the shortest."""
    statement = _FIND_REMOVED_TOO if removed_too else _FIND
    barcode = codes.canonical(code)
    rows = connection.execute(statement, {"bare": codes.bare_ident(code), "barcode": barcode}).all()
    for row in rows:
        if row.ident_no == code:
            return row
    by_barcode = [row for row in rows if row.barcode]
    if by_barcode:
        return max(by_barcode, key=lambda row: row.stamp)
    if rows and codes.may_lack_zeros(code):
        return min(rows, key=lambda row: len(row.ident_no))
    return None


def row_of_label(connection: Connection, reference: Reference, code: str) -> tuple[Row[Any] | None, InStoreCode | None]:
    """The row of an in-store code's article: its digits are an ident number or a barcode, or a barcode with prefix."""
    try:
        held = in_store_code.read(code, _masks(reference))
    except WrongCheckDigit:
        return None, None
    if held is None:
        return None, None
    row = row_of(connection, held.article) or row_of(connection, held.prefix + held.article)
    return row, held


def priced(
    reference: Reference, row: Row[Any], entries: Iterable[Entry], price_list: int, offer: Offer = NO_OFFER
) -> Priced:
    """The article's price; one that the till's catalogues ``offer`` stands for all that was entered in list 1."""
    own = Entry(BASE_LIST, "", row.stamp, row.price_minor)
    offered = offer.prices.get(row.ident_no)
    if offered is not None:
        own = own._replace(price_minor=offered)
        entries = (each for each in entries if each.price_list != BASE_LIST)
    known = Prices(own, row.purchase_price_minor, tuple(entries))
    return price_in(price_list, reference.all(PriceList), known)


@lru_cache(maxsize=8)
def selection_for(reference: Reference, till_no: int, day: str) -> Selection:
    """What the till sells on the day. Kept with the reference data, another object whenever they have changed."""
    catalogues = reference.all(Catalogue)
    usual = selection_of(catalogues, reference.all(Assortment), till_no)
    offer = offer_for(reference, till_no, day)
    if usual.articles is not None:
        return usual._replace(articles=usual.articles | offer.prices.keys())
    if not offer.alone or catalogues_of(catalogues, till_no):
        return usual
    return Selection(frozenset(offer.prices))


@lru_cache(maxsize=8)
def offer_for(reference: Reference, till_no: int, day: str) -> Offer:
    """What the till's travelling catalogues let it sell on the day; kept likewise."""
    return offer_of(reference, till_no, day)


@lru_cache(maxsize=8)
def _masks(reference: Reference) -> tuple[InStoreMask, ...]:
    return masks_of(reference.all(InStoreMask))


def _parts(idents: Sequence[str]) -> Iterable[Sequence[str]]:
    return (idents[start : start + IDENTS_PER_STATEMENT] for start in range(0, len(idents), IDENTS_PER_STATEMENT))


def _view(row: Row[Any]) -> ArticleView:
    return ArticleView(
        ident_no=row.ident_no,
        name=row.name,
        price_minor=row.price_minor,
        currency=row.currency,
        vat_key=row.vat_key,
        unit=row.unit,
        barcodes=strings.decode(row.barcodes),
        article_groups=strings.decode(row.article_groups),
        open_price=row.open_price,
        purchase_price_minor=row.purchase_price_minor,
        age_limit=row.age_limit,
        discountable=row.discountable,
        container_deposit=row.container_deposit,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindVatRate: vat_rate,
    ListArticleGroups: article_groups,
    ListVatRates: list_vat_rates,
}
WITH_REFERENCE: Mapping[type[Question[Any]], Callable[[Connection, Reference, Any], Any]] = {
    FindForSale: for_sale,
    FindKeyPages: key_pages,
    FindKeypad: keypad,
    ListPrices: list_prices,
}
