"""``tillmesh`` without a command: the till's screens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from app import home as homes
from app.cli import importing
from app.cli.options import CommandFailed, home_of, overridden_by, passed_on, settings_of
from app.config import Settings
from app.engine import launch
from app.home import Home
from app.text import gettext as _


def run(options: argparse.Namespace) -> int:
    """Open the till of this home."""
    home = home_of(options)
    settings = settings_of(options, home)
    if not belongs(home) and sys.stdin.isatty() and sys.stdout.isatty():
        set_up = made(options, home)
        if set_up is None:
            return 0
        home, settings = set_up, settings_of(options, set_up)
    refuse_homeless(home)
    return open_screens(
        home,
        settings,
        passed_on(options),
        getattr(options, "user", None),
        keeps_engine=getattr(options, "keep_engine", False),
    )


def made(options: argparse.Namespace, home: Home, role: str = "till") -> Home | None:
    """Ask what this machine is to be, ``role`` if nobody says otherwise; the home to open then, None if nobody wants
    one.
    """
    import asyncio

    from app.cli import practice
    from app.screens.setup import app as setup_app
    from app.screens.setup.assistant import Ended
    from app.wiring_setup import services

    def overridden(settings: Settings) -> Settings:
        return overridden_by(options, settings)

    first = homes.practice(1)
    ended = asyncio.run(
        setup_app.run(services(home, overridden, lambda: practice.prepare(1, settings_of(options, first)), role))
    )
    return {Ended.MEMBER: home, Ended.PRACTISE: first, Ended.CLOSED: None}[ended]


def belongs(home: Home) -> bool:
    """Whether this home belongs to a network."""
    return (home.path / "identity").is_dir()


def refuse_homeless(home: Home) -> None:
    """``CommandFailed`` if this home belongs to no network."""
    if not belongs(home):
        raise CommandFailed(
            _(
                "{home} belongs to no network yet: `tillmesh network found --name NAME` begins one, "
                "`tillmesh network join --code CODE` joins one, `tillmesh practice` is for trying out"
            ).format(home=home.path)
        )


def accept_user(parser: argparse.ArgumentParser) -> None:
    """Whoever opens the till may say who that is."""
    absent = argparse.SUPPRESS
    parser.add_argument("--user", metavar="NAME", default=absent, help=_("who stands at the till; the PIN is asked"))


def accept_keeping(parser: argparse.ArgumentParser) -> None:
    """Whoever opens the till may want its engine to go on without screens."""
    said = _("the till stays in its network when its screens are closed")
    parser.add_argument("--keep-engine", action="store_true", default=argparse.SUPPRESS, help=said)


def open_screens(
    home: Home,
    settings: Settings,
    engine_options: Sequence[str],
    user: str | None = None,
    *,
    keeps_engine: bool = False,
) -> int:
    """The screens of this home, which belongs to a network; their exit status.

    ``user``: who logs in; ``keeps_engine``: the engine goes on when the screens are closed.
    """
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise CommandFailed(_("the till's screens need a terminal; `tillmesh drive` is the till for programs"))
    engine = launch.begun(home, engine_options)
    # While the engine opens the home, what the screens need is imported: together that is how long a start takes.
    with importing.for_good():
        from app.cli.till_screens import shown

    return shown(home, settings, engine_options, user, keeps_engine=keeps_engine, engine=engine)
