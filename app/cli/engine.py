"""``tillmesh node`` replicates without a screen; ``tillmesh engine`` is what the screens start for themselves."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from app import wiring
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.config import Settings
from app.engine.lock import held
from app.engine.notify import READY, STOPPING, notify
from app.home import Home
from app.office.jobs.beside import scheduler
from app.sentences import sentence
from app.text import gettext as _
from app.wiring_session import log_to

FREE_S_MAX = 4.0
"""Below ``detached.OTHER_MS_MAX``: by then the screens want to know."""
FREE_POLL_S = 0.02


def add_commands(commands: Any) -> None:
    """Both commands."""
    command(commands, "node", _node, _("replicate without a screen"))
    command(commands, "engine", _engine, _("what the screens start by themselves: the till without them"))


def _node(options: argparse.Namespace) -> int:
    home = home_of(options)

    def ready(parts: wiring.Parts) -> None:
        data = {"event": "ready", "till_no": parts.who.till_no, "network": parts.who.network, "port": parts.node.port}
        text = _("till {till_no} of network {network} replicates on port {port}; Ctrl-C ends it").format(**data)
        show(options, data, lambda: [text])
        notify(READY)

    return _serve(home, settings_of(options, home), ready)


def _engine(options: argparse.Namespace) -> int:
    home = home_of(options)
    return _serve(home, settings_of(options, home), lambda _parts: None, for_screens=True)


def _serve(home: Home, settings: Settings, ready: Callable[[wiring.Parts], None], *, for_screens: bool = False) -> int:
    log_to(home)

    async def run() -> None:
        ended = asyncio.Event()

        async def leave(_args: dict[str, Any]) -> None:
            """The screens were closed in the usual way."""
            ended.set()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        if for_screens:
            await free(home)
        async with contextlib.AsyncExitStack() as stack:
            parts = await stack.enter_async_context(wiring.opened(home, settings, network=True))
            if for_screens:
                parts.operations["leave"] = leave
            else:
                await stack.enter_async_context(scheduler(home.path, home.log))
            ready(parts)
            if parts.books_away:
                print(f"tillmesh: {parts.books_away}", file=sys.stderr, flush=True)
            await ended.wait()
            notify(STOPPING)

    try:
        asyncio.run(run())
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    return 0


async def free(home: Home) -> None:
    """Wait a moment for a command that has the home: it is done soon, and the screens would be told to go away."""
    give_up = time.monotonic() + FREE_S_MAX
    while held(home) and time.monotonic() < give_up:  # noqa: ASYNC110 - the kernel tells nobody of a lock that is let go
        await asyncio.sleep(FREE_POLL_S)
