"""Master data and their past in words: the same in commands and on screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.text import day, local, mark
from app.text import gettext as _
from app.text import moment as moment_of

WHAT = {"new": mark("new"), "changed": mark("changed"), "removed": mark("removed"), "same": mark("said again")}
SHOWN_VALUES = 3
NUMBERS = ("_minor", "_milli", "_bp")
"""How names of amounts, quantities and per cent end."""
YES_OR_NO = (mark("yes"), mark("no"))


def form_lines(form: Mapping[str, Any]) -> list[str]:
    """A value with all its fields, and the version that it is."""
    fields = [f"{field['name']:24} {readable(field['sort'], field['text'])}" for field in form["fields"]]
    return [*fields, "", _("version {version}, {at} {by}").format(
        version=form["version"], at=moment(form["at"]), by=form["by"]).rstrip()]  # fmt: skip


def version_lines(row: Mapping[str, Any]) -> list[str]:
    """A version: when, who, what; below it each field before and after."""
    said = [moment(row["at"]), row["by"] or "-", f"{row['kind']} {row['key']}", _(WHAT[row["what"]]), row["change"]]
    changed = row["changed"] if row["what"] == "changed" else ()
    return [
        "  ".join(part for part in said if part),
        *(f"    {each['field']:22} {' -> '.join(before_and_after(each))}" for each in changed),
        *([f"    {crossed()}"] if row["crossed"] else []),
        f"    {row['version']}",
    ]


def crossed() -> str:
    """What is said of a version whose writer had not seen the one before."""
    return _("! said without knowing the version before: look at both, and take one back")


def change_line(row: Mapping[str, Any]) -> str:
    """A change of many values."""
    kinds = ", ".join(row["kinds"])
    return f"{moment(row['at'])}  {row['by'] or '-'}  {row['values']:>6} {kinds}  {row['change']}"


def plan_lines(row: Mapping[str, Any]) -> list[str]:
    """A change that is to come, and why it could not be done if it is due already."""
    values = (f"{name} {typed(name, value)}" for name, value in row["values"].items())
    what = _("remove") if row["removed"] else ", ".join(values)
    line = f"{row['plan']}  {moment(row['at'])}  {row['by'] or '-'}  {row['kind']} {row['of']}: {what}"
    return [line, *([f"    {row['fault']}"] if row["fault"] else [])]


def copy_line(row: Mapping[str, Any]) -> str:
    """A copy: when, before what, by whom."""
    before = row["change"] or ", ".join(row["values"][:SHOWN_VALUES])
    what = _("everything") if row["sort"] == "whole" else _("values")
    return f"{row['copy']}  {moment(row['at'])}  {row['by'] or '-'}  {what}  {before}"


def before_and_after(changed: Mapping[str, Any]) -> tuple[str, str]:
    """A field before and after, as people read it; a dash for nothing."""
    one, other = (readable(changed["sort"], changed[name]) or "-" for name in ("before", "after"))
    return one, other


def readable(sort: str, text: str) -> str:
    """A field's text (``app/office/master/fields.py``) in the language: 4,99 and 24.12.2026 where that is said so."""
    match sort:
        case "amount" | "quantity" | "percent":
            return local(text)
        case "yes_or_no":
            return _(text)
        case "text":
            return day(text)
    return text


def typed(name: str, value: Any) -> str:
    """What was typed for the field of this name, in the language."""
    text = str(value)
    return local(text) if name.endswith(NUMBERS) and text.replace(".", "", 1).isdigit() else day(text)


def moment(at: str) -> str:
    """An instant (ISO, UTC) as the clock on the wall had it, to the second."""
    return moment_of(at, seconds=True)
