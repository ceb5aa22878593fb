"""``tillmesh audit``: what does not look right in the books and in the feeds, with cause and evidence."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Any

import msgspec

from app import wiring
from app.cli.ask import numbers
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.cli.progress import Bar
from app.office.audit.finding import Asked
from app.sentences import sentence
from app.text import day
from app.text import gettext as _


def add_commands(commands: Any) -> None:
    """The command. It reads books and store itself: a running till goes on, and waits for nothing."""
    audit = command(commands, "audit", _audit, _("what does not look right, with cause, evidence and what to do"))
    audit.add_argument("--from", dest="since", type=_day, metavar=_("DAY"), help=_("the first day"))
    audit.add_argument("--until", type=_day, metavar=_("DAY"), help=_("the last day"))
    audit.add_argument(
        "--till", type=numbers, default=(), metavar="NO", help=_("only of these tills: 2, or 2,3, or 2-8")
    )
    audit.add_argument(
        "--kind",
        action="append",
        type=_kind,
        default=[],
        help=_("only this: number_gap, voids, clock_jump, …; may be repeated"),
    )


def _audit(options: argparse.Namespace) -> int:
    from app.office.audit import words
    from app.office.audit.opening import opened
    from app.office.audit.running import audit
    from app.office.places import books_place

    home = home_of(options)
    settings = settings_of(options, home)
    asked = Asked(options.since or "", options.until or "", frozenset(options.till), options.kind)
    if asked.since and asked.until and asked.since > asked.until:
        raise CommandFailed(
            _("--from {since} is after --until {until}").format(since=day(asked.since), until=day(asked.until))
        )
    bar = Bar(sys.stderr)
    try:
        with opened(home, books_place(home, settings)) as sight:
            found = audit(sight, asked, bar.show)
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    finally:
        bar.clear()
    show(
        options,
        msgspec.to_builtins(found),
        lambda: [line for each in found.findings for line in (*words.lines(each), "")] + list(words.summary(found)),
    )
    return 0


def _day(text: str) -> str:
    """A day as argparse wants it."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(_("{text!r} is no day; write 2026-11-22").format(text=text)) from None


def _kind(text: str) -> str:
    from app.office.audit.every import KINDS

    if text not in KINDS:
        said = _("there is no kind {text!r}; known are {known}").format(text=text, known=", ".join(KINDS))
        raise argparse.ArgumentTypeError(said)
    return text
