"""Joins the home's engine, and has it started if there is none (``launch.py``)."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Sequence

from app.engine.launch import start
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


async def joined(
    home: Home, options: Sequence[str], begun: subprocess.Popen[bytes] | None = None
) -> tuple[Client, subprocess.Popen[bytes] | None]:
    """A connection to the home's engine, and its process if it had to be started; ``begun``: it has been already.

    ``EngineFailed`` if it ends before it answers, or the home is held by a process that serves no screens.
    """
    if begun is None:
        with contextlib.suppress(NoEngine):
            return await Client.connect(home), None
    size = home.log.stat().st_size if begun is None and home.log.exists() else 0
    process = begun or start(home, options)
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
