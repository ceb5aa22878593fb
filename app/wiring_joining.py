"""Wiring's part for a till that joins: its first data before the command ends, as far as they can be had.

A home that has joined is a member, whatever happens here: interrupted, it goes on with its next start by itself
(``replication.core.provisioning``). So nothing here fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable

import msgspec

from app import wiring
from app.books.questions.contents import AskContents
from app.config import Settings
from app.home import Home
from app.text import gettext as _

SILENT_S_MAX = 30.0
"""So long nothing may come; then the rest is left for the first start."""
LOOK_S = 0.1

_log = logging.getLogger(__name__)


class Provisioned(msgspec.Struct, frozen=True):
    """How it ended: whether the first data are all here, and how much of what there is."""

    complete: bool
    came: dict[str, int] = {}


async def provision(home: Home, settings: Settings, progress: Callable[[int, int], None]) -> Provisioned:
    """Run the till until its first data are here, nothing comes any more, or somebody interrupts it.

    ``progress`` is told how many records are in the books, of how many.
    """
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, interrupted.set)
    try:
        # A screen that attached here would lose its till when this command ends.
        because = _("this till is just joining and fetches its first data; open it when `network join` has ended")
        async with wiring.opened(
            home, settings, network=True, session_taken=True, taken_because=because, printer=False
        ) as parts:
            complete = await _awaited(parts, progress, interrupted)
            return Provisioned(complete, await asyncio.to_thread(parts.books.ask, AskContents(parts.who.till_no)))
    except wiring.FAILURES as error:
        _log.warning("the first data are fetched at the next start: %s", error)
        return Provisioned(complete=False)
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _awaited(parts: wiring.Parts, progress: Callable[[int, int], None], interrupted: asyncio.Event) -> bool:
    loop = asyncio.get_running_loop()
    moved, before = loop.time(), None
    while (now := parts.node.provisioning) is not None:
        if now != before:
            moved, before = loop.time(), now
            progress(now.done, now.of)
        if interrupted.is_set() or loop.time() - moved > SILENT_S_MAX:
            return False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(interrupted.wait(), LOOK_S)
    return True
