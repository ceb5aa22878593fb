"""One field of a form: what may be typed into it, and what that means. Pure; values are texts as commands take them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from app.domain import till_numbers
from app.screens import amounts, wording
from app.screens.amounts import NotAnAmount
from app.screens.tasks.steps import Bad
from app.text import local

MAX_TEXT = 200
MAX_COUNT_DIGITS = 6
YES, NO = "yes", "no"
BADGE = "badge_number"
"""The name under which a form answers with a badge instead of what its fields ask."""

_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})")
_CENTURY = 2000
_SHORT_YEAR = 2


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    CODE = "code"
    """A number that may be scanned: article, voucher, receipt, badge."""
    AMOUNT = "amount"
    """``2000`` or ``20,`` -> ``20.00``."""
    QUANTITY = "quantity"
    PERCENT = "percent"
    COUNT = "count"
    """A whole number, 0 or more."""
    DATE = "date"
    """``24.12.2026`` -> ``2026-12-24``."""
    NUMBERS = "numbers"
    """Till numbers: ``2-4`` -> ``2,3,4``."""
    CHOICE = "choice"
    """One of ``options``: its number, or the beginning of its name."""
    SECRET = "secret"  # noqa: S105 - a kind of field


class Option(msgspec.Struct, frozen=True):
    """A value that may be chosen, and what people call it."""

    value: str
    label: str


class Field(msgspec.Struct, frozen=True):
    """``value``: what is there already. ``hint`` says how it is typed, if that is not plain."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    value: str = ""
    required: bool = False
    options: Sequence[Option] = ()
    hint: str = ""
    badge: Literal["", "fills", "answers"] = ""
    """What a badge that is held to its reader does here: it is typed in, or is the whole answer (``BADGE``)."""


def read(
    field: Field, text: str, minor_digits: int = 2, *, by_person: bool = False, by_scanner: bool = False
) -> str | Bad:
    """What was typed, as a command takes it; an empty entry is an empty value unless the field is ``required``.

    ``by_person``: certainly no scan; ``by_scanner``: certainly one.
    """
    text = text if field.kind is Kind.SECRET else text.strip()
    if not text:
        return Bad("field_needed", field.label) if field.required else ""
    scanned = amounts.is_scan(text) and not by_person
    if field.kind not in (Kind.CODE, Kind.SECRET) and scanned:
        return Bad("scan_is_no_text", text)
    if field.kind is Kind.AMOUNT and by_scanner and amounts.may_be_minor(text):
        return Bad("scan_is_no_money", text)
    match field.kind:
        case Kind.AMOUNT:
            return _amount(text, minor_digits)
        case Kind.QUANTITY:
            return amounts.quantity(text) or Bad("no_quantity", text[:20])
        case Kind.PERCENT:
            return amounts.percent(text) or Bad("no_percent", text[:20])
        case Kind.COUNT:
            fits = text.isascii() and text.isdigit() and len(text) <= MAX_COUNT_DIGITS
            return str(int(text)) if fits else Bad("no_count", text[:20])
        case Kind.DATE:
            return _date(text)
        case Kind.NUMBERS:
            return _numbers(text)
        case Kind.CHOICE:
            return _option(field, text)
    return text if len(text) <= MAX_TEXT else Bad("too_long", str(MAX_TEXT))


def shown(field: Field, value: str) -> str:
    """The value as people read it."""
    match field.kind:
        case Kind.SECRET:
            return "*" * len(value)
        case Kind.AMOUNT | Kind.QUANTITY | Kind.PERCENT:
            return local(value)
        case Kind.DATE:
            return wording.date(value)
        case Kind.CHOICE:
            return next((option.label for option in field.options if option.value == value), value)
    return value


def prefilled(field: Field, value: str) -> str:
    """The value as it would be typed: what the entry line begins with."""
    return "" if field.kind is Kind.SECRET else shown(field, value)


def _amount(text: str, minor_digits: int) -> str | Bad:
    if text.isascii() and text.isdigit() and int(text) == 0:
        return format_minor_zero(minor_digits)
    try:
        return amounts.amount(text, minor_digits)
    except NotAnAmount as fault:
        if fault.code == "amount_zero":
            return format_minor_zero(minor_digits)
        return Bad(fault.code, text[:20])


def format_minor_zero(minor_digits: int) -> str:
    """Nothing, with the currency's decimals."""
    return "0" if minor_digits == 0 else "0." + "0" * minor_digits


def _date(text: str) -> str | Bad:
    try:
        if match := _DATE.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
            return date(year + _CENTURY if len(match[3]) == _SHORT_YEAR else year, month, day).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return Bad("no_date", text[:20])


def _numbers(text: str) -> str | Bad:
    try:
        return ",".join(map(str, till_numbers.parse(text)))
    except ValueError:
        return Bad("no_numbers", text[:20])


def _option(field: Field, text: str) -> str | Bad:
    if text.isascii() and text.isdigit() and len(text) <= MAX_COUNT_DIGITS and 1 <= int(text) <= len(field.options):
        return field.options[int(text) - 1].value
    folded = text.casefold()
    exact = [option.value for option in field.options if option.label.casefold() == folded]
    begun = exact or [option.value for option in field.options if option.label.casefold().startswith(folded)]
    return begun[0] if len(begun) == 1 else Bad("no_option", text[:20])
