"""A file out: which kind, in which format or by which mapping, and where to."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.config import CURRENCY
from app.office.exchange import exporting
from app.office.exchange.packing import unpack_values
from app.office.files import EXPORTS
from app.office.mapping.plan import FilePlan
from app.office.whole_file import check_folder, write_whole
from app.screens.office.attempts import tried
from app.screens.office.desk import OfficeDesk
from app.screens.office.files.kinds import choose_kind
from app.screens.office.files.taking_in import of_kind
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.showing import Far
from app.text import gettext as _

PLAIN = (("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON"), ("xml", "XML"))
AS_MAPPED = "as-mapped"


async def handing_out(desk: OfficeDesk) -> None:
    """Until the file is written, or whoever began it has had enough."""
    while (what := await choose_kind(desk, _("Export: what the file holds"), EXPORTS)) is not None:
        chosen = await _layout(desk, what)
        if chosen is not None and await _written(desk, what, *chosen):
            return


async def _layout(desk: OfficeDesk, what: str) -> tuple[str, FilePlan] | None:
    kept = await desk.off(lambda: of_kind(desk.services.home, what))
    choices = [Choice((label, ""), (what, FilePlan(what, name, separator=";"))) for name, label in PLAIN]
    choices += [Choice((name, plan.format), (name, plan)) for name, plan in kept]
    columns = [Column(_("Format or mapping"), 40), Column("", 0)]
    picked = await desk.choose(Choose(_("Export: how the file is laid out"), columns, choices))
    return None if picked is None else picked.value


async def _written(desk: OfficeDesk, what: str, name: str, plan: FilePlan) -> bool:
    encodings = [
        Option(AS_MAPPED, _("as the mapping says (else UTF-8)")),
        Option("utf-8-sig", _("UTF-8 with a mark, for spreadsheets")),
        Option("cp1252", "Windows-1252"),
        Option("cp850", "DOS 850"),
    ]
    end = {"fixed": "txt"}.get(plan.format, plan.format)
    fields = [
        Field("folder", _("Folder"), Kind.TEXT, required=True, hint="/media/disk"),
        Field("name", _("File"), Kind.TEXT, f"{name}.{end}", required=True),
    ]
    if plan.format in ("csv", "fixed", "json", "xml"):
        fields.append(Field("encoding", _("Encoding"), Kind.CHOICE, AS_MAPPED, options=encodings))
    filled = await desk.fill(Form(_("Export"), fields, finish=_("Write")))
    if filled is None:
        return False
    if filled.get("encoding", AS_MAPPED) not in ("", AS_MAPPED):
        plan = msgspec.structs.replace(plan, encoding=filled["encoding"])

    async def packed(_far: Far) -> str | None:
        answer = await desk.ask("export_packed", what=what)
        return None if answer is None else str(answer)

    rows = await desk.long(_("Export"), packed, may_stop=False)
    if rows is None:
        return False

    def write() -> Path:
        exporting.check(plan)
        folder = check_folder(Path(filled["folder"]).expanduser())
        return write_whole(
            folder / Path(filled["name"]).name, what, exporting.exported(plan, unpack_values(rows), CURRENCY)
        )

    file = await tried(desk, write, _("Export"))
    if file is not None:
        await desk.did(f"export {what} --out {file}")
        desk.tell(_("{file} is written").format(file=file.name))
    return file is not None
