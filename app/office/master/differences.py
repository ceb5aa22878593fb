"""What differs between two versions of a value, field by field, as people read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.master_words import readable
from app.office.master.fields import shown
from app.office.master.kinds import Kind

SUMMARY_WIDTH = 200


class Difference(msgspec.Struct, frozen=True):
    """A field before and after; an empty text is nothing."""

    field: str
    before: str
    after: str
    sort: str = ""
    """The field's, which says how it is read."""


def differences(
    kind: Kind | None, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, currency: str
) -> tuple[Difference, ...]:
    """Every field in which they differ, in the order of the fields; None: there is no value (any more).

    ``kind`` None: one of a newer version, whose values are compared as they are.
    """
    if kind is None:
        one, other = (str(dict(each)) if each is not None else "" for each in (before, after))
        return () if one == other else (Difference("", one, other),)
    found = []
    for field in kind.fields:
        one, other = (
            shown(field, each.get(field.name, field.default), currency) if each is not None else ""
            for each in (before, after)
        )
        if one != other and not (_nothing(one, field.default) and _nothing(other, field.default)):
            found.append(Difference(field.name, one, other, field.sort))
    return tuple(found)


def summary(kind: Kind | None, value: Mapping[str, Any] | None, currency: str) -> str:
    """The value in one line: what its fields say beside its key and what all say."""
    if kind is None or value is None:
        return ""
    beside = ("currency", *kind.keys)
    fields = [
        each for each in kind.fields if each.name not in beside and value.get(each.name, each.default) != each.default
    ]
    texts = [readable(each.sort, shown(each, value[each.name], currency)) for each in fields]
    return ", ".join(text for text in texts if text)[:SUMMARY_WIDTH]


def said(found: tuple[Difference, ...]) -> str:
    """In one line: ``price_minor 4.99 -> 5.49, unit Stk -> kg``."""
    return ", ".join(
        f"{each.field} {readable(each.sort, each.before) or '-'} -> {readable(each.sort, each.after) or '-'}"
        for each in found
    )


def _nothing(text: str, default: Any) -> bool:
    """Whether the field says no more than that the value is there: then a new value need not list it."""
    return not text or (text == "no" and default is False)
