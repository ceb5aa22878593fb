"""The till's screens and all they need: what ``till.py`` imports while the engine opens the home."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence

import app.screens.till.app  # noqa: F401 - so that it is there when the engine answers
from app import wiring_screens
from app.cli.options import CommandFailed
from app.config import Settings
from app.home import Home
from app.wiring_session import log_to


def shown(
    home: Home,
    settings: Settings,
    engine_options: Sequence[str],
    user: str | None,
    *,
    keeps_engine: bool,
    engine: subprocess.Popen[bytes] | None,
) -> int:
    """Show the screens until they are left; the exit status. ``engine``: the home's, if it has just been started."""
    log_to(home)
    try:
        return asyncio.run(
            wiring_screens.run(home, settings, engine_options, user, keeps_engine=keeps_engine, engine=engine)
        )
    except wiring_screens.FAILURES as error:
        from app.sentences import sentence

        raise CommandFailed(sentence(error)) from None
