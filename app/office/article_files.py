"""Files of articles, prices and VAT rates: what ``tillmesh import`` and ``export`` do with the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.views import ArticleView
from app.domain.money import format_minor
from app.domain.price_list import BASE_LIST, PRICE_LISTS
from app.domain.vat import format_rate
from app.engine.operations import Imported
from app.facts.master import ArticleSet
from app.office.importing import Fault, Source, read_articles, read_prices, read_vat_rates, reason
from app.text import gettext as _

if TYPE_CHECKING:
    from app.office.desk import Desk

OTHER_LISTS = tuple(number for number in PRICE_LISTS if number != BASE_LIST)

ARTICLE_COLUMNS = (
    "ident_no", "barcode", "name", "price", "vat_key", "article_groups", "unit", "open_price", "purchase_price",
    "age_limit", "discountable", "container_deposit", *(f"price_{number}" for number in OTHER_LISTS),
)  # fmt: skip
PRICE_COLUMNS = ("ident_no", "price_list", "price", "valid_from", "valid_until")
RATE_COLUMNS = ("vat_key", "valid_from", "rate")


def import_articles(desk: Desk, source: Source) -> Imported:
    found = read_articles(
        source,
        currency=desk.currency,
        vat_keys=desk.books.vat_keys(),
        known={view.ident_no: _word(view) for view in desk.books.all_articles()}.get,
    )
    return Imported((*found.facts, *found.prices), _reasons(found.faults))


def _word(view: ArticleView) -> ArticleSet:
    """The fact that says of the article what is known of it."""
    fields = msgspec.structs.asdict(view)
    return ArticleSet(not_discountable=not fields.pop("discountable"), **fields)


def import_prices(desk: Desk, source: Source) -> Imported:
    idents = frozenset(article.ident_no for article in desk.books.all_articles())
    found = read_prices(source, currency=desk.currency, idents=idents)
    return Imported(found.facts, _reasons(found.faults))


def import_vat_rates(_desk: Desk, source: Source) -> Imported:
    found = read_vat_rates(source)
    return Imported(found.facts, _reasons(found.faults))


def articles(desk: Desk) -> list[dict[str, Any]]:
    """Every article with its own price and, by price list, what was entered without beginning or end."""
    lasting: dict[str, dict[str, int]] = {}
    for price in desk.books.all_prices():
        if not price["valid_from"] and not price["valid_until"] and price["price_list"] != BASE_LIST:
            lasting.setdefault(price["ident_no"], {})[str(price["price_list"])] = price["price_minor"]
    found = desk.books.all_articles()
    return [{**msgspec.to_builtins(article), "prices": lasting.get(article.ident_no, {})} for article in found]


def article_cells(row: dict[str, Any]) -> Sequence[str]:
    def amount(minor: int | None) -> str:
        return "" if minor is None else format_minor(minor, row["currency"])

    return (
        row["ident_no"],
        "|".join(row["barcodes"]),
        row["name"],
        amount(row["price_minor"]),
        row["vat_key"],
        "|".join(row["article_groups"]),
        row["unit"],
        _yes_or_no(row["open_price"]),
        amount(row["purchase_price_minor"] or None),
        str(row["age_limit"] or ""),
        _yes_or_no(row["discountable"]),
        row["container_deposit"],
        *(amount(row["prices"].get(str(number))) for number in OTHER_LISTS),
    )


def prices(desk: Desk) -> list[dict[str, Any]]:
    """Every price that was entered; the articles' own ones are theirs."""
    return [{**price, "currency": desk.currency} for price in desk.books.all_prices()]


def price_cells(row: dict[str, Any]) -> Sequence[str]:
    price = format_minor(row["price_minor"], row["currency"])
    return (row["ident_no"], str(row["price_list"]), price, row["valid_from"], row["valid_until"])


def vat_rates(desk: Desk) -> list[dict[str, Any]]:
    return desk.books.all_vat_rates()


def rate_cells(row: dict[str, Any]) -> Sequence[str]:
    return (row["vat_key"], row["valid_from"], format_rate(row["rate_bp"]))


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _reasons(faults: Sequence[Fault]) -> tuple[tuple[int, str], ...]:
    return tuple((fault.line, reason(fault, _)) for fault in faults)
