"""What an import would change, in words: for the command line and the office's screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.text import day, local, mark
from app.text import gettext as _

SORTS = {"new": mark("new"), "changed": mark("changed"), "removed": mark("taken away"), "unchanged": mark("unchanged")}
NUMBERS = frozenset({"purchase_price", "rate", "credit_limit", "value", "total"})
"""Columns of amounts and per cent, beside the prices."""
YES_OR_NO = frozenset({"open_price", "discountable", "blocked"})


def summary(answer: Mapping[str, Any]) -> str:
    """How many of each sort."""
    told = _("{new} new, {changed} changed, {removed} taken away, {unchanged} unchanged, {bad} bad")
    return told.format(**{name: answer[name] for name in (*SORTS, "bad")})


def lines(change: Mapping[str, Any]) -> list[str]:
    """One change: what it is of, and below what becomes of each field."""
    name = f" {change['name']}" if change["name"] else ""
    shown = [f"{_(SORTS[change['sort']])}: {change['key']}{name}"]
    for field, before, after in change["fields"]:
        if change["sort"] == "new":
            shown.append(f"    {field}: {_read(field, after)}")
        else:
            shown.append(f"    {field}: {_read(field, before) or '-'} -> {_read(field, after) or '-'}")
    return shown


def _read(field: str, text: str) -> str:
    """A cell of the column, as the language writes it."""
    if field.startswith("price") or field in NUMBERS:
        return local(text)
    return _(text) if text in ("yes", "no") and field in YES_OR_NO else day(text)
