"""``tillmesh drive``: the till without a screen, JSON lines in and out (docs/drive.md)."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from typing import Any

from app import wiring
from app.cli.lines import Lines
from app.cli.options import CommandFailed, command, home_of, settings_of
from app.config import Settings
from app.home import Home
from app.sentences import sentence
from app.text import gettext as _
from app.till import drive as till_drive
from app.wiring_session import log_to


def add_commands(commands: Any) -> None:
    """The command."""
    command(commands, "drive", _drive, _("the till without a screen: JSON lines on standard input and output"))


def _drive(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings = settings_of(options, home)
    log_to(home)
    try:
        asyncio.run(_run(home, settings))
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    return 0


async def _run(home: Home, settings: Settings) -> None:
    async with wiring.opened(home, settings, network=True, session_taken=True) as parts:
        runner = await wiring.runner(parts, settings)
        lines = Lines(sys.stdin.fileno())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lines.stop)
        # The first line is still written before anything can be heard.
        runner.engine.on_change(_tell)
        await till_drive.drive(lines, _write, runner, network=parts.who.network)


def _tell(what: str) -> None:
    """What a device has read is a line in between."""
    if (event := till_drive.event_of(what)) is not None:
        _write(event)


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
