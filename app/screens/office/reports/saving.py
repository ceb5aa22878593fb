"""A report saved as a file: in which format, and where."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.office.outputs import every
from app.office.outputs.every import CannotWrite, Format
from app.office.outputs.forms import wishes_of
from app.office.reports.definition import Report
from app.office.reports.own import FOLDER
from app.office.reports.table import ReportTable
from app.screens.office.desk import OfficeDesk
from app.screens.office.reports import words as report_words
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field
from app.screens.tasks.form import Form
from app.text import gettext as _

FILES = "office/files"
"""Where files go that are given no folder, in the home."""


async def save(desk: OfficeDesk, name: str, report: Report, table: ReportTable, *, charted: bool = False) -> None:
    """Until it is saved, or Esc. ``charted``: with the chart that is looked at, even if its form has none."""
    if charted and not report.form.chart:
        report = msgspec.structs.replace(report, form=msgspec.structs.replace(report.form, chart="bars"))
    picked = await desk.choose(
        Choose(
            _("Save as"),
            [Column(_("Format"), 10), Column("", 0)],
            [Choice((key, _(about)), key) for key, about in report_words.FORMATS.items()],
        )
    )
    if picked is None:
        return
    format_ = every.FORMATS[str(picked.value)]
    day = desk.services.clock().date().isoformat()
    fields = [Field("file", _("File"), value=f"{name}-{day}{format_.suffixes[0]}", required=True)]
    where = desk.services.home / FILES
    form = Form(_("Save as"), fields, text=_("Without a folder it goes to {folder}.").format(folder=where))
    while (filled := await desk.fill(form)) is not None:
        path = _place(where, filled["file"])
        if await desk.off(path.exists) and not await desk.confirm(_("Save as"), _("Replace it?"), str(path)):
            continue
        if await _saved(desk, report, table, path, format_):
            return


def _place(where: Path, typed: str) -> Path:
    """``~`` is whoever's folder, and what has no folder at all goes where files go."""
    return where / Path(typed).expanduser()


async def _saved(desk: OfficeDesk, report: Report, table: ReportTable, path: Path, format_: Format) -> bool:
    """Whether it was; what was refused is told."""
    home, now = desk.services.home, desk.services.clock()

    def write() -> int:
        if path.parent == home / FILES:
            path.parent.mkdir(parents=True, exist_ok=True)
        return every.write(table, path, format_, wishes_of(report.form, home / FOLDER, now))

    async def work(_far: object) -> int:
        return await desk.off(write)

    try:
        size = await desk.long(_("Save as"), work, may_stop=False)
    except (CannotWrite, OSError) as error:
        desk.complain(str(error).removeprefix(f"{home / FILES}/"))  # one line must hold it
        return False
    await desk.did(f"report run --out {path}")
    desk.tell(_("{file} is saved ({size} kB).").format(file=path.name, size=-(-(size or 0) // 1024)))
    return True
