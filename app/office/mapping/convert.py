"""One field's text, from another program's way of writing to ours and back. Pure.

Ours: amounts and rates with a decimal point and nothing between thousands, days as 2026-01-31, yes and no.
``Typed`` text comes from a file that says itself what is a number or a day (XLSX, JSON): only ``minor`` matters to it.

Whatever cannot be converted is a ``BadRow`` that names the column as the file does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from app.domain.money import minor_digits
from app.office.mapping.fields import Sort
from app.office.mapping.plan import FieldPlan, FilePlan
from app.office.rows import BadRow, shown

Convert = Callable[[str], str]


class Typed(str):
    """A number, day or truth value that the file's own format states, as our text."""

    __slots__ = ()


MAX_NUMBER = 40
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_BLANKS = re.compile(r"[ '\u00a0\u2009\u202f\u2019]")
_LIKE = {
    ",": re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]+)?"),
    ".": re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?"),
}
_DIGITS = {Sort.PERCENT: 2, Sort.QUANTITY: 3}
CENTURY_TURNS = 70
"""Years of two digits below it are of this century."""


def reader(each: FieldPlan, plan: FilePlan, sort: Sort, currency: str, heading: str) -> Convert:
    """From the file to us; ``heading`` is what the file calls the column."""
    typed = _reading(each, plan, sort, currency, heading)
    table = {key.strip().casefold(): value for key, value in each.table.items()}

    def read(text: str) -> str:
        if each.trim and not isinstance(text, Typed):
            text = text.strip()
        if not text.strip():
            return each.empty
        if table:
            found = table.get(text.strip().casefold(), table.get("*"))
            if found is None:
                raise BadRow("not_in_table", column=heading, text=shown(text), known=", ".join(list(each.table)[:20]))
            return found
        text = typed(text)
        if each.drop_zeros:
            text = text.lstrip("0") or "0"
        return text.rjust(each.digits, "0") if each.digits else text

    return read


def writer(each: FieldPlan, plan: FilePlan, sort: Sort, currency: str) -> Convert:
    """From us to the file: what ``reader`` reads as the same again."""
    typed = _writing(each, plan, sort, currency)
    table = {value: key for key, value in reversed(list(each.table.items())) if key != "*"}

    def write(text: str) -> str:
        if each.value is not None:
            return each.value
        return "" if not text else table[text] if text in table else typed(text)

    return write


def amount(text: str, decimal: str) -> str | None:
    """A number written with that decimal sign (``auto``: whichever it is) with a point; None: it is none.

    >>> amount("1.234,56", "auto"), amount("1,234.56", "auto"), amount("1.234,56", ".")
    ('1234.56', '1234.56', None)
    """
    text = _BLANKS.sub("", text)
    if len(text) > MAX_NUMBER or not any(character.isdigit() for character in text):
        return None
    sign = decimal if decimal != "auto" else _decimal_sign(text)
    if _LIKE[sign].fullmatch(text) is None:
        return None
    whole, _point, part = text.replace("." if sign == "," else ",", "").partition(sign)
    if whole in ("", "+", "-"):
        whole += "0"
    return f"{whole}.{part}" if part else whole


def day(text: str, pattern: str) -> str | None:
    """A day written in that pattern (one- or two-digit days and months) as ISO 8601; None: it is none."""
    expression = re.escape(pattern)
    for part, digits in (("YYYY", "[0-9]{4}"), ("YY", "[0-9]{2}"), ("MM", "[0-9]{1,2}"), ("DD", "[0-9]{1,2}")):
        # Without anything between the parts only the full number of digits can be told apart.
        exactly = "[0-9]{2}" if digits.endswith("{1,2}") and pattern.isalpha() else digits
        if f"<{part}" not in expression:
            expression = expression.replace(part, f"(?P<{part}>{exactly})", 1)
    found = re.fullmatch(expression, text)
    if found is None:
        return None
    parts = found.groupdict()
    year = int(parts["YYYY"]) if "YYYY" in parts else int(parts["YY"])
    if "YYYY" not in parts:
        year += 2000 if year < CENTURY_TURNS else 1900
    try:
        return date(year, int(parts["MM"]), int(parts["DD"])).isoformat()
    except ValueError:
        return None


def _decimal_sign(text: str) -> str:
    """The sign that stands last; one that comes several times only groups thousands."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if text.count(",") > 1:
        return "."
    return "," if comma >= 0 or text.count(".") > 1 else "."


def _reading(each: FieldPlan, plan: FilePlan, sort: Sort, currency: str, heading: str) -> Convert:
    if sort in (Sort.AMOUNT, Sort.PERCENT, Sort.QUANTITY):
        return _numbers(each.decimal or plan.decimal, _digits(sort, currency), sort, currency, heading)
    if sort is Sort.DAY:
        return _days(each.date or plan.date, heading)
    if each.yes:
        return _words(each, heading)
    return _as_it_is


def _numbers(decimal: str, digits: int, sort: Sort, currency: str, heading: str) -> Convert:
    def read(text: str) -> str:
        if decimal == "minor":
            if _WHOLE.fullmatch(text) is None:
                raise BadRow("not_minor", column=heading, text=shown(text))
            return _with_point(text, digits)
        if isinstance(text, Typed):
            return text
        bare = (
            text.removesuffix("%").removesuffix("€").removesuffix(currency).strip()
            if sort is not Sort.QUANTITY
            else text
        )
        found = amount(bare, decimal)
        if found is None:
            code = {",": "not_with_comma", ".": "not_with_point"}.get(decimal, "not_a_number")
            raise BadRow(code, column=heading, text=shown(text))
        if decimal == "auto" and _may_be_thousands(bare, digits):
            raise BadRow("thousands_or_decimals", column=heading, text=shown(text))
        return found

    return read


def _may_be_thousands(text: str, digits: int) -> bool:
    """Whether nobody can tell: one sign, three digits behind it, where the field has not three decimals."""
    return digits != 3 and re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", text) is not None


def _days(pattern: str, heading: str) -> Convert:
    def read(text: str) -> str:
        if isinstance(text, Typed):
            return text
        # Exports name an instant where only its day counts.
        text = text[:10] if pattern == "YYYY-MM-DD" and text[10:11] == "T" else text
        found = day(text, pattern)
        if found is None:
            raise BadRow("not_a_day", column=heading, text=shown(text), pattern=pattern)
        return found

    return read


def _words(each: FieldPlan, heading: str) -> Convert:
    meaning = {word.strip().casefold(): "yes" for word in each.yes} | {
        word.strip().casefold(): "no" for word in each.no
    }

    def read(text: str) -> str:
        if isinstance(text, Typed) and text in ("yes", "no"):
            return text
        found = meaning.get(text.strip().casefold())
        if found is None:
            raise BadRow(
                "not_yes_or_no", column=heading, text=shown(text), yes=", ".join(each.yes), no=", ".join(each.no)
            )
        return found

    return read


def _writing(each: FieldPlan, plan: FilePlan, sort: Sort, currency: str) -> Convert:
    if sort in (Sort.AMOUNT, Sort.PERCENT, Sort.QUANTITY):
        decimal, digits = each.decimal or plan.decimal, _digits(sort, currency)
        if decimal == "minor":
            return lambda text: _without_point(text, digits)
        return (lambda text: text.replace(".", ",")) if decimal == "," else _as_it_is
    if sort is Sort.DAY:
        pattern = each.date or plan.date
        return lambda text: _day_as(text, pattern)
    if each.yes:
        return lambda text: each.yes[0] if text == "yes" else each.no[0] if text == "no" else text
    return _as_it_is


def _as_it_is(text: str) -> str:
    return text


def _digits(sort: Sort, currency: str) -> int:
    return _DIGITS[sort] if sort in _DIGITS else minor_digits(currency)


def _with_point(text: str, digits: int) -> str:
    sign, number = ("-", text[1:]) if text.startswith("-") else ("", text.lstrip("+"))
    number = number.lstrip("0").rjust(digits + 1, "0")
    return f"{sign}{number[:-digits]}.{number[-digits:]}" if digits else sign + number


def _without_point(text: str, digits: int) -> str:
    if _PLAIN.fullmatch(text) is None:
        return text
    whole, _point, part = text.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + ((whole + part.ljust(digits, "0")).lstrip("0") or "0")


def _day_as(text: str, pattern: str) -> str:
    """An instant's day counts; what is no day stays as it is."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return text
    year = f"{found.year:04}"
    written = pattern.replace("YYYY", year).replace("YY", year[2:])
    return written.replace("MM", f"{found.month:02}").replace("DD", f"{found.day:02}")
