"""``tillmesh`` without a command: the till's screens."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from functools import partial

from app import wiring, wiring_screens
from app.cli.login import logged_in
from app.cli.options import CommandFailed, home_of, passed_on, settings_of
from app.config import Settings
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _


def run(options: argparse.Namespace) -> int:
    """Open the till of this home."""
    home = home_of(options)
    settings = settings_of(options, home)
    if not (home.path / "identity").is_dir():
        raise CommandFailed(
            _(
                "{home} belongs to no network yet: `tillmesh network found --name NAME` begins one, "
                "`tillmesh network join --code CODE` joins one, `tillmesh practice` is for trying out"
            ).format(home=home.path)
        )
    return open_screens(home, settings, passed_on(options), getattr(options, "user", None))


def accept_user(parser: argparse.ArgumentParser) -> None:
    """Whoever opens the till may say who that is."""
    absent = argparse.SUPPRESS
    parser.add_argument("--user", metavar="NAME", default=absent, help=_("who stands at the till; the PIN is asked"))


def open_screens(home: Home, settings: Settings, engine_options: Sequence[str], user: str | None = None) -> int:
    """The screens of this home, which belongs to a network; their exit status. ``user``: who logs in."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise CommandFailed(_("the till's screens need a terminal; `tillmesh drive` is the till for programs"))
    wiring.log_to(home)
    try:
        return asyncio.run(wiring_screens.run(home, settings, engine_options, partial(logged_in, name=user)))
    except wiring_screens.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
