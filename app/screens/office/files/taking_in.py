"""A file in: which kind, which file, which mapping; what would change; then exactly that, or nothing."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from app import change_words
from app.config import CURRENCY
from app.office.bulk import words
from app.office.exchange import mappings
from app.office.exchange.preparing import Prepared, prepared
from app.office.files import IMPORTS
from app.office.mapping.plan import FilePlan, MappingFault
from app.office.mapping.reading import FILE_BYTES_MAX
from app.screens.office.attempts import refused, tried
from app.screens.office.desk import OfficeDesk
from app.screens.office.files.browsing import choose_file
from app.screens.office.files.kinds import choose_kind
from app.screens.office.files.mapping import make
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.showing import Far
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import ngettext
from app.till.ports import JournalRefused

TAKE, SKIP, NEW, CHANGE, REMOVE, UNDO = "take", "skip", "new", "change", "remove", "undo"
FAR_EVERY_S = 0.3
FAULTS_SHOWN = 100


async def taking_in(desk: OfficeDesk) -> None:
    """Until the file is in, or whoever began it has had enough."""
    what = await choose_kind(desk, _("Import: what the file holds"), IMPORTS)
    if what is None:
        return
    file = await choose_file(desk, _("Import: the file"), Path.cwd())
    if file is None:
        return
    data = await tried(desk, lambda: _bytes_of(file))
    if data is None:
        return
    while (chosen := await _mapping(desk, what, file, data)) is not None:
        name, plan = chosen
        work = partial(prepared, data, what, file.name, CURRENCY, plan)
        ready = await tried(desk, work, _("Reading the file"))
        if ready is not None and await _looked_at(desk, file, name, ready):
            return


def _bytes_of(file: Path) -> bytes:
    size = file.stat().st_size
    if size > FILE_BYTES_MAX:
        told = _("{file}: {size} bytes are too many; split it into files of at most {most} bytes")
        raise ValueError(told.format(file=file, size=size, most=FILE_BYTES_MAX))
    return file.read_bytes()


async def _mapping(desk: OfficeDesk, what: str, file: Path, data: bytes) -> tuple[str, FilePlan | None] | None:
    """Name and mapping; no mapping: the file's columns have our names."""
    home = desk.services.home
    while True:
        kept = await desk.off(lambda: of_kind(home, what))
        own = Choice((_("our own column names"), ""), ("", None))
        picked = await desk.choose(
            Choose(
                _("Import: how the file is laid out"),
                [Column(_("Mapping"), 40), Column(_("Format"), 0)],
                [own, *(Choice((name, plan.format), (name, plan)) for name, plan in kept)],
                actions=(
                    Action(2, NEW, _("New")), Action(4, CHANGE, _("Change")), Action(9, REMOVE, _("Remove")),
                ),
                alone=(NEW,),
            )
        )  # fmt: skip
        if picked is None:
            return None
        name, plan = picked.value if picked.value is not None else ("", None)
        if picked.name == NEW or (picked.name == CHANGE and plan is None):
            await make(desk, what, file, data)
        elif picked.name == CHANGE:
            await make(desk, what, file, data, name, plan)
        elif picked.name == REMOVE:
            if plan is not None and await desk.confirm(_("Mapping"), _("Remove {name}?").format(name=name)):
                await tried(desk, partial(mappings.remove, home, name))
        else:
            return name, plan


def of_kind(home: Path, what: str) -> list[tuple[str, FilePlan]]:
    """The mappings for files of that kind; one that cannot be read is not offered."""
    found = []
    for name in mappings.names(home):
        try:
            plan = mappings.load(home, name)
        except MappingFault:
            continue
        if plan.what == what:
            found.append((name, plan))
    return found


async def _looked_at(desk: OfficeDesk, file: Path, mapping: str, ready: Prepared) -> bool:
    """Show what would change; whether it was taken over then."""
    answer = await _asked(desk, _("What would change"), ready, look=True)
    while answer is not None:
        changing = sum(answer[sort] for sort in ("new", "changed", "removed"))
        actions = []
        if changing and not answer["bad"]:
            actions.append(Action(8, TAKE, _("Import")))
        elif changing:
            actions.append(Action(6, SKIP, _("SkipBad")))
        name = await desk.read(Sheet(f"{file.name} {mapping}".strip(), _told(ready, answer), actions))
        if name is None:
            return not changing and not answer["bad"]
        question = ngettext("Import {count} change?", "Import {count} changes?", changing).format(count=changing)
        left_out = ngettext("{count} bad line is left out.", "{count} bad lines are left out.", answer["bad"])
        if not await desk.confirm(_("Import"), question, left_out.format(count=answer["bad"]) if answer["bad"] else ""):
            continue
        done = await _asked(desk, _("Importing"), ready, skip_bad=name == SKIP, expect=answer["state"], by=desk.user)
        if done is not None and (done.get("stopped") or done.get("left")):
            await _told_what_became(desk, file, done)
            return True
        if done is not None:
            count = done["imported"]
            desk.tell(ngettext("{count} entry imported", "{count} entries imported", count).format(count=count))
            return True
        answer = await _asked(desk, _("What would change"), ready, look=True)
    return False


async def _asked(desk: OfficeDesk, title: str, ready: Prepared, **args: Any) -> dict[str, Any] | None:
    """``take_over``'s answer, with a bar; None: it was refused, and told."""

    async def work(far: Far) -> Any:
        asking = asyncio.ensure_future(desk.done("take_over", **ready.request(), **args))
        try:
            while not (await asyncio.wait({asking}, timeout=FAR_EVERY_S))[0]:
                if not args.get("look"):
                    so_far = await desk.services.ask("taking_over")
                    far(so_far["done"], so_far["of"], "")
            return await asking
        finally:
            asking.cancel()

    try:
        look = bool(args.get("look"))
        found: dict[str, Any] | None = await desk.long(title, work, may_stop=not look)
        if found is None and not look:
            found = await desk.ask("take_over_stop")
            if found is not None:
                found["imported"] = found["done"]
    except JournalRefused as fault:
        await refused(desk, str(fault) or fault.code)
        return None
    except OSError as fault:
        desk.told(fault)
        return None
    return found


async def _told_what_became(desk: OfficeDesk, file: Path, done: dict[str, Any]) -> None:
    """Not all of it is in: what is, and what is not; what is can be taken back at once."""
    undo = [Action(9, UNDO, _("Undo"))] if done["done"] and done["undoable"] else []
    if await desk.read(Sheet(file.name, "\n\n".join(words.lines(done)), undo)) != UNDO:
        return
    if await desk.confirm(file.name, _("Take back what is written?")):
        undone = await desk.ask("master_undo_change", change=done["change"], keep_newer=True, by=desk.user)
        if undone is not None:
            count = undone["undone"]
            said = ngettext("{count} value is taken back", "{count} values are taken back", count)
            desk.tell(said.format(count=count))


def _told(ready: Prepared, answer: dict[str, Any]) -> str:
    lines = [change_words.summary(answer)]
    if ready.encoding:
        lines.append(_("Read as {encoding}.").format(encoding=ready.encoding))
    if ready.passed_over:
        lines.append(_("Passed over are the columns {columns}.").format(columns=", ".join(ready.passed_over)))
    if answer["bad"]:
        lines += ["", _("Bad lines:")]
        for fault in answer["faults"][:FAULTS_SHOWN]:
            lines.append("  " + _("line {line}: {reason}").format(line=fault["line"], reason=fault["reason"]))
        if answer["bad"] > FAULTS_SHOWN:
            lines.append("  " + _("... and {count} more").format(count=answer["bad"] - FAULTS_SHOWN))
    lines.append("")
    for change in answer["changes"]:
        lines += change_words.lines(change)
    left = sum(answer[sort] for sort in ("new", "changed", "removed")) - len(answer["changes"])
    if left > 0:
        lines.append(_("... and {count} more").format(count=left))
    return "\n".join(lines)
