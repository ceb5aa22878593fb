"""Rows out of CSV files, each a value or a fault. Pure: text in, values and faults out.

What is read: UTF-8 (with or without a byte order mark) or, failing that, Windows-1252, as
spreadsheets write it; ``,`` ``;`` or tab between fields, whichever the header has most of;
fields in double quotes where they hold a delimiter or a line end. The first line names the columns,
in any order; columns with other names are passed over.

Every bad line is a ``Fault`` with its number in the file (the header is line 1) and its reason.
One line that is broken does not take others with it: a quote that is never closed is a fault of
the line where it opens. Whether good lines beside bad ones count is the caller's decision.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple, TypeVar

from app.domain.instant import parse_day
from app.domain.money import MoneyError, parse_minor
from app.text import mark

T = TypeVar("T")

MAX_LINES = 500_000
MAX_LINES_OF_A_ROW = 20
"""A quoted field may hold line ends; beyond this the quote was never meant to be open."""

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
    "yes_or_no": mark("{column} is yes or no, not {text}"),
    "age_limit_bad": mark("the age limit {text} is no whole number of years up to 99"),
    "deposit_bad": mark("the container deposit {text} is no ident number of another article"),
    "ident_unknown": mark("no article has the ident_no {text}"),
    "price_list_bad": mark("there is no price list {text}; they go from 1 to 15"),
    "days_reversed": mark("the price ends on {until} before it begins on {begins}"),
    "price_twice": mark("line {other} has a price of this article, price list and period already"),
    "no_bad": mark("the number {text} is none: up to 20 letters, digits, dots and dashes"),
    "customer_no_twice": mark("customer {text} stands in line {other} already"),
    "customer_forgotten": mark("customer {text} has been forgotten; take another number"),
    "customer_field_bad": mark("{column} is longer than {limit} characters or cannot be printed"),
    "credit_limit_bad": mark("the credit limit {text} is no amount"),
    "persons_locked": mark("this till has no keys for personal data"),
    "day_bad": mark("{text} is no day like 2026-01-31"),
    "order_no_bad": mark("order_no {text} is none: 1 to 40 printable characters"),
    "customer_no_bad": mark("customer_no {text} is none: 1 to 40 printable characters"),
    "order_differs": mark("{column} of the order {text} is not what a line before says"),
    "order_incomplete": mark("the order {text} has a bad line; all of it is left out"),
    "order_known": mark("the order {text} is known already"),
    "order_too_large": mark("the order {text} has too many lines or too large a total"),
    "paid_too_much": mark("more is paid of the order {text} than it costs"),
    "quantity_bad": mark("the quantity {text} is none: above zero, at most three decimals"),
    "note_bad": mark("the note is longer than {limit} characters or cannot be printed"),
    "rate_bad": mark("{text} is no rate in per cent like 19 or 8.1"),
}


class Fault(NamedTuple):
    """Why a line is not taken over; ``code`` is a key of ``REASONS``."""

    line: int
    code: str
    values: Mapping[str, str]


class BadRow(ValueError):
    """A row that is not taken over."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def reason(fault: Fault, gettext: Callable[[str], str]) -> str:
    """The fault's reason, translated."""
    return gettext(REASONS[fault.code]).format_map(fault.values)


def read_rows(
    source: str | bytes, required: Collection[str], value_of: Callable[[int, Mapping[str, str]], T]
) -> tuple[tuple[T, ...], tuple[Fault, ...]]:
    """The values of the good rows, in the order of the file, and the faults of the others.

    ``value_of`` gets the row's line number and its fields by column, stripped; it raises ``BadRow``.
    """
    values: list[T] = []
    faults: list[Fault] = []
    for line, row in _rows(decoded(source), required):
        try:
            if isinstance(row, BadRow):
                raise row
            values.append(value_of(line, row))
        except BadRow as bad:
            faults.append(Fault(line, bad.code, bad.values))
    return tuple(values), tuple(faults)


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


def price_minor(text: str, currency: str) -> int:
    """An amount of at least zero."""
    if not text:
        raise BadRow("price_missing")
    try:
        return parse_minor(text, currency)
    except MoneyError as error:
        raise BadRow(f"price_{error.fault}", text=shown(text), currency=currency) from None


def day(text: str) -> str:
    """A day as ISO 8601."""
    try:
        return parse_day(text)
    except ValueError:
        raise BadRow("day_bad", text=shown(text)) from None


def yes_or_no(row: Mapping[str, str], column: str, *, default: bool = False) -> bool:
    """Whether the column says yes; ``default`` where it is empty or not there."""
    text = row.get(column, "")
    if text.lower() not in YES + NO:
        raise BadRow("yes_or_no", column=column, text=shown(text))
    return text.lower() in YES if text else default


def shown(text: str) -> str:
    """A slip, short and printable enough to be shown back."""
    return "".join(character if character.isprintable() else "?" for character in text[:40])
