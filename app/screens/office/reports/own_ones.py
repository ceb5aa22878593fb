"""Own reports made on the screen: what they are about, which columns, what is around them. Each is a file (TOML)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.office.reports import making, own
from app.office.reports.checking import check
from app.office.reports.definition import Form as PaperForm
from app.office.reports.definition import Layout, Query, Report, ReportFault, order_of
from app.office.reports.dimensions import DIMENSIONS
from app.office.reports.making import Choices
from app.office.reports.measures import MEASURES
from app.office.reports.own import ReportNotSaved, ReportUnknown
from app.office.reports.sources.every import SOURCES
from app.screens.office.desk import OfficeDesk
from app.screens.office.reports import words as report_words
from app.screens.office.reports.asking import choices_of, fields, query_of
from app.screens.office.reports.result import made, shown
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _

TRY, SAVE, DONE = "try", "save", "done"


async def new(desk: OfficeDesk) -> None:
    """A report from nothing: what it sums up comes first."""
    picked = await desk.choose(
        Choose(
            _("New report: what is summed up?"),
            [Column(_("Source"), 24), Column("", 0)],
            [Choice((_(name), _examples(key)), key, _examples(key)) for key, name in report_words.SOURCES.items()],
        )
    )
    if picked is None:
        return
    source = SOURCES[str(picked.value)]
    period = "this_month" if "day" in source.base else ""
    columns = (source.dimensions[-1] if "day" not in source.base else "day", source.measures[-1])
    await changed(desk, Report(_("New report"), Query(source.key, period=period), Layout(columns)), "")


def _examples(key: str) -> str:
    """What a source knows of each of its entries."""
    source = SOURCES[key]
    return ", ".join(map(report_words.column, (*source.measures[:4], *source.dimensions[:6])))


async def changed(desk: OfficeDesk, report: Report, name: str) -> None:
    """Part after part, until it is saved (under ``name``, or a new one) or Esc."""
    at = 0
    while True:
        parts = _parts(report)
        picked = await desk.choose(
            Choose(
                f"{_('Own report')} {name}".strip(),
                [Column(_("Part"), 22), Column("", 0)],
                [Choice((title, said), number) for number, (title, said) in enumerate(parts)],
                actions=(Action(2, TRY, _("Try")), Action(8, SAVE, _("Save"))),
                alone=(TRY, SAVE),
                at=at,
            )
        )
        if picked is None:
            if await desk.confirm(_("Own report"), _("Leave without saving?")):
                return
        elif picked.name == TRY:
            if (table := await made(desk, report, Choices())) is not None:
                await shown(desk, name or own.FOLDER, report, table)
        elif picked.name == SAVE:
            if await _saved(desk, report, name):
                return
        else:
            at = int(picked.value)
            report = await _PARTS[at](desk, report)


async def removed(desk: OfficeDesk, name: str) -> None:
    """Forget it, after a question."""
    if not await desk.confirm(_("Own report"), _("Remove the report {name}?").format(name=name)):
        return
    try:
        await desk.off(lambda: own.remove(desk.services.home, name))
    except (ReportUnknown, OSError) as error:
        desk.complain(str(error))
    else:
        await desk.did(f"report remove {name}")
        desk.tell(_("The report {name} is removed.").format(name=name))


async def _saved(desk: OfficeDesk, report: Report, name: str) -> bool:
    form = Form(
        _("Own report"), [Field("name", _("Name"), value=name, required=True, hint=_("small letters, digits, - and _"))]
    )
    while (filled := await desk.fill(form)) is not None:
        wanted = filled["name"]
        taken = wanted != name and wanted in await desk.off(lambda: own.names(desk.services.home))
        if taken and not await desk.confirm(_("Own report"), _("Replace it?"), wanted):
            continue
        try:
            path = await desk.off(lambda: own.save(desk.services.home, wanted, report))  # noqa: B023 - done at once
        except (ReportNotSaved, ReportFault) as fault:
            desk.complain(str(fault))
            continue
        await desk.did(f"report copy {path.stem}")
        desk.tell(_("Saved as {file}.").format(file=path.name))
        return True
    return False


def _parts(report: Report) -> Sequence[tuple[str, str]]:
    layout = report.layout
    by, falling = order_of(layout)
    order = [report_words.column(by) + (" ↓" if falling else "")] if by in layout.columns else []
    period = report_words.PERIODS.get(report.query.period)
    return (
        (_("Title"), report.title),
        (_("Columns"), ", ".join(map(report_words.column, layout.columns))),
        (_("Groups"), ", ".join(map(report_words.column, layout.groups))),
        (_("Order, sums, texts"), ", ".join(order)),
        (_("Period and choice"), _(period) if period else f"{report.query.start} {report.query.until}".strip()),
        (_("Form"), report.form.head),
    )


async def _title(desk: OfficeDesk, report: Report) -> Report:
    filled = await desk.fill(
        Form(
            _("Title"),
            [
                Field("title", _("Title"), value=report.title, required=True),
                Field("about", _("About"), value=report.about),
            ],
        )
    )
    return report if filled is None else msgspec.structs.replace(report, title=filled["title"], about=filled["about"])


async def _columns(desk: OfficeDesk, report: Report) -> Report:
    source = SOURCES[report.query.source]
    known = tuple(dict.fromkeys((*source.dimensions, *source.measures)))
    chosen = await _ordered(desk, _("Columns"), known, report.layout.columns)
    by = order_of(report.layout)[0]
    kept = {key: text for key, text in report.layout.headings.items() if key in chosen}
    layout = msgspec.structs.replace(
        report.layout, columns=chosen, headings=kept, order=report.layout.order if by in chosen else ""
    )
    return _checked(desk, report, msgspec.structs.replace(report, layout=layout))


async def _groups(desk: OfficeDesk, report: Report) -> Report:
    chosen = await _ordered(desk, _("Groups"), SOURCES[report.query.source].dimensions, report.layout.groups)
    columns = tuple(key for key in report.layout.columns if key not in chosen)
    layout = msgspec.structs.replace(report.layout, groups=chosen, columns=columns)
    return _checked(desk, report, msgspec.structs.replace(report, layout=layout))


async def _ordered(desk: OfficeDesk, title: str, known: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """Some of many in the order in which they were taken: Enter takes one, or leaves it out again."""
    taken, at = list(chosen), 0
    while True:
        rows = [
            Choice((str(taken.index(key) + 1) if key in taken else "", report_words.column(key), _kind(key)), key)
            for key in known
        ]
        picked = await desk.choose(
            Choose(
                title,
                [Column("", 3, numeric=True), Column(title, 26), Column("", 0)],
                rows,
                prompt=_("Enter takes it or leaves it out; Esc is done"),
                actions=(Action(8, DONE, _("Done")),),
                alone=(DONE,),
                at=at,
            )
        )
        if picked is None or picked.name == DONE:
            return tuple(taken)
        at = list(known).index(picked.value)
        if picked.value in taken:
            taken.remove(picked.value)
        else:
            taken.append(picked.value)


def _kind(key: str) -> str:
    return _("summed up") if key in MEASURES else _("groups and tells apart") if key in DIMENSIONS else _("a text")


async def _order(desk: OfficeDesk, report: Report) -> Report:
    layout = report.layout
    by, falling = order_of(layout)
    yes_no = [Option(YES, _("yes")), Option(NO, _("no"))]
    form = Form(
        _("Order, sums, texts"),
        [
            Field("order", _("Order by"), Kind.CHOICE, by,
                  options=[Option(key, report_words.column(key)) for key in layout.columns]),
            Field("falling", _("Largest first"), Kind.CHOICE, YES if falling else NO, options=yes_no),
            Field("limit", _("At most"), Kind.COUNT, str(layout.limit or ""), hint=_("rows of each group")),
            Field("sums", _("Sums"), Kind.CHOICE, YES if layout.sums else NO, options=yes_no),
            Field("blank_lines", _("Blank lines"), Kind.CHOICE, YES if layout.blank_lines else NO, options=yes_no),
            Field("before", _("Text above"), value=" / ".join(layout.before), hint=_("lines with / between them")),
            Field("after", _("Text below"), value=" / ".join(layout.after), hint=_("lines with / between them")),
        ],
    )  # fmt: skip
    filled = await desk.fill(form)
    if filled is None:
        return report
    sign = "-" if filled["order"] and filled["falling"] == YES else ""
    changed_ = msgspec.structs.replace(
        layout,
        order=sign + filled["order"],
        limit=int(filled["limit"] or 0),
        sums=filled["sums"] != NO,
        blank_lines=filled["blank_lines"] == YES,
        before=_text_lines(filled["before"]),
        after=_text_lines(filled["after"]),
    )
    return _checked(desk, report, msgspec.structs.replace(report, layout=changed_))


def _text_lines(typed: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in typed.split(" / ") if line.strip())


async def _query(desk: OfficeDesk, report: Report) -> Report:
    form = Form(_("Period and choice"), fields(report.query))
    while (filled := await desk.fill(form)) is not None:
        try:
            wanted = msgspec.structs.replace(report, query=query_of(report.query, filled))
            wanted = making.changed(wanted, choices_of(filled))
            check(wanted)
        except ReportFault as fault:
            desk.complain(str(fault))
            continue
        return wanted
    return report


async def _paper(desk: OfficeDesk, report: Report) -> Report:
    was = report.form
    yes_no = [Option(YES, _("yes")), Option(NO, _("no"))]
    charts = [Option(key, _(name)) for key, name in report_words.CHARTS.items()]
    form = Form(
        _("Form"),
        [
            Field("head", _("Head"), value=was.head),
            Field("foot", _("Foot"), value=was.foot),
            Field("page_numbers", _("Page numbers"), Kind.CHOICE, YES if was.page_numbers else NO, options=yes_no),
            Field("logo", _("Logo"), value=was.logo, hint=_("PNG or JPEG in the folder reports")),
            Field("landscape", _("Across"), Kind.CHOICE, YES if was.landscape else NO, options=yes_no),
            Field("chart", _("Chart"), Kind.CHOICE, was.chart, options=charts),
        ],
    )
    filled = await desk.fill(form)
    if filled is None:
        return report
    chart = filled["chart"]
    return msgspec.structs.replace(
        report,
        form=PaperForm(
            head=filled["head"],
            foot=filled["foot"],
            page_numbers=filled["page_numbers"] != NO,
            logo=filled["logo"],
            landscape=filled["landscape"] == YES,
            chart="bars" if chart == "bars" else "lines" if chart else "",
        ),
    )


def _checked(desk: OfficeDesk, report: Report, wanted: Report) -> Report:
    """What is wanted if it makes a report, else what there was, and why."""
    try:
        check(wanted)
    except ReportFault as fault:
        desk.complain(str(fault))
        return report
    return wanted


_PARTS = (_title, _columns, _groups, _order, _query, _paper)
