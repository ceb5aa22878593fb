"""Wiring's half for all that hangs at the till: printer and spool, devices, card payments, and what practises them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.config import Settings
from app.engine.charging import Charging
from app.engine.devices import Devices
from app.engine.local import Changes
from app.engine.practising import Practice
from app.engine.spool import Spool
from app.engine.statements import Notary
from app.till.ports import heard
from app.wiring_devices import charging, running
from app.wiring_paper import Named, Opened, Texts
from app.wiring_printer import printing
from replication.node import AppendRefused

Keep = Callable[[dict[str, str | None]], Awaitable[None]]


@dataclass(frozen=True)
class Equipment:
    """What runs; without a printer and devices where a till is opened for a moment only."""

    charges: Charging
    spool: Spool | None = None
    devices: Devices = field(default_factory=Devices)
    practice: Practice = field(default_factory=Practice)


@contextlib.asynccontextmanager
async def equipped(
    settings: Settings,
    paper: Path,
    kept: Mapping[str, str],
    keep: Keep,
    changes: Changes,
    *,
    opened: Opened,
    named: Named,
    notary: Notary,
    texts: Texts,
    site: str,
    wanted: bool,
) -> AsyncIterator[Equipment]:
    """All of it, until the end; ``wanted`` False: nothing but what remembers card payments."""
    async with contextlib.AsyncExitStack() as stack:
        practice, spool, devices = Practice(), None, Devices()
        if wanted:
            told = partial(changes.announce, "status")
            spool = await stack.enter_async_context(
                printing(
                    settings, paper, kept, partial(_keep, keep), told, opened, named, notary.write, site,
                    notary.sealed, practice.add, texts,
                )
            )  # fmt: skip
            devices = await stack.enter_async_context(
                running(settings, told, lambda *read: changes.announce(heard(*read)), practice.add)
            )
        charges = await stack.enter_async_context(charging(devices, kept, keep, AppendRefused, changes.announce))
        yield Equipment(charges, spool, devices, practice)


async def _keep(keep: Keep, values: dict[str, str | None]) -> None:
    """Kept values for the spool, to which a disk that refuses is an ``OSError`` like any other."""
    try:
        await keep(values)
    except AppendRefused as error:
        raise OSError(error.reason) from error
