"""``tillmesh jobs``: what the office does by itself, when, and how it went."""

from __future__ import annotations

import argparse
import contextlib
import io
from datetime import UTC, datetime
from typing import Any

from app.cli.ask import did
from app.cli.options import CommandFailed, accept_common, command, home_of, settings_of, show
from app.cli.till import refuse_homeless
from app.home import Home
from app.office.jobs import book
from app.office.jobs.book import JobRefused
from app.office.jobs.definition import PLACES, Job, JobFault, arguments
from app.office.jobs.log import JobLog, result
from app.text import gettext as _
from app.text import moment

RUNS_SHOWN = 50


def add_commands(commands: Any) -> None:
    """``jobs`` alone is the list."""
    group = command(commands, "jobs", _list, _("what the office does by itself: when, what, and how it went"))
    parts = group.add_subparsers(metavar=_("what"))
    for name, run, help_text in (
        ("list", _list, _("every job, when it runs next and how it ended last")),
        ("add", _add, _("a new job: a command of tillmesh and when it runs")),
        ("remove", _remove, _("no longer do this")),
        ("run", _run, _("do it now, and wait until it has ended")),
        ("log", _log, _("how the runs went, newest first")),
    ):
        part = parts.add_parser(name, help=help_text)
        accept_common(part)
        part.set_defaults(run=run)
        if name in ("add", "remove", "run"):
            part.add_argument("name", help=_("the job's name"))
        if name == "log":
            part.add_argument("name", nargs="?", default="", help=_("only of this job"))
            part.add_argument("--limit", type=int, default=RUNS_SHOWN, help=_("so many runs at most"))
        if name == "add":
            _accept_job(part)


def _accept_job(part: argparse.ArgumentParser) -> None:
    places = ", ".join(f"{{{place}}}" for place in PLACES)
    part.add_argument(
        "--run",
        dest="command",
        required=True,
        metavar="COMMAND",
        help=_("the command, like: export articles; {places} stand for days").format(places=places),
    )
    when = part.add_mutually_exclusive_group(required=True)
    when.add_argument("--cron", default="", help=_("minute hour day month weekday: 0 3 * * * is every night at three"))
    when.add_argument("--every", default="", help=_("an interval: 15m, 6h, 1d"))
    when.add_argument("--at", default="", help=_("once: 2026-12-01 03:00"))
    part.add_argument("--retries", type=int, default=3, help=_("how often it is tried again when it fails"))
    part.add_argument("--retry-minutes", type=int, default=10, help=_("how long after"))
    part.add_argument("--most-minutes", type=int, default=120, help=_("a run that takes longer is ended"))
    part.add_argument("--replace", action="store_true", help=_("in the place of the job of that name"))


def _home(options: argparse.Namespace) -> Home:
    home = home_of(options)
    settings_of(options, home)
    refuse_homeless(home)
    return home


def _list(options: argparse.Namespace) -> int:
    from app.office.jobs.clock import busy
    from app.office.jobs.listed import listed

    home = _home(options)
    try:
        rows = listed(home.path, datetime.now(UTC))
    except JobRefused as refused:
        raise CommandFailed(str(refused)) from None
    running = busy(home.path)

    def lines() -> list[str]:
        said = [
            f"{row['name']:<20} {row['when']:<18} {_next(row):<26} {_last(row):<36} {row['run']}".rstrip()
            for row in rows
        ]
        if rows and not running:
            said.append(_("nobody runs them now: start `tillmesh office`, `tillmesh node` or `tillmesh office jobs`"))
        return said or [_("there are no jobs; `tillmesh jobs add` makes one")]

    show(options, {"running": running, "jobs": rows}, lines)
    return 0


def _next(row: dict[str, Any]) -> str:
    return moment(row["next"]) or (_("never again") if row["active"] else _("switched off"))


def _last(row: dict[str, Any]) -> str:
    last = row["last"]
    return _("has not run yet") if last is None else f"{result(last['result'])} {moment(last['started_at'])}"


def _add(options: argparse.Namespace) -> int:
    home = _home(options)
    job = Job(
        run=options.command,
        cron=options.cron,
        every=options.every,
        at=options.at,
        added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        retries=options.retries,
        retry_minutes=options.retry_minutes,
        most_minutes=options.most_minutes,
    )
    try:
        book.checked(options.name, {"run": job.run, "cron": job.cron, "every": job.every, "at": job.at})
        _check_understood(job.run)
        book.add(home.path, options.name, job, replace=options.replace)
    except (JobRefused, OSError) as refused:
        raise CommandFailed(str(refused)) from None
    did(options, f"jobs add {options.name} --run {job.run!r}")
    show(options, {"name": options.name}, lambda: [_("{name} is a job now").format(name=options.name)])
    return 0


def _check_understood(run: str) -> None:
    """``CommandFailed`` in the words of the command's own parser, if it does not understand it."""
    from app.__main__ import understood

    told = io.StringIO()
    try:
        words = arguments(run, dict.fromkeys(PLACES, "2026-01-01"))
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
            understood(words)
    except (SystemExit, JobFault):
        last = (told.getvalue().strip().splitlines() or [run])[-1]
        raise CommandFailed(_("the command is not understood: {reason}").format(reason=last)) from None


def _remove(options: argparse.Namespace) -> int:
    home = _home(options)
    try:
        book.remove(home.path, options.name)
    except (JobRefused, OSError) as refused:
        raise CommandFailed(str(refused)) from None
    did(options, f"jobs remove {options.name}")
    show(options, {"name": options.name}, lambda: [_("{name} is no job any more").format(name=options.name)])
    return 0


def _run(options: argparse.Namespace) -> int:
    from app.office.jobs import running

    home = _home(options)
    try:
        jobs = book.load(home.path)
        if options.name not in jobs:
            raise CommandFailed(book.unknown(options.name, jobs))
        done = running.run(home.path, options.name, jobs[options.name], due_at=datetime.now(UTC), wait=False)
    except (JobRefused, running.Busy, OSError) as refused:
        raise CommandFailed(str(refused)) from None
    did(options, f"jobs run {options.name}")
    show(options, done._asdict(), lambda: [line for line in (done.said, done.error) if line])
    return 0 if done.result == "done" else 1


def _log(options: argparse.Namespace) -> int:
    home = _home(options)
    runs = JobLog(home.path).runs(options.name, max(1, min(options.limit, 10_000)))

    def lines() -> list[str]:
        return [
            f"{moment(run.started_at, seconds=True)}  {run.job:<20} {result(run.result):<15} "
            f"{(run.error or run.said).partition(chr(10))[0]}".rstrip()
            for run in runs
        ] or [_("nothing has run yet")]

    show(options, [run._asdict() for run in runs], lines)
    return 0
