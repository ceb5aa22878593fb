"""Wiring's half for paper: the printer that the settings name, its drawer, and the spool before it.

The logo is read before anything is printed, so that a wrong one is an error at the start and not a surprise on paper.
What pages say is in ``wiring_paper.py``.

A practice till (``[printer] simulated = true``) gets a simulated printer on loopback: the same
wire, driver and spool as the real one, with ``paper.txt`` in the home for paper.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from app.config import Settings
from app.engine.local import OPEN_SALE
from app.engine.practising import PRINTER
from app.engine.ringer import Ringer
from app.engine.spool import Spool
from app.facts.sales import ReceiptCompleted
from app.wiring_devices import Practised, device_claims, unpractised
from app.wiring_paper import (
    Named,
    Opened,
    Texts,
    local_zone,
    logo_of,
    nameless,
    nobody,
    page_of,
    profile_of,
    shop_of,
    unplanned,
)
from peripherals import escpos
from peripherals.cash_drawer import CashDrawer
from peripherals.printer import PosPrinter
from peripherals.simulators.printer import PrinterSimulator
from receipts import Page, wording
from receipts.page import Section
from receipts.ringing import Strip
from receipts.security import Seals, unsealed
from receipts.slips import States, unstated


@contextlib.asynccontextmanager
async def printing(
    settings: Settings,
    paper: Path,
    kept: Mapping[str, str],
    keep: Callable[[dict[str, str | None]], Awaitable[None]],
    on_change: Callable[[], None],
    opened: Opened = nobody,
    named: Named = nameless,
    states: States = unstated,
    site: str = "",
    seals: Seals = unsealed,
    practised: Practised = unpractised,
    texts: Texts = unplanned,
) -> AsyncIterator[Spool | None]:
    """A running spool with its printer; None if the till has no printer. ``opened`` opens buyers' addresses, ``states``
    signs what slips say, ``seals`` what receipts say; ``site`` is named on paper."""
    async with contextlib.AsyncExitStack() as stack:
        profile = profile_of(settings)
        logo = await asyncio.to_thread(logo_of, settings, paper.parent, profile.dots)
        printer_changes = [on_change]
        changed = partial(_each, printer_changes)
        printer = await stack.enter_async_context(running_printer(settings, paper, changed, practised))
        if printer is None:
            yield None
            return
        said = settings.printer
        drawer = CashDrawer(
            printer,
            pin=said.drawer_pin,
            open_level_high=said.open_level_high,
            open_too_long_s=said.drawer_open_too_long_s,
            on_change=on_change,
        )
        watching = asyncio.create_task(drawer.run(), name="drawer")
        stack.push_async_callback(_end, watching)
        composed = partial(page_of, settings, opened, named, states=states, site=site, seals=seals, texts=texts)
        spool = Spool(
            keep=keep,
            printer=printer,
            compose_page=composed,
            compose_bytes=escpos.Composer(profile, logo).compose,
            columns=profile.columns,
            copy_mark=wording(settings.till.language).copy_mark,
            copies=settings.receipt.copies,
            drawer=drawer,
            ringer=_ringer(settings, site, composed, texts, knife=profile.cut != "none")
            if said.while_ringing
            else None,
            named=said.address,
            on_change=on_change,
            look=lambda: msgspec.structs.asdict(printer.look()),
        )
        printer_changes.append(spool.printer_changed)
        spool.restore(kept, kept.get(OPEN_SALE))
        spool.start()
        stack.push_async_callback(spool.stop)
        yield spool


@contextlib.asynccontextmanager
async def running_printer(
    settings: Settings,
    paper: Path,
    on_change: Callable[[], None] = lambda: None,
    practised: Practised = unpractised,
) -> AsyncIterator[PosPrinter | None]:
    """The printer of the settings, kept until the end; None if there is none."""
    said = settings.printer
    profile = profile_of(settings)
    async with contextlib.AsyncExitStack() as stack:
        address = said.address
        if said.simulated:
            simulator = PrinterSimulator(paper=paper, columns=profile.columns)
            address = f"127.0.0.1:{await simulator.start_tcp()}"
            stack.push_async_callback(simulator.stop)
            practised(PRINTER, simulator)
        if not address:
            yield None
            return
        printer = PosPrinter(
            address,
            said.line,
            claims=device_claims(),
            rng=random.Random(os.urandom(8)),
            fence="status" if said.fence == "auto" and not profile.epson else said.fence,
            drawer_sensor=said.open_level_high is not None,
            on_change=on_change,
        )
        stack.push_async_callback(_end, asyncio.create_task(printer.run(), name="printer"))
        yield printer


def _ringer(
    settings: Settings, site: str, composed: Callable[..., Page | None], texts: Texts, *, knife: bool
) -> Ringer:
    """Prints sales while they are rung, as ``composed`` would print their receipts. Where there is no ``knife`` a head
    that is printed ahead would be torn off with the receipt before."""

    def closes(strip: Strip, receipt: ReceiptCompleted) -> Section:
        page = composed(receipt, strip=strip)
        if page is None:
            raise ValueError(f"receipt {receipt.receipt_no} has no page")
        return page.sections[0]

    return Ringer(
        shop_of(settings.receipt, site, texts()),
        wording(settings.till.language),
        local_zone,
        closes,
        head_ahead=settings.printer.head_ahead and knife,
    )


def _each(callbacks: list[Callable[[], None]]) -> None:
    for callback in callbacks:
        callback()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
