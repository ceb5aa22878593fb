"""A web shop's orders: what its file would do, then exactly that; what became of them, as a file for the shop."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from app.office import orders
from app.office.rows import decoded
from app.office.whole_file import check_folder, write_whole
from app.screens.office.attempts import refused, tried
from app.screens.office.desk import OfficeDesk
from app.screens.office.files.browsing import choose_file
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused

TAKE, SKIP, ANYWAY = "take", "skip", "anyway"
FILE_BYTES_MAX = 12 * 1024 * 1024
FAULTS_SHOWN = 100


async def shop_orders(desk: OfficeDesk) -> None:
    """In or out."""
    tasks = (
        (_("Take in"), _("what is new, changed or cancelled there"), _taken_in),
        (_("Hand out"), _("what became of each order: open, picked up, cancelled"), _handed_out),
    )
    while True:
        picked = await desk.choose(
            Choose(
                _("Web shop's orders"),
                [Column(_("Task"), 14), Column("", 0)],
                [Choice((title, about), task) for title, about, task in tasks],
            )
        )
        if picked is None:
            return
        await picked.value(desk)


async def _taken_in(desk: OfficeDesk) -> None:
    title = _("Web shop's orders")
    file = await choose_file(desk, title, Path.cwd())
    text = None if file is None else await tried(desk, lambda: _text_of(file))
    if file is None or text is None:
        return
    while (looked := await _asked(desk, text, dry_run=True)) is not None:
        anything = any(looked[what] for what in ("placed", "changed", "cancelled"))
        actions = [Action(6, SKIP, _("SkipBad"))] if looked["faults"] else [Action(8, TAKE, _("Import"))]
        name = await desk.read(Sheet(file.name, _told(looked), actions if anything else ()))
        if name is None:
            return
        done = await _asked(desk, text, skip_bad=name == SKIP)
        if done is not None and await _finished(desk, file, text, done):
            return


async def _finished(desk: OfficeDesk, file: Path, text: str, done: dict[str, Any]) -> bool:
    """Told what was done; what only waits for tills that could not be asked is done all the same by a key."""
    actions = [Action(7, ANYWAY, _("Anyway"))] if done["faults"] else []
    if await desk.read(Sheet(file.name, _told(done), actions)) == ANYWAY:
        warning = _("A till that cannot be asked may be handing out one of them just now.")
        if await desk.confirm(file.name, _("Do it although not every till can be asked?"), warning):
            again = await _asked(desk, text, skip_bad=True, anyway=True)
            if again is not None:
                await desk.read(Sheet(file.name, _told(again)))
    return True


async def _asked(desk: OfficeDesk, text: str, **args: Any) -> dict[str, Any] | None:
    async def work(_far: object) -> Any:
        return await desk.done("orders_import", text=text, **args)

    try:
        answer: dict[str, Any] | None = await desk.long(_("Web shop's orders"), work, may_stop=False)
    except (OSError, JournalRefused) as fault:
        await refused(desk, sentence(fault))
        return None
    return answer


def _text_of(file: Path) -> str:
    if file.stat().st_size > FILE_BYTES_MAX:
        raise ValueError(_("{file}: too large; split it").format(file=file))
    return decoded(file.read_bytes())


def _told(answer: dict[str, Any]) -> str:
    said = _("{placed} placed, {changed} changed, {cancelled} cancelled, {unchanged} as they were")
    counts = {name: len(answer[name]) for name in ("placed", "changed", "cancelled")}
    lines = [said.format(**counts, unchanged=answer["unchanged"])]
    faults = answer["faults"]
    if faults:
        lines += ["", _("Bad lines:")]
        lines += ["  " + _("line {line}: {reason}").format(**fault) for fault in faults[:FAULTS_SHOWN]]
        if len(faults) > FAULTS_SHOWN:
            lines.append("  " + _("... and {count} more").format(count=len(faults) - FAULTS_SHOWN))
    return "\n".join(lines)


async def _handed_out(desk: OfficeDesk) -> None:
    found = await desk.ask("export", what="orders")
    if found is None:
        return
    filled = await desk.fill(
        Form(
            _("Web shop's orders"),
            [Field("folder", _("Folder"), required=True, hint="/media/disk")],
            finish=_("Write"),
        )
    )
    if filled is None:
        return

    def write() -> Path:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(orders.COLUMNS)
        writer.writerows(orders.cells(row) for row in found)
        folder = check_folder(Path(filled["folder"]).expanduser())
        return write_whole(folder, "orders.csv", out.getvalue().encode())

    file = await tried(desk, write)
    if file is not None:
        await desk.did(f"orders status --out {file}")
        desk.tell(_("{file} is written").format(file=file))
