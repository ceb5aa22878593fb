"""``tillmesh office``: the centre's screens; ``live`` and ``log`` are single looks at what they show."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from typing import Any

from app import live_words, wiring_office
from app.cli import till
from app.cli.ask import ask
from app.cli.options import CommandFailed, command, home_of, passed_on, settings_of, show
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _
from app.text import moment
from app.wiring_session import log_to

WAIT_S = 2.0
"""So often a scheduler that waits for another one to end looks again."""


def add_commands(commands: Any) -> None:
    """The command."""
    office = command(commands, "office", _office, _("the centre's screens: tills, master data, reports, audit"))
    till.accept_keeping(office)
    parts = office.add_subparsers(metavar=_("what"))
    live = command(parts, "live", _live, _("the day at all tills: turnover per till and hour, who is away, warnings"))
    live.add_argument("--day", default="", help=_("another business day: 2026-11-22"))
    jobs = command(parts, "jobs", _jobs, _("run the jobs when they are due; a centre's node and screens do so as well"))
    jobs.add_argument("--with", dest="with_", type=int, default=0, metavar="PID", help=_("end with this process"))
    log = command(
        parts, "log", _log, _("who entered the office, left, began which task and did what there; newest first")
    )
    log.add_argument("--limit", type=int, default=200, help=_("how many entries"))
    log.add_argument("--day", default="", help=_("only of this business day: 2026-11-22"))
    log.add_argument("--user", default="", dest="of_user", help=_("only of this user"))


def _live(options: argparse.Namespace) -> int:
    found = ask(options, "live", day=options.day)
    show(options, found, lambda: live_words.lines(found, shutil.get_terminal_size().columns))
    return 0


def _log(options: argparse.Namespace) -> int:
    entries = ask(options, "office_log", limit=options.limit, day=options.day, user=options.of_user)

    def lines() -> list[str]:
        return [
            f"{moment(entry['at'], seconds=True)}  "
            f"{entry['user'] or '-':<16} {entry['action']:<20} {entry['detail']}".rstrip()
            for entry in entries
        ]

    show(options, entries, lines)
    return 0


def _jobs(options: argparse.Namespace) -> int:
    from app.office.jobs import clock

    home = home_of(options)
    settings_of(options, home)
    till.refuse_homeless(home)

    def alive() -> bool:
        return not options.with_ or os.getppid() == options.with_

    with contextlib.ExitStack() as stack:
        while not stack.enter_context(clock.only_one(home.path)):
            if not options.with_:
                raise CommandFailed(_("the jobs of this home are run by another process already"))
            stack.close()
            if not alive():
                return 0
            time.sleep(WAIT_S)
        working = clock.Clock(home.path, told=lambda line: print(line, flush=True))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: working.stop())
        show(options, {"event": "ready"}, lambda: [_("the jobs run; Ctrl-C ends it")])
        working.work(alive)
    return 0


def _told(said: str) -> None:
    print(f"tillmesh: {said}", file=sys.stderr, flush=True)


def _office(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings = settings_of(options, home)
    if not till.belongs(home) and sys.stdin.isatty() and sys.stdout.isatty():
        made = till.made(options, home, "centre")
        if made is None:
            return 0
        home, settings = made, settings_of(options, made)
    till.refuse_homeless(home)
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise CommandFailed(_("the office's screens need a terminal; each of its tasks is a command as well"))
    keeps = getattr(options, "keep_engine", False)
    engine_options = passed_on(options)
    while True:
        log_to(home)
        try:
            work = wiring_office.run(home, settings, engine_options, told=_told, keeps_engine=keeps)
            status, leave_for = asyncio.run(work)
        except wiring_office.FAILURES as error:
            raise CommandFailed(sentence(error)) from None
        if leave_for is None:
            return status
        # Addresses and books that were said on the command line are the first network's.
        kept = {name: value for name, value in vars(options).items() if name in ("lang", "no_discovery")}
        home, options = Home(leave_for), argparse.Namespace(**kept)
        till.refuse_homeless(home)
        settings, engine_options = settings_of(options, home), passed_on(options)
