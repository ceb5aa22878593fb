"""A kind's fields as a form, and what was changed in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.screens.office.master import labels
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.text import gettext as _
from app.text import mark

SORTS: Mapping[str, Kind] = {
    "amount": Kind.AMOUNT,
    "quantity": Kind.QUANTITY,
    "yes_or_no": Kind.CHOICE,
    "choice": Kind.CHOICE,
    "secret": Kind.SECRET,
    "number": Kind.CODE,
    "list": Kind.CODE,
}
HINTS: Mapping[str, str] = {
    "percent": mark("such as 7,5"),
    "list": mark("several: a|b"),
    "structure": mark("JSON"),
    "secret": mark("empty: as it is"),
}
DATES = frozenset({"valid_from", "valid_until"})
CODES = frozenset({"ident_no", "container_deposit", "customer_no", "phone", "code", "barcode", "prefix"})
"""Texts that may be all digits, or scanned."""

Shown = Mapping[str, Any]


def fields_of(form: Shown, typed: Mapping[str, str]) -> list[Field]:
    """What is asked: not what makes the key of a value that is there; ``typed`` is what was typed before."""
    return [_field(each, typed) for each in _asked(form)]


def changed(form: Shown, filled: Mapping[str, str]) -> dict[str, str]:
    """What was typed anew."""
    return {
        each["name"]: filled[each["name"]]
        for each in _asked(form)
        if filled[each["name"]] != ("" if each["sort"] == "secret" else each["text"])
    }


def _asked(form: Shown) -> Sequence[Shown]:
    return [each for each in form["fields"] if not (form["key"] and each["key"])]


def _field(each: Shown, typed: Mapping[str, str]) -> Field:
    name, sort = each["name"], each["sort"]
    kind = SORTS.get(sort, Kind.TEXT)
    if name in DATES:
        kind = Kind.DATE
    elif sort == "text" and name in CODES:
        kind = Kind.CODE
    elif sort == "amount" and each["text"].startswith("-"):
        kind = Kind.TEXT
    options = [Option(option, option) for option in each["options"] if option]
    if sort == "yes_or_no":
        options = [Option(YES, _("yes")), Option(NO, _("no"))]
    return Field(
        name,
        labels.field(name),
        kind,
        typed.get(name, "" if sort == "secret" else each["text"]),
        required=each["required"] and sort != "text",
        options=options,
        hint=_(HINTS[sort]) if sort in HINTS else "",
    )
