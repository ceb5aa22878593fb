"""Jobs: what the office does by itself; make one, do one now, see how the runs went."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from app.engine.control import Refused
from app.office.jobs import book, running
from app.office.jobs.definition import COMMANDS, PLACES, Job, JobFault, arguments, needed
from app.office.jobs.listed import listed
from app.office.jobs.log import JobLog, Run, result
from app.office.rights import missing
from app.screens.office.attempts import refused, tried
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import moment

NEW, REMOVE, RUN, CHANGE, LOG = "new", "remove", "run", "change", "log"
RUNS_SHOWN = 200


async def jobs(desk: OfficeDesk) -> None:
    """The list, looked at anew after whatever was done."""
    home = desk.services.home
    while True:
        rows = await tried(desk, lambda: listed(home, datetime.now(UTC)))
        if rows is None:
            return
        picked = await desk.choose(_list(rows))
        if picked is None:
            return
        row: dict[str, Any] = picked.value or {}
        match picked.name:
            case "new":
                await _changed(desk, None)
            case "change":
                await _changed(desk, row)
            case "remove":
                await _removed(desk, row["name"])
            case "run":
                await _run_now(desk, row["name"])
            case _:
                await _log(desk, row["name"])


def _list(rows: list[dict[str, Any]]) -> Choose:
    choices = [
        Choice((row["name"], row["when"], moment(row["next"]), _last(row)), row, about=row["run"]) for row in rows
    ]
    return Choose(
        _("Jobs"),
        (Column(_("Job"), 16), Column(_("When"), 14), Column(_("Next run"), 16), Column(_("Last"), 0)),
        choices,
        actions=(
            Action(2, NEW, _("New")),
            Action(3, REMOVE, _("Remove")),
            Action(4, CHANGE, _("Change")),
            Action(5, RUN, _("Run now")),
        ),
        alone=(NEW,),
        empty=_("The office does nothing by itself yet. F2 makes a job."),
    )


def _last(row: dict[str, Any]) -> str:
    last = row["last"]
    if last is None:
        return _("has not run yet")
    return f"{result(last['result'])} {moment(last['started_at'], year=False)}"


async def _changed(desk: OfficeDesk, row: dict[str, Any] | None) -> None:
    """A form with all fields; what cannot be a job is told, and the form is there again."""
    said = {name: str((row or {}).get(name, "")) for name in ("name", "run", "cron", "every", "at")}
    places = " ".join(f"{{{place}}}" for place in PLACES)
    text = _("A command of tillmesh ({commands}) and one of three times. {places} stand for days.").format(
        commands=", ".join(COMMANDS), places=places
    )
    while True:
        filled = await desk.fill(
            Form(
                _("New job") if row is None else _("Job {name}").format(name=row["name"]),
                [
                    *(
                        [Field("name", _("Name"), Kind.TEXT, said["name"], required=True, hint=_("small letters"))]
                        if row is None
                        else []
                    ),
                    Field("run", _("Command"), Kind.TEXT, said["run"], required=True, hint="backup --to /media/disk"),
                    Field("cron", _("Days and hours"), Kind.TEXT, said["cron"], hint="0 3 * * *"),
                    Field("every", _("Again and again"), Kind.TEXT, said["every"], hint="15m, 6h, 1d"),
                    Field("at", _("Once"), Kind.TEXT, said["at"], hint="2026-12-01 03:00"),
                ],
                text=text,
            )
        )
        if filled is None:
            return
        said |= filled
        job = Job(
            run=said["run"],
            cron=said["cron"],
            every=said["every"],
            at=said["at"],
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

        if (lacking := _lacking(desk, job.run)) is not None:
            await refused(desk, str(lacking))
        elif await tried(desk, partial(_added, desk.services.home, said["name"], job, replace=row is not None)):
            await desk.did(f"jobs add {said['name']} --run {said['run']!r}")
            desk.tell(_("{name} is a job now").format(name=said["name"]))
            return


def _lacking(desk: OfficeDesk, run: str) -> Refused | None:
    """Why somebody may not have this done by the office; None if nothing is in the way, or it is no command at all.

    A job runs as commands do, which nobody asks for a right.
    """
    try:
        words = arguments(run, dict.fromkeys(PLACES, ""))
    except JobFault:
        return None
    absent = [right for right in needed(words) if right not in desk.rights]
    return missing(desk.name, *absent) if absent else None


def _added(home: Path, name: str, job: Job, *, replace: bool) -> bool:
    book.add(home, name, job, replace=replace)
    return True


async def _removed(desk: OfficeDesk, name: str) -> None:
    if await desk.confirm(_("Jobs"), _("No longer do {name}?").format(name=name)):

        def remove() -> bool:
            book.remove(desk.services.home, name)
            return True

        if await tried(desk, remove):
            await desk.did(f"jobs remove {name}")
            desk.tell(_("{name} is no job any more").format(name=name))


async def _run_now(desk: OfficeDesk, name: str) -> None:
    home = desk.services.home

    def run() -> Run:
        return running.run(home, name, book.load(home)[name], due_at=datetime.now(UTC), wait=False)

    done = await tried(desk, run, _("Job {name}").format(name=name))
    if done is not None:
        await desk.did(f"jobs run {name}")
        await desk.read(Sheet(_("Job {name}").format(name=name), _told(done)))


async def _log(desk: OfficeDesk, name: str) -> None:
    runs = await tried(desk, lambda: JobLog(desk.services.home).runs(name, RUNS_SHOWN))
    if runs is not None:
        text = "\n\n".join(map(_told, runs)) or _("has not run yet")
        await desk.read(Sheet(_("Runs of {name}").format(name=name), text))


def _told(run: Run) -> str:
    at = moment(run.started_at, seconds=True)
    first = f"{at}  {result(run.result)}" + (f" ({run.attempt})" if run.attempt > 1 else "")
    return "\n".join(part for part in (first, run.error, run.said) if part)
