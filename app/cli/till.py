"""``tillmesh`` without a command: the till's screens."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from app import wiring, wiring_screens
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
    return open_screens(home, settings, passed_on(options))


def open_screens(home: Home, settings: Settings, engine_options: Sequence[str]) -> int:
    """The screens of this home, which belongs to a network; their exit status."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise CommandFailed(_("the till's screens need a terminal; `tillmesh drive` is the till for programs"))
    wiring.log_to(home)
    try:
        return asyncio.run(wiring_screens.run(home, settings, engine_options))
    except wiring_screens.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
