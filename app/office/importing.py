"""Articles and VAT rates out of CSV files, as facts. Pure: text in, facts and faults out.

What is read: UTF-8 (with or without a byte order mark) or, failing that, Windows-1252, as
spreadsheets write it; ``,`` ``;`` or tab between fields, whichever the header has most of;
decimal point or comma; fields in double quotes where they hold a delimiter or a line end.

    ident_no,barcode,name,price,vat_key,article_groups,unit,open_price

The first line names the columns, in any order; ``ident_no``, ``name``, ``price`` and ``vat_key``
must be there, columns with other names are passed over. Several barcodes in one field are
separated by ``|`` or a blank, several groups by ``|``. ``vat_key`` takes the network's keys and
the other names of ``app.domain.vat_data`` ("19", "reduced", …).

Every bad line is a ``Fault`` with its number in the file (the header is line 1) and its reason.
One line that is broken does not take others with it: a quote that is never closed is a fault of
the line where it opens. Whether good lines beside bad ones count is the caller's decision.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from app.domain import article, codes
from app.domain.instant import parse_day
from app.domain.money import MoneyError, parse_minor
from app.domain.vat import MAX_RATE_BP
from app.domain.vat_data import resolve_key
from app.facts.master import ArticleSet, VatRateSet
from app.text import mark

MAX_LINES = 500_000
MAX_LINES_OF_A_ROW = 20
"""A quoted field may hold line ends; beyond this the quote was never meant to be open."""

REQUIRED = ("ident_no", "name", "price", "vat_key")
YES = ("1", "x", "y", "yes", "j", "ja", "true")
NO = ("", "0", "n", "no", "nein", "false")

REASONS: dict[str, str] = {
    "empty": mark("the file has no header line"),
    "no_column": mark("the header has no column {column}; it needs {required}"),
    "twice_column": mark("the header has the column {column} twice"),
    "too_many_rows": mark("the file has more than {limit} lines; split it"),
    "broken": mark("the line cannot be taken apart: a quote is not closed or stands where none may be"),
    "fields": mark("the line has {found} fields, the header has {expected}"),
    "ident_missing": mark("ident_no is missing"),
    "ident_bad": mark("ident_no {text} is none: 1 to 30 letters, digits and . _ / + -"),
    "ident_twice": mark("ident_no {text} stands in line {other} already"),
    "name_bad": mark("the name is missing, longer than 100 characters, or has characters that cannot be printed"),
    "price_missing": mark("the price is missing"),
    "price_not_a_number": mark("the price {text} is no amount"),
    "price_too_many_decimals": mark("the price {text} has more decimals than {currency} has"),
    "price_too_large": mark("the price {text} is too large"),
    "price_negative": mark("the price {text} is below zero"),
    "vat_key_missing": mark("the VAT key is missing; known are {known}"),
    "vat_key_unknown": mark("the VAT key {text} is unknown; known are {known}"),
    "wrong_check_digit": mark("the check digit of barcode {text} does not fit"),
    "not_a_code": mark("{text} is no barcode"),
    "barcode_twice": mark("barcode {text} stands in line {other} already"),
    "too_many": mark("too many barcodes or groups for one article"),
    "group_bad": mark("a group has characters that cannot be printed, or is longer than 100"),
    "unit_bad": mark("the unit {text} is longer than 12 characters or cannot be printed"),
    "yes_or_no": mark("open_price is yes or no, not {text}"),
    "day_bad": mark("{text} is no day like 2026-01-31"),
    "rate_bad": mark("{text} is no rate in per cent like 19 or 8.1"),
}


class Fault(NamedTuple):
    """Why a line is not taken over; ``code`` is a key of ``REASONS``."""

    line: int
    code: str
    values: Mapping[str, str]


class ArticlesRead(NamedTuple):
    """The facts of the good lines, in the order of the file, and the faults of the others."""

    facts: tuple[ArticleSet, ...]
    faults: tuple[Fault, ...]


class RatesRead(NamedTuple):
    """The facts of the good lines, in the order of the file, and the faults of the others."""

    facts: tuple[VatRateSet, ...]
    faults: tuple[Fault, ...]


class BadRow(ValueError):
    """A row that is not taken over."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def reason(fault: Fault, gettext: Callable[[str], str]) -> str:
    """The fault's reason, translated."""
    return gettext(REASONS[fault.code]).format_map(fault.values)


def read_articles(source: str | bytes, *, currency: str, vat_keys: Collection[str]) -> ArticlesRead:
    """Articles of a CSV file with prices in ``currency``; ``vat_keys`` are the keys that the network knows."""
    facts: list[ArticleSet] = []
    faults: list[Fault] = []
    idents: dict[str, int] = {}
    barcodes: dict[str, int] = {}
    for line, row in _rows(decoded(source), REQUIRED):
        if isinstance(row, BadRow):
            faults.append(Fault(line, row.code, row.values))
            continue
        try:
            fact = _article(row, currency, vat_keys)
            _check_new(fact, idents, barcodes)
        except BadRow as bad:
            faults.append(Fault(line, bad.code, bad.values))
            continue
        idents[fact.ident_no] = line
        barcodes.update((codes.canonical(barcode), line) for barcode in fact.barcodes)
        facts.append(fact)
    return ArticlesRead(tuple(facts), tuple(faults))


def read_vat_rates(source: str | bytes) -> RatesRead:
    """VAT rates of a CSV file: ``vat_key,valid_from,rate`` with the rate in per cent."""
    facts: list[VatRateSet] = []
    faults: list[Fault] = []
    for line, row in _rows(decoded(source), ("vat_key", "valid_from", "rate")):
        try:
            if isinstance(row, BadRow):
                raise row
            facts.append(_rate(row))
        except BadRow as bad:
            faults.append(Fault(line, bad.code, bad.values))
    return RatesRead(tuple(facts), tuple(faults))


def decoded(source: str | bytes) -> str:
    """The file's text, without a byte order mark."""
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Spreadsheets on Windows still write this; its five undefined bytes become a fault of their line.
        return source.decode("cp1252", "replace")


def _rows(text: str, required: Collection[str]) -> Iterator[tuple[int, dict[str, str] | BadRow]]:
    """Each row as column -> text, or why it is none, with the number of its first line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = max(",;\t", key=lines[0].count)
    columns = [name.strip().lower() for name in _fields(lines[0], delimiter) or ()]
    if not any(columns):
        yield 1, BadRow("empty")
        return
    for name in required:
        if columns.count(name) != 1:
            fault = "twice_column" if name in columns else "no_column"
            yield 1, BadRow(fault, column=name, required=", ".join(required))
            return
    if len(lines) > MAX_LINES:
        yield 1, BadRow("too_many_rows", limit=str(MAX_LINES))
        return
    for line, fields in _records(lines, delimiter, len(columns)):
        if fields is None:
            yield line, BadRow("broken")
        elif len(fields) != len(columns):
            yield line, BadRow("fields", found=str(len(fields)), expected=str(len(columns)))
        else:
            yield line, {name: field.strip() for name, field in zip(columns, fields, strict=True)}


def _records(lines: list[str], delimiter: str, columns: int) -> Iterator[tuple[int, list[str] | None]]:
    """The rows after the header with the number of their first line; None for one that is broken.

    A row goes on into the next lines only if that makes it a whole row; otherwise the fault
    stays with the line where it began, and the lines after it are read for themselves.
    """
    start = 1
    while start < len(lines):
        number, used = start + 1, 1
        if lines[start].strip():
            record = _fields(lines[start], delimiter)
            for length in range(2, MAX_LINES_OF_A_ROW + 1) if record is None else ():
                joined = _fields("\n".join(lines[start : start + length]), delimiter)
                if joined is not None and len(joined) == columns:
                    record, used = joined, length
                    break
            yield number, record
        start += used


def _fields(record: str, delimiter: str) -> list[str] | None:
    """The fields of a row; None if a quote is open still or stands where none may be."""
    try:
        rows = list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _article(row: Mapping[str, str], currency: str, vat_keys: Collection[str]) -> ArticleSet:
    ident_no, name = row["ident_no"], row["name"]
    if not ident_no:
        raise BadRow("ident_missing")
    if not codes.is_ident_no(ident_no):
        raise BadRow("ident_bad", text=_shown(ident_no))
    if not article.is_name(name):
        raise BadRow("name_bad")
    barcodes = tuple(dict.fromkeys(row.get("barcode", "").replace("|", " ").split()))
    for barcode in barcodes:
        if fault := article.barcode_fault(barcode):
            raise BadRow(fault, text=_shown(barcode))
    groups = tuple(dict.fromkeys(part.strip() for part in row.get("article_groups", "").split("|") if part.strip()))
    if len(barcodes) > article.MAX_BARCODES or len(groups) > article.MAX_GROUPS:
        raise BadRow("too_many")
    if not all(article.is_name(group) for group in groups):
        raise BadRow("group_bad")
    unit = row.get("unit", "") or article.DEFAULT_UNIT
    if not article.is_unit(unit):
        raise BadRow("unit_bad", text=_shown(unit))
    return ArticleSet(
        ident_no=ident_no,
        name=name,
        price_minor=_price(row["price"], currency),
        currency=currency,
        vat_key=_vat_key(row["vat_key"], vat_keys),
        barcodes=barcodes,
        article_groups=groups,
        unit=unit,
        open_price=_yes_or_no(row.get("open_price", "")),
    )


def _rate(row: Mapping[str, str]) -> VatRateSet:
    if not codes.is_ident_no(row["vat_key"]):
        raise BadRow("vat_key_unknown", text=_shown(row["vat_key"]), known="1, 2, …")
    try:
        valid_from = parse_day(row["valid_from"])
    except ValueError:
        raise BadRow("day_bad", text=_shown(row["valid_from"])) from None
    try:
        # Per cent with two decimals are basis points, just as euros are cents.
        rate_bp = parse_minor(row["rate"].removesuffix("%"), "EUR")
    except MoneyError:
        rate_bp = -1
    if not 0 <= rate_bp <= MAX_RATE_BP:
        raise BadRow("rate_bad", text=_shown(row["rate"]))
    return VatRateSet(vat_key=row["vat_key"], valid_from=valid_from, rate_bp=rate_bp)


def _check_new(fact: ArticleSet, idents: Mapping[str, int], barcodes: Mapping[str, int]) -> None:
    if fact.ident_no in idents:
        raise BadRow("ident_twice", text=fact.ident_no, other=str(idents[fact.ident_no]))
    for barcode in fact.barcodes:
        other = barcodes.get(codes.canonical(barcode))
        if other is not None:
            raise BadRow("barcode_twice", text=barcode, other=str(other))


def _price(text: str, currency: str) -> int:
    if not text:
        raise BadRow("price_missing")
    try:
        return parse_minor(text, currency)
    except MoneyError as error:
        raise BadRow(f"price_{error.fault}", text=_shown(text), currency=currency) from None


def _vat_key(text: str, known: Collection[str]) -> str:
    listed = ", ".join(sorted(known))
    if not text:
        raise BadRow("vat_key_missing", known=listed)
    key = resolve_key(text, known)
    if key is None:
        raise BadRow("vat_key_unknown", text=_shown(text), known=listed)
    return key


def _yes_or_no(text: str) -> bool:
    if text.lower() not in YES + NO:
        raise BadRow("yes_or_no", text=_shown(text))
    return text.lower() in YES


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text[:40])
