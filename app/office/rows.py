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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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
    "order_cancelled": mark("the order {text} is cancelled by the file; `tillmesh orders import` does that"),
    "order_state_bad": mark("the state {text} is none: open or cancelled"),
    "order_ended": mark("the order {text} has ended already ({state}); give a new one another number"),
    "order_changed": mark("the order {text} has been changed by somebody else meanwhile; it is left so"),
    "order_unknown": mark("there is no order {text} to cancel"),
    "order_has_deposit": mark("a deposit was paid on the order {text}; change or cancel it at a till"),
    "order_on_sale": mark("the order {text} is on a sale just now; try again when that has ended"),
    "order_busy": mark("a till is just at the order {text}; try again"),
    "order_unconfirmed": mark("of the order {text} the tills {tills} could not be asked; try again, or use --anyway"),
    "order_too_large": mark("the order {text} has too many lines or too large a total"),
    "paid_too_much": mark("more is paid of the order {text} than it costs"),
    "quantity_bad": mark("the quantity {text} is none: above zero, at most three decimals"),
    "note_bad": mark("the note is longer than {limit} characters or cannot be printed"),
    "not_in_table": mark("column {column}: {text} is in no table of the mapping; add it there; known are {known}"),
    "not_minor": mark("column {column}: {text} is no whole number of the smallest unit, as the mapping says"),
    "not_a_number": mark("column {column}: {text} is no amount; write it like 1234.56 or 1.234,56"),
    "not_with_comma": mark(
        "column {column}: {text} is no amount with a decimal comma; correct it, or the decimal sign in the mapping"
    ),
    "not_with_point": mark(
        "column {column}: {text} is no amount with a decimal point; correct it, or the decimal sign in the mapping"
    ),
    "thousands_or_decimals": mark(
        "column {column}: {text} may be thousands or have three decimals; state the decimal sign in a mapping"
    ),
    "not_a_day": mark("column {column}: {text} is no day written as {pattern}; correct it, or the mapping's date"),
    "not_yes_or_no": mark("column {column}: {text} is neither yes ({yes}) nor no ({no}), as the mapping has them"),
    "too_short": mark("the line ends before column {column}, which begins at character {at}"),
    "no_such_column": mark("the file has no column {column}; it has {known}. Correct the mapping"),
    "no_column_number": mark("the file has only {count} columns, the mapping wants number {column}"),
    "entry_is_none": mark("the entry is no object with names and values"),
    "entry_is_list": mark("{column} holds neither text nor a number"),
    "no_rows": mark("the file has no entries at {path}; correct rows in the mapping"),
    "no_own_columns": mark("the columns are {theirs}; none is one of ours ({ours}). Make a mapping for this file"),
    "nothing": mark("the file is empty, or nothing follows the lines that the mapping skips"),
    "no_json": mark("this is no JSON: {detail}"),
    "no_xml": mark("this is no XML: {detail}"),
    "xml_entities": mark("the file declares entities of its own, which are not read; export it without them"),
    "no_xlsx": mark("this is no XLSX workbook, or it is damaged; save it anew"),
    "no_sheet": mark("the workbook has no sheet {sheet}; it has {known}"),
    "no_extra": mark("{format} files need the programs of the office; install tillmesh with the extra office"),
    "too_many_bytes": mark("the file has more than {limit} bytes; split it"),
    "rate_bad": mark("{text} is no rate in per cent like 19 or 8.1"),
}


class Fault(NamedTuple):
    """Why a line is not taken over; ``code`` is a key of ``REASONS``."""

    line: int
    code: str
    values: Mapping[str, str]


class Rows(NamedTuple):
    """Rows that are taken apart already (``app/office/mapping``): line number, and text by column or why it is none.

    A row need not have every column: what it lacks the file says nothing about.
    """

    columns: Collection[str]
    rows: Iterable[tuple[int, Mapping[str, str] | BadRow]]


class BadRow(ValueError):
    """A row that is not taken over."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def reason(fault: Fault, gettext: Callable[[str], str]) -> str:
    """The fault's reason, translated."""
    return gettext(REASONS[fault.code]).format_map(fault.values)


Source = str | bytes | Rows
"""What a file holds: its text, its bytes, or its rows."""


def read_rows(
    source: Source, required: Collection[str], value_of: Callable[[int, Mapping[str, str]], T]
) -> tuple[tuple[T, ...], tuple[Fault, ...]]:
    """The values of the good rows, in the order of the file, and the faults of the others.

    ``value_of`` gets the row's line number and its fields by column, stripped; it raises ``BadRow``.
    """
    values: list[T] = []
    faults: list[Fault] = []
    given = _given(source, required) if isinstance(source, Rows) else _rows(decoded(source), required)
    for line, row in given:
        try:
            if isinstance(row, BadRow):
                raise row
            values.append(value_of(line, row))
        except BadRow as bad:
            faults.append(Fault(line, bad.code, bad.values))
    return tuple(values), tuple(faults)


def _given(source: Rows, required: Collection[str]) -> Iterable[tuple[int, Mapping[str, str] | BadRow]]:
    for name in required:
        if name not in source.columns:
            return [(1, BadRow("no_column", column=name, required=", ".join(required)))]
    empty = dict.fromkeys(required, "")
    return ((line, row if isinstance(row, BadRow) else {**empty, **row}) for line, row in source.rows)


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
    columns = [name.strip().lower() for name in fields_of(lines[0], delimiter) or ()]
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
    for line, fields in records(lines, 1, delimiter, '"', len(columns)):
        if fields is None:
            yield line, BadRow("broken")
        elif len(fields) != len(columns):
            yield line, BadRow("fields", found=str(len(fields)), expected=str(len(columns)))
        else:
            yield line, {name: field.strip() for name, field in zip(columns, fields, strict=True)}


def records(
    lines: list[str], start: int, delimiter: str, quote: str, columns: int
) -> Iterator[tuple[int, list[str] | None]]:
    """The rows from ``lines[start]`` on with the number of their first line; None for one that is broken.

    A row goes on into the next lines only if that makes it a whole row; otherwise the fault
    stays with the line where it began, and the lines after it are read for themselves.
    """
    while start < len(lines):
        number, used = start + 1, 1
        if lines[start].strip():
            record = fields_of(lines[start], delimiter, quote)
            for length in range(2, MAX_LINES_OF_A_ROW + 1) if record is None else ():
                joined = fields_of("\n".join(lines[start : start + length]), delimiter, quote)
                if joined is not None and len(joined) == columns:
                    record, used = joined, length
                    break
            yield number, record
        start += used


def fields_of(record: str, delimiter: str, quote: str = '"') -> list[str] | None:
    """The fields of a row; None if a quote is open still or stands where none may be. No ``quote``: none has any."""
    if not quote or quote not in record:
        return record.split(delimiter)
    try:
        reader = csv.reader(
            io.StringIO(record, newline=""),
            delimiter=delimiter,
            quotechar=quote,
            strict=True,
        )
        rows = list(reader)
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
