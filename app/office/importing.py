"""Articles, prices and VAT rates out of CSV files, as facts. Pure: text in, facts and faults out.

    articles    ident_no,barcode,name,price,vat_key,article_groups,unit,open_price,
                purchase_price,age_limit,discountable,container_deposit,price_2,…,price_15
    prices      ident_no,price_list,price,valid_from,valid_until
    vat_rates   vat_key,valid_from,rate

How files come is the business of ``rows.py``; amounts have a decimal point or comma. Of an article
``ident_no``, ``name``, ``price`` and ``vat_key`` must be there. Several barcodes in one field are
separated by ``|`` or a blank, up to three groups by ``|``. What a file has no column for stays as it is;
an empty field is a word, but for prices of other lists. ``vat_key`` takes the network's keys and the
other names of ``app.domain.vat_data`` ("19", "reduced", …). A line of prices without a price takes back
what was entered for the same period.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import msgspec

from app.domain import article, codes
from app.domain.money import MoneyError, parse_minor
from app.domain.price_list import BASE_LIST, PRICE_LISTS
from app.domain.vat import MAX_RATE_BP
from app.domain.vat_data import resolve_key
from app.facts.master import ArticleSet, PriceSet, VatRateSet
from app.office.rows import (
    REASONS,
    BadRow,
    Fault,
    Source,
    day,
    decoded,
    price_minor,
    read_rows,
    reason,
    shown,
    yes_or_no,
)

__all__ = [
    "REASONS",
    "ArticlesRead",
    "Fault",
    "PricesRead",
    "RatesRead",
    "Source",
    "decoded",
    "read_articles",
    "read_prices",
    "read_vat_rates",
    "reason",
]

REQUIRED = ("ident_no", "name", "price", "vat_key")


class ArticlesRead(NamedTuple):
    """The facts of the good lines, in the order of the file, and the faults of the others."""

    facts: tuple[ArticleSet, ...]
    faults: tuple[Fault, ...]
    prices: tuple[PriceSet, ...] = ()
    """Those of other lists than the first."""


class PricesRead(NamedTuple):
    """The facts of the good lines, in the order of the file, and the faults of the others."""

    facts: tuple[PriceSet, ...]
    faults: tuple[Fault, ...]


class RatesRead(NamedTuple):
    """The facts of the good lines, in the order of the file, and the faults of the others."""

    facts: tuple[VatRateSet, ...]
    faults: tuple[Fault, ...]


_FIELDS = {
    "barcode": "barcodes",
    "article_groups": "article_groups",
    "unit": "unit",
    "open_price": "open_price",
    "purchase_price": "purchase_price_minor",
    "age_limit": "age_limit",
    "discountable": "not_discountable",
    "container_deposit": "container_deposit",
}
"""Columns that need not be there, and what they say of the article."""


def read_articles(
    source: Source, *, currency: str, vat_keys: Collection[str], known: Callable[[str], ArticleSet | None]
) -> ArticlesRead:
    """Articles of a CSV file with prices in ``currency``; ``vat_keys`` are the keys that the network knows.

    ``known``: an article as it is. What the file has no column for stays as it is; an empty field is a word.
    """
    idents: dict[str, int] = {}
    barcodes: dict[str, int] = {}

    def read(line: int, row: Mapping[str, str]) -> tuple[ArticleSet, tuple[PriceSet, ...]]:
        fact = _article(row, currency, vat_keys)
        unsaid = [field for column, field in _FIELDS.items() if column not in row]
        if unsaid and (before := known(fact.ident_no)) is not None:
            fact = msgspec.structs.replace(fact, **{field: getattr(before, field) for field in unsaid})
        prices = _list_prices(row, currency)
        _check_new(fact, idents, barcodes)
        idents[fact.ident_no] = line
        barcodes.update((codes.canonical(barcode), line) for barcode in fact.barcodes)
        return fact, prices

    found, faults = read_rows(source, REQUIRED, read)
    return ArticlesRead(tuple(fact for fact, _ in found), faults, tuple(each for _, prices in found for each in prices))


def read_prices(source: Source, *, currency: str, idents: Collection[str]) -> PricesRead:
    """Prices of a CSV file, entered in advance or for always; ``idents`` are those of all articles."""
    lines: dict[tuple[str, int, str, str], int] = {}

    def read(line: int, row: Mapping[str, str]) -> PriceSet:
        fact = _price(row, currency, idents)
        other = lines.setdefault((fact.ident_no, fact.price_list, fact.valid_from, fact.valid_until), line)
        if other != line:
            raise BadRow("price_twice", other=str(other))
        return fact

    return PricesRead(*read_rows(source, ("ident_no", "price_list", "price"), read))


def read_vat_rates(source: Source) -> RatesRead:
    """VAT rates of a CSV file: ``vat_key,valid_from,rate`` with the rate in per cent."""
    return RatesRead(*read_rows(source, ("vat_key", "valid_from", "rate"), lambda _line, row: _rate(row)))


def _article(row: Mapping[str, str], currency: str, vat_keys: Collection[str]) -> ArticleSet:
    ident_no, name = _ident(row["ident_no"]), row["name"]
    if not article.is_name(name):
        raise BadRow("name_bad")
    barcodes = tuple(dict.fromkeys(row.get("barcode", "").replace("|", " ").split()))
    for barcode in barcodes:
        if fault := article.barcode_fault(barcode):
            raise BadRow(fault, text=shown(barcode))
    groups = tuple(dict.fromkeys(part.strip() for part in row.get("article_groups", "").split("|") if part.strip()))
    if len(barcodes) > article.MAX_BARCODES or len(groups) > article.MAX_GROUPS:
        raise BadRow("too_many")
    if not all(article.is_name(group) for group in groups):
        raise BadRow("group_bad")
    unit = row.get("unit", "") or article.DEFAULT_UNIT
    if not article.is_unit(unit):
        raise BadRow("unit_bad", text=shown(unit))
    deposit = row.get("container_deposit", "")
    if deposit and (not codes.is_ident_no(deposit) or deposit == ident_no):
        raise BadRow("deposit_bad", text=shown(deposit))
    return ArticleSet(
        ident_no=ident_no,
        name=name,
        price_minor=price_minor(row["price"], currency),
        currency=currency,
        vat_key=_vat_key(row["vat_key"], vat_keys),
        barcodes=barcodes,
        article_groups=groups,
        unit=unit,
        open_price=yes_or_no(row, "open_price"),
        purchase_price_minor=price_minor(row.get("purchase_price", "") or "0", currency),
        age_limit=_age(row.get("age_limit", "") or "0"),
        not_discountable=not yes_or_no(row, "discountable", default=True),
        container_deposit=deposit,
    )


def _list_prices(row: Mapping[str, str], currency: str) -> tuple[PriceSet, ...]:
    """What the line says of other price lists than the first."""
    found = {number: row.get(f"price_{number}", "") for number in PRICE_LISTS if number != BASE_LIST}
    return tuple(
        PriceSet(row["ident_no"], number, price_minor(text, currency)) for number, text in found.items() if text
    )


def _price(row: Mapping[str, str], currency: str, idents: Collection[str]) -> PriceSet:
    ident_no, number = _ident(row["ident_no"]), row["price_list"]
    if ident_no not in idents:
        raise BadRow("ident_unknown", text=shown(ident_no))
    if number not in map(str, PRICE_LISTS):
        raise BadRow("price_list_bad", text=shown(number))
    begins, until = (day(row[name]) if row.get(name) else "" for name in ("valid_from", "valid_until"))
    if until and until < begins:
        raise BadRow("days_reversed", begins=begins, until=until)
    price = price_minor(row["price"], currency) if row["price"] else None
    return PriceSet(ident_no, int(number), price, begins, until)


def _rate(row: Mapping[str, str]) -> VatRateSet:
    if not codes.is_ident_no(row["vat_key"]):
        raise BadRow("vat_key_unknown", text=shown(row["vat_key"]), known="1, 2, …")
    valid_from = day(row["valid_from"])
    try:
        # Per cent with two decimals are basis points, just as euros are cents.
        rate_bp = parse_minor(row["rate"].removesuffix("%"), "EUR")
    except MoneyError:
        rate_bp = -1
    if not 0 <= rate_bp <= MAX_RATE_BP:
        raise BadRow("rate_bad", text=shown(row["rate"]))
    return VatRateSet(vat_key=row["vat_key"], valid_from=valid_from, rate_bp=rate_bp)


def _check_new(fact: ArticleSet, idents: Mapping[str, int], barcodes: Mapping[str, int]) -> None:
    if fact.ident_no in idents:
        raise BadRow("ident_twice", text=fact.ident_no, other=str(idents[fact.ident_no]))
    for barcode in fact.barcodes:
        other = barcodes.get(codes.canonical(barcode))
        if other is not None:
            raise BadRow("barcode_twice", text=barcode, other=str(other))


def _ident(text: str) -> str:
    if not text:
        raise BadRow("ident_missing")
    if not codes.is_ident_no(text):
        raise BadRow("ident_bad", text=shown(text))
    return text


def _age(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= article.MAX_AGE_LIMIT):
        raise BadRow("age_limit_bad", text=shown(text))
    return int(text[:9])


def _vat_key(text: str, known: Collection[str]) -> str:
    listed = ", ".join(sorted(known))
    if not text:
        raise BadRow("vat_key_missing", known=listed)
    key = resolve_key(text, known)
    if key is None:
        raise BadRow("vat_key_unknown", text=shown(text), known=listed)
    return key
