"""A field's value as text, and out of text. Pure.

Amounts, quantities and per cent have a decimal point or comma; lists are separated by ``|``; what has parts of its
own (the keys of a catalogue's page) is JSON. A value as it is kept (cents, basis points) is taken as well.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.domain.money import format_minor, parse_minor
from app.domain.quantity import format_milli, parse_milli
from app.domain.vat import format_rate
from app.office.master.kinds import Field
from app.office.rows import NO, YES
from app.text import gettext as _
from app.text import mark

PERCENT_AS = "EUR"
"""Per cent with two decimals are basis points, just as euros are cents."""
SHOWN = 40
HOW = {
    "amount": mark("{field}: {text} is no amount like 4.99"),
    "quantity": mark("{field}: {text} is no quantity like 1.5"),
    "percent": mark("{field}: {text} is no percentage like 7.5"),
    "number": mark("{field}: {text} is no whole number"),
    "yes_or_no": mark("{field}: {text} is neither yes nor no"),
    "choice": mark("{field}: {text} is none of {options}"),
    "list": mark("{field}: {text} is no list; separate its parts by |"),
    "structure": mark("{field}: {text} is no JSON"),
    "text": mark("{field}: {text} is no text"),
    "secret": mark("{field}: {text} is no text"),
}


class FieldBad(ValueError):
    """What was given cannot be this field's value; the text is a sentence that says what can."""


def shown(field: Field, value: Any, currency: str) -> str:
    """The value as people read and type it; nothing is the empty text."""
    if value is None:
        return ""
    match field.sort:
        case "amount":
            return format_minor(value, currency)
        case "quantity":
            return format_milli(value)
        case "percent":
            return ("-" if value < 0 else "") + format_rate(abs(value))
        case "yes_or_no":
            return "yes" if value else "no"
        case "list":
            return "|".join(map(str, value))
        case "structure":
            return value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return str(value)


def read(field: Field, given: Any, currency: str) -> Any:
    """The value that the text, or JSON, means; ``FieldBad`` if it means none."""
    if not isinstance(given, str):
        return _taken(field, given)
    text = given.strip() if field.sort != "secret" else given
    if not text and field.sort not in ("text", "list", "secret"):
        if field.required and not field.empty:
            raise _bad(field, given)
        return None if field.empty else field.default
    try:
        return _read(field, text, currency)
    except ValueError:
        raise _bad(field, given) from None


def _read(field: Field, text: str, currency: str) -> Any:
    match field.sort:
        case "amount":
            return parse_minor(text, currency, negative=True)
        case "quantity":
            return 0 if text.strip("0.,") == "" else parse_milli(text)
        case "percent":
            return parse_minor(text.removesuffix("%").strip(), PERCENT_AS, negative=True)
        case "number":
            return _number(text)
        case "yes_or_no":
            return _yes_or_no(text)
        case "choice":
            if text not in field.options:
                raise ValueError(text)
        case "list":
            parts = [part.strip() for part in text.split("|") if part.strip()]
            return [_number(part) for part in parts] if field.item == "number" else parts
        case "structure":
            return _structure(text)
    return text


def _number(text: str) -> int:
    if not text.isascii() or len(text) > 16:
        raise ValueError(text)
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise ValueError(text)


def _structure(text: str) -> Any:
    """JSON; a bare word is itself (``derived_from`` is a number or ``purchase``)."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        if text.isidentifier():
            return text
        raise ValueError(text) from None


def _taken(field: Field, given: Any) -> Any:
    """A value of JSON, as it is kept."""
    fits = {
        "amount": int, "quantity": int, "percent": int, "number": int, "yes_or_no": bool, "list": list,
        "structure": object, "choice": str, "text": str, "secret": str,
    }[field.sort]  # fmt: skip
    if given is None and field.empty:
        return None
    if not isinstance(given, fits) or (fits is int and isinstance(given, bool)):
        raise _bad(field, given)
    return given


def _bad(field: Field, given: Any) -> FieldBad:
    text = given if isinstance(given, str) else repr(given)
    return FieldBad(
        _(HOW[field.sort]).format(
            field=field.name, text=text[:SHOWN] or '""', options=", ".join(filter(None, field.options))
        )
    )
