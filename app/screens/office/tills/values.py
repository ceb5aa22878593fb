"""Branches, device groups and number pools: a list of each, a form, and removing what no till uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app import till_words
from app.domain.number_range import DEFAULT_DIGITS, KINDS
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _

NEW, REMOVE = "new", "remove"
Fields = Callable[[Mapping[str, Any]], list[Field]]


async def branches(desk: OfficeDesk) -> None:
    """Branches, and what receipts of their tills say."""
    await _values(desk, "branch", _("Branches"), _branch)


async def groups(desk: OfficeDesk) -> None:
    """Device groups."""
    await _values(desk, "device_group", _("Device groups"), _group)


async def pools(desk: OfficeDesk) -> None:
    """Number pools."""
    await _values(desk, "number_pool", _("Number pools"), _pool)


async def _values(desk: OfficeDesk, subject: str, title: str, fields: Fields) -> None:
    while True:
        rows = await desk.ask("till_values", subject=subject)
        if rows is None:
            return
        picked = await desk.choose(
            Choose(
                title,
                [Column("", 0)],
                [Choice((till_words.value(row),), row) for row in rows],
                actions=(Action(2, NEW, _("New")), Action(3, REMOVE, _("Remove"))),
                alone=(NEW,),
                empty=_("There is none yet. F2 makes one."),
            )
        )
        if picked is None:
            return
        if picked.name == REMOVE:
            key = picked.value["key"]
            if await desk.confirm(title, _("Remove {key}?").format(key=key)):
                await desk.ask("till_value_remove", subject=subject, key=key, by=desk.user)
        else:
            await _set(desk, subject, title, fields({} if picked.name == NEW else picked.value))


async def _set(desk: OfficeDesk, subject: str, title: str, fields: list[Field]) -> None:
    form = Form(title, fields)
    while (filled := await desk.fill(form)) is not None:
        value: dict[str, Any] = dict(filled)
        for field in fields:
            if field.kind is Kind.COUNT:
                value[field.name] = int(filled[field.name])
        for name in ("head", "foot"):
            if name in value:
                value[name] = [line for each in filled[name].split("|") if (line := each.strip())]
        if await desk.ask("till_value_set", subject=subject, value=value, by=desk.user) is not None:
            return


def _branch(now: Mapping[str, Any]) -> list[Field]:
    hint = _("lines with | between them")
    return [
        Field("branch", _("Id"), value=now.get("branch", ""), required=True, hint=_("short, like koeln")),
        Field("name", _("Name"), value=now.get("name", ""), required=True),
        Field("head", _("Above receipts"), value=" | ".join(now.get("head", ())), hint=hint),
        Field("foot", _("Below receipts"), value=" | ".join(now.get("foot", ())), hint=hint),
    ]


def _group(now: Mapping[str, Any]) -> list[Field]:
    return [
        Field("group", _("Id"), value=now.get("group", ""), required=True, hint=_("short, like fair")),
        Field("name", _("Name"), value=now.get("name", ""), required=True),
    ]


def _pool(now: Mapping[str, Any]) -> list[Field]:
    kinds = [Option(kind, _(till_words.RANGES[kind])) for kind in KINDS]

    def count(name: str, label: str, default: int) -> Field:
        return Field(name, label, Kind.COUNT, str(now.get(name, default)), required=True)

    return [
        Field("pool", _("Id"), value=now.get("pool", ""), required=True, hint=_("short, like R26")),
        Field("kind", _("Numbers of"), Kind.CHOICE, now.get("kind", "receipt"), required=True, options=kinds),
        Field("prefix", _("Before each number"), value=now.get("prefix", ""), hint=_("its end is no digit: R26/")),
        count("start", _("The first number"), 1),
        count("end", _("The last number"), 99_999),
        count("block", _("For a till at once"), 1_000),
        count("digits", _("Digits"), DEFAULT_DIGITS),
    ]
