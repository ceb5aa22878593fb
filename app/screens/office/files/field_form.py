"""Where one field of ours comes from, and how it is written there."""

from __future__ import annotations

from typing import Any

import msgspec

from app.office.mapping.fields import Sort, sort_of
from app.office.mapping.plan import DECIMALS, FieldPlan, FilePlan
from app.office.mapping.reading import Sample
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _

CONSTANT, NOWHERE = "constant", "nowhere"
NOT_THERE = FieldPlan("")
"""The answer for a field that the file does not have."""
RULER = "".join(f"{tens}---5----" for tens in range(8))


def place_of(each: FieldPlan) -> str:
    """Where a field comes from, for people."""
    if each.value is not None:
        return f"= {each.value}"
    if each.width:
        return _("{at} to {until}").format(at=each.at, until=each.at + each.width - 1)
    return _("column {number}").format(number=each.column) if each.column else each.source


async def field_of(
    desk: OfficeDesk, plan: FilePlan, name: str, before: FieldPlan | None, seen: Sample
) -> FieldPlan | None:
    """The field as it is to be; ``NOT_THERE`` if the file has none; None: Esc, it stays as it was."""
    if plan.format == "fixed":
        return await _conversions(desk, plan, before or FieldPlan(name, at=1, width=1), seen, fixed=True)
    rows = [
        Choice((heading, next((row[at] for row in seen.rows if at < len(row) and row[at]), "")), at)
        for at, heading in enumerate(seen.headings)
    ]
    picked = await desk.choose(
        Choose(
            _("Column for {field}").format(field=name),
            [Column(_("In the file"), 30), Column(_("Example"), 0)],
            rows,
            actions=(Action(2, CONSTANT, _("Value")), Action(9, NOWHERE, _("None"))),
            alone=(CONSTANT, NOWHERE),
        )
    )
    if picked is None:
        return None
    if picked.name == NOWHERE:
        return NOT_THERE
    if picked.name == CONSTANT:
        value = before.value if before is not None and before.value is not None else ""
        form = Form(name, [Field("value", _("The same in every row"), Kind.TEXT, value, required=True)])
        filled = await desk.fill(form)
        return None if filled is None else FieldPlan(name, value=filled["value"])
    kept = msgspec.structs.replace(before or FieldPlan(name), source="", column=0, at=0, width=0, value=None)
    heading = seen.headings[int(picked.value)]
    by_number = plan.format in ("csv", "xlsx") and (not plan.header or list(seen.headings).count(heading) > 1)
    place: dict[str, Any] = {"column": int(picked.value) + 1} if by_number else {"source": heading}
    return await _conversions(desk, plan, msgspec.structs.replace(kept, **place), seen)


async def _conversions(
    desk: OfficeDesk, plan: FilePlan, each: FieldPlan, seen: Sample, *, fixed: bool = False
) -> FieldPlan | None:
    """The field with how it is written, as somebody says it."""
    sort = sort_of(plan.what, each.to)
    fields = []
    if fixed:
        fields += [
            Field("at", _("First character"), Kind.COUNT, str(each.at), required=True),
            Field("width", _("Characters"), Kind.COUNT, str(each.width), hint=_("0: not in the file")),
        ]
    if sort in (Sort.AMOUNT, Sort.PERCENT, Sort.QUANTITY):
        options = [Option("", _("as the whole file")), *(Option(sign, sign) for sign in DECIMALS)]
        fields.append(Field("decimal", _("Decimal sign"), Kind.CHOICE, each.decimal, options=options))
    if sort is Sort.DAY:
        fields.append(Field("date", _("Days"), Kind.TEXT, each.date, hint=_("DD.MM.YYYY; empty: as the whole file")))
    if sort is Sort.YES_NO:
        fields += [
            Field("yes", _("Words for yes"), Kind.TEXT, ", ".join(each.yes)),
            Field("no", _("Words for no"), Kind.TEXT, ", ".join(each.no)),
        ]
    if sort in (Sort.TEXT, Sort.COUNT):
        zeros = "drop" if each.drop_zeros else "keep"
        fields += [
            Field("zeros", _("Zeros in front"), Kind.CHOICE, zeros,
                  options=[Option("keep", _("stay")), Option("drop", _("go"))]),
            Field("digits", _("Fill up with zeros to"), Kind.COUNT, str(each.digits), hint=_("digits; 0: not")),
        ]  # fmt: skip
    table = ", ".join(f"{key}={value}" for key, value in each.table.items())
    fields += [
        Field("table", _("Table"), Kind.TEXT, table, hint=_("A=1, B=2, *=0")),
        Field("empty", _("If empty"), Kind.TEXT, each.empty),
    ]
    text = "\n".join((RULER, *seen.lines[-3:])) if fixed else f"{each.to}: {place_of(each)}"
    filled = await desk.fill(Form(each.to, fields, text=text, finish=_("Done")))
    return None if filled is None else _as_filled(each, filled)


def _as_filled(each: FieldPlan, filled: dict[str, str]) -> FieldPlan:
    changes: dict[str, Any] = {"empty": filled["empty"], "table": _table(filled["table"])}
    for name in ("decimal", "date"):
        if name in filled:
            changes[name] = filled[name]
    for name in ("yes", "no"):
        if name in filled:
            changes[name] = tuple(word.strip() for word in filled[name].split(",") if word.strip())
    if "zeros" in filled:
        changes |= {"drop_zeros": filled["zeros"] == "drop", "digits": int(filled["digits"] or 0)}
    if "width" in filled:
        changes |= {"at": int(filled["at"]), "width": int(filled["width"] or 0)}
        if not changes["width"]:
            return NOT_THERE
    return msgspec.structs.replace(each, **changes)


def _table(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {key.strip(): value.strip() for key, _sign, value in pairs if key.strip()}
