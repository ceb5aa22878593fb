"""Making a mapping of a file that is there: its layout, then each field of ours, the file's first lines in view."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.office.exchange import mappings
from app.office.files import COLUMNS, REQUIRED
from app.office.mapping.plan import DECIMALS, ENCODINGS, FORMATS, FieldPlan, FilePlan, checked
from app.office.mapping.reading import Sample, format_of, sample
from app.screens.office.attempts import tried
from app.screens.office.desk import OfficeDesk
from app.screens.office.files.field_form import field_of, place_of
from app.screens.office.files.kinds import KINDS
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _
from app.text import mark

SAVE, LAYOUT = "save", "layout"
SAMPLED = 5
LINES_SHOWN = 4
LINE_SHOWN = 76

_DECIMALS = {
    "auto": mark("found by itself: 1.234,56 or 1,234.56"),
    ",": mark("comma: 1.234,56"),
    ".": mark("point: 1,234.56"),
    "minor": mark("whole cents: 123456"),
}


async def make(
    desk: OfficeDesk, what: str, file: Path, data: bytes, name: str = "", plan: FilePlan | None = None
) -> None:
    """Make one, or change the one of that name, until it is saved or given up."""
    if plan is None:
        plan = FilePlan(what, format_of(file.name, data))
        asked: FilePlan | None = plan
    else:
        asked = None
    while True:
        if asked is not None:
            laid_out = await _layout(desk, file, data, plan)
            if laid_out is None:
                return
            plan = laid_out
        layout = plan
        seen = await tried(desk, lambda: sample(data, layout, SAMPLED))  # noqa: B023 - it is called at once
        if seen is None:
            asked = plan
            continue
        if not plan.fields:
            plan = msgspec.structs.replace(plan, fields=_alike(plan, seen))
        changed = await _fields(desk, plan, seen)
        if changed is None:
            return
        plan, again = changed
        if again:
            asked = plan
            continue
        if await _saved(desk, name or file.stem, plan):
            return
        asked = None


async def _layout(desk: OfficeDesk, file: Path, data: bytes, plan: FilePlan) -> FilePlan | None:
    """How the file is laid out; None: Esc."""
    said = {
        "format": plan.format,
        "encoding": plan.encoding,
        "separator": plan.separator,
        "header": "yes" if plan.header else "no",
        "skip_rows": str(plan.skip_rows),
        "rows": plan.rows,
        "sheet": plan.sheet,
        "decimal": plan.decimal,
        "date": plan.date,
    }
    while True:
        seen = await desk.off(lambda: _beginning(data, plan))
        yes_or_no = [Option("yes", _("yes")), Option("no", _("no"))]
        fields = [
            Field("format", _("Format"), Kind.CHOICE, said["format"], options=[Option(f, f) for f in FORMATS]),
            Field("encoding", _("Encoding"), Kind.CHOICE, said["encoding"], options=[Option(e, e) for e in ENCODINGS]),
            Field("separator", _("Separator"), Kind.TEXT, said["separator"], hint=_("; or , or tab or auto")),
            Field("header", _("Header line"), Kind.CHOICE, said["header"], options=yes_or_no),
            Field("skip_rows", _("Lines to skip"), Kind.COUNT, said["skip_rows"], hint=_("before the header")),
            Field("rows", _("Path of the entries"), Kind.TEXT, said["rows"], hint=_("JSON and XML: shop/article")),
            Field("sheet", _("Sheet"), Kind.TEXT, said["sheet"], hint=_("of a workbook; the first if empty")),
            Field(
                "decimal", _("Decimal sign"), Kind.CHOICE, said["decimal"],
                options=[Option(d, _(_DECIMALS[d])) for d in DECIMALS],
            ),
            Field("date", _("Days"), Kind.TEXT, said["date"], hint="DD.MM.YYYY"),
        ]  # fmt: skip
        filled = await desk.fill(
            Form(_("Layout of {file}").format(file=file.name), fields, text=seen, finish=_("Next"))
        )
        if filled is None:
            return None
        said = filled
        made = await tried(desk, lambda: _laid_out(plan, said))  # noqa: B023 - it is called at once
        if made is not None:
            return made


def _laid_out(plan: FilePlan, said: dict[str, str]) -> FilePlan:
    """The plan with this layout; its fields only where the layout leaves their places as they are."""
    made = msgspec.structs.replace(
        plan,
        format=said["format"],
        encoding=said["encoding"],
        separator=said["separator"] or "auto",
        header=said["header"] != "no",
        skip_rows=int(said["skip_rows"] or 0),
        rows=said["rows"],
        sheet=said["sheet"],
        decimal=said["decimal"],
        date=said["date"] or "YYYY-MM-DD",
    )
    tabular = ("csv", "xlsx")
    same = made.header == plan.header and (
        made.format == plan.format or (made.format in tabular and plan.format in tabular)
    )
    fields = plan.fields if same else ()
    if not fields and made.format == "fixed":
        # Fields without places are no plan yet; they get theirs next.
        checked(msgspec.structs.replace(made, format="csv", fields=()))
        return msgspec.structs.replace(made, fields=())
    return checked(msgspec.structs.replace(made, fields=fields))


def _beginning(data: bytes, plan: FilePlan) -> str:
    """The file's first lines, or its columns; why there are none."""
    try:
        seen = sample(data, msgspec.structs.replace(plan, fields=()), LINES_SHOWN)
    except ValueError as fault:
        return str(fault)
    lines = seen.lines or (" | ".join(seen.headings), *(" | ".join(row) for row in seen.rows))
    return "\n".join(line[:LINE_SHOWN].replace("\t", " ") for line in lines[:LINES_SHOWN])


def _alike(plan: FilePlan, seen: Sample) -> tuple[FieldPlan, ...]:
    """Columns that have our own names are what they say."""
    names = {heading.strip().lower(): heading for heading in seen.headings}
    if not plan.header:
        return ()
    return tuple(FieldPlan(to, source=names[to]) for to in COLUMNS[plan.what] if to in names)


async def _fields(desk: OfficeDesk, plan: FilePlan, seen: Sample) -> tuple[FilePlan, bool] | None:
    """Where each field comes from; with whether the layout is wanted again. None: Esc."""
    at = 0
    while True:
        of = {each.to: each for each in plan.fields}
        known = [*COLUMNS[plan.what], *(name for name in of if name not in COLUMNS[plan.what])]
        choices = [
            Choice(
                (
                    f"{name} *" if name in REQUIRED[plan.what] else name,
                    place_of(of[name]) if name in of else "-",
                    _example(of.get(name), seen),
                ),
                name,
            )
            for name in known
        ]
        picked = await desk.choose(
            Choose(
                _("Fields of {what} (* must be there)").format(what=_(KINDS[plan.what][0])),
                [Column(_("Our field"), 20), Column(_("In the file"), 26), Column(_("Example"), 0)],
                choices,
                actions=(Action(2, LAYOUT, _("Layout")), Action(8, SAVE, _("Save"))),
                alone=(LAYOUT, SAVE),
                at=at,
            )
        )
        if picked is None:
            return None
        if picked.name == LAYOUT:
            return plan, True
        if picked.name == SAVE:
            whole = plan
            if await tried(desk, lambda: checked(whole)) is not None:  # noqa: B023 - it is called at once
                return plan, False
            continue
        at = known.index(picked.value)
        chosen = await field_of(desk, plan, str(picked.value), of.get(str(picked.value)), seen)
        if chosen is not None:
            rest = {to: each for to, each in of.items() if to != picked.value}
            now = rest if chosen.to == "" else {**rest, chosen.to: chosen}
            plan = msgspec.structs.replace(plan, fields=tuple(now[name] for name in known if name in now))


def _example(each: FieldPlan | None, seen: Sample) -> str:
    """The field's first text in the file."""
    if each is None or each.value is not None:
        return ""
    if each.width:
        line = seen.lines[-1] if seen.lines else ""
        return line[each.at - 1 : each.at - 1 + each.width].strip()
    column = each.column - 1
    if not each.column:
        names = [heading.strip().casefold() for heading in seen.headings]
        wanted = each.source.strip().casefold()
        column = names.index(wanted) if wanted in names else -1
    return next((row[column] for row in seen.rows if 0 <= column < len(row) and row[column]), "")


async def _saved(desk: OfficeDesk, name: str, plan: FilePlan) -> bool:
    home = desk.services.home
    while True:
        form = Form(_("Save the mapping"), [Field("name", _("Name"), Kind.TEXT, name, required=True)])
        filled = await desk.fill(form)
        if filled is None:
            return False
        name = filled["name"]
        there = name in await desk.off(lambda: mappings.names(home))
        if there and not await desk.confirm(_("Mapping"), _("Replace {name}?").format(name=name)):
            continue
        saved = await tried(desk, lambda: mappings.save(home, name, plan))  # noqa: B023 - it is called at once
        if saved is not None:
            desk.tell(_("{file} is written").format(file=saved.name))
            return True
