"""Reports: chosen from a list, asked for a period, read as a table or a chart, saved as a file.

They run in this process, off the loop: the books are read, and nothing of the engine waits.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.home import Home
from app.office.reports import own
from app.office.reports.definition import Report, ReportFault
from app.office.reports.making import FAILURES, known
from app.screens.office.desk import OfficeDesk
from app.screens.office.reports.asking import choices_of, fields, query_of
from app.screens.office.reports.own_ones import changed, new, removed
from app.screens.office.reports.result import made, shown
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action
from app.text import gettext as _

NEW, COPY, CHANGE, REMOVE = "new", "copy", "change", "remove"


async def reports(desk: OfficeDesk) -> None:
    """One report after the other."""
    typed = ""
    while True:
        picked = await desk.choose(_list(desk, typed))
        if picked is None:
            return
        typed = picked.text
        if picked.name == NEW:
            await new(desk)
            continue
        if picked.value is None or (report := await _read(desk, picked.value)) is None:
            continue
        match picked.name:
            case "":
                await _asked(desk, picked.value, report)
            case "change" if picked.value in await desk.off(lambda: own.names(desk.services.home)):
                await changed(desk, report, picked.value)
            case "remove":
                await removed(desk, picked.value)
            case _:  # what the program brings with it is changed by copying it
                await changed(desk, report, "")


def _list(desk: OfficeDesk, typed: str) -> Choose:
    home = Home(desk.services.home)

    def every() -> list[Choice]:
        mine = set(own.names(home.path))
        return [_choice(name, report, own_one=name in mine) for name, report in known(home)]

    async def find(text: str) -> Found:
        words = text.casefold().split()
        rows = await desk.off(every)
        meant = [row for row in rows if _has(words, *row.cells)]
        return Found([*meant, *(row for row in rows if row not in meant and _has(words, *row.cells, row.about))])

    return Choose(
        _("Reports"),
        [Column(_("Name"), 24), Column(_("Report"), 0), Column("", 8)],
        find=find,
        text=typed,
        actions=(
            Action(4, NEW, _("New")),
            Action(5, COPY, _("Copy")),
            Action(6, CHANGE, _("Change")),
            Action(7, REMOVE, _("Remove")),
        ),
        alone=(NEW,),
    )


def _has(words: Sequence[str], *texts: str) -> bool:
    whole = " ".join(texts).casefold()
    return all(word in whole for word in words)


def _choice(name: str, report: Report | None, *, own_one: bool) -> Choice:
    if report is None:
        return Choice((name, _("cannot be read; Enter says why"), ""), name)
    return Choice((name, _(report.title), _("own") if own_one else ""), name, _(report.about) if report.about else "")


async def _read(desk: OfficeDesk, name: str) -> Report | None:
    try:
        return await desk.off(lambda: own.find(desk.services.home, name))
    except FAILURES as error:
        desk.complain(str(error).removeprefix(f"{desk.services.home / own.FOLDER}/"))  # one line must hold it
        return None


async def _asked(desk: OfficeDesk, name: str, report: Report) -> None:
    """The parameters, and the result, until Esc; refused, they are there again as they were typed."""
    form = Form(_(report.title), fields(report.query, tenants=_several(desk)), text=_(report.about), finish=_("Show"))
    while (filled := await desk.fill(form)) is not None:
        try:
            wanted = msgspec.structs.replace(report, query=query_of(report.query, filled))
        except ReportFault as fault:
            desk.complain(str(fault))
            continue
        table = await made(desk, wanted, choices_of(filled))
        if table is not None:
            await shown(desk, name, wanted, table)


def _several(desk: OfficeDesk) -> bool:
    """Whether this may be asked of other networks of this office as well."""
    if "office_tenants" not in desk.rights:
        return False
    try:
        return bool(desk.services.tenants())
    except ValueError as fault:
        desk.complain(str(fault))
        return False
