"""Starts the engine as a process of its own, which outlives the screens that wanted it.

The engine leads a session of its own, so a terminal that hangs up or a Ctrl-C in it does not reach it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence

from app.engine.lock import held
from app.engine.remote import Client, NoEngine
from app.home import Home
from app.text import gettext as _

START_MS_MAX = 20_000
"""A slow till folding a long night's records may take this long until it answers."""
OTHER_MS_MAX = 5_000
"""How long an engine that another screen has started may take."""
_POLL_S = 0.02


class EngineFailed(Exception):
    """The engine did not start; the text is its own last line."""


def start(home: Home, options: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start ``tillmesh engine`` on this home; ``options`` are common options of the command line."""
    home.make()
    with home.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "app", "engine", "--home", str(home.path), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


async def joined(home: Home, options: Sequence[str]) -> tuple[Client, subprocess.Popen[bytes] | None]:
    """A connection to the home's engine, and its process if it had to be started.

    ``EngineFailed`` if it ends before it answers, or the home is held by a process that serves no screens.
    """
    try:
        return await Client.connect(home), None
    except NoEngine:
        pass
    size = home.log.stat().st_size if home.log.exists() else 0
    process = start(home, options)
    began = time.monotonic()
    while time.monotonic() < began + START_MS_MAX / 1000:
        ended = process.poll() is not None
        try:
            return await Client.connect(home), None if ended else process
        except NoEngine:
            # Another screen may have been quicker: then its engine holds the home, and will answer.
            if ended and not (held(home) and time.monotonic() < began + OTHER_MS_MAX / 1000):
                raise EngineFailed(_last_line(home, size)) from None
            await asyncio.sleep(_POLL_S)
    process.terminate()
    raise EngineFailed(_("the till's engine does not answer; {log} says why").format(log=home.log))


async def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask an engine of ours to end, and wait for it; it finishes what it has begun."""
    process.terminate()
    try:
        await asyncio.to_thread(process.wait, 10)
    except subprocess.TimeoutExpired:
        process.kill()
        await asyncio.to_thread(process.wait)


def _last_line(home: Home, since: int) -> str:
    with home.log.open("rb") as log:
        log.seek(since)
        lines = [line for line in log.read(64 * 1024).decode("utf-8", "replace").splitlines() if line.strip()]
    if lines:
        return lines[-1].removeprefix("tillmesh: ")
    if held(home):
        return _("{home} is open in another process; close that till first").format(home=home.path)
    return _("the till's engine ended without a word; {log} may say why").format(log=home.log)
