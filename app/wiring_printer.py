"""Wiring's half for paper: the printer that the settings name, its drawer, and the spool before it.

A practice till (``[printer] simulated = true``) gets a simulated printer on loopback: the same
wire, driver and spool as the real one, with ``paper.txt`` in the home for paper.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path

import msgspec

from app import config
from app.config import Settings
from app.domain.customer import Person
from app.engine.spool import Spool
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.text import gettext as _
from peripherals import escpos
from peripherals.cash_drawer import CashDrawer
from peripherals.printer import NetworkPrinter
from peripherals.simulators.printer import PrinterSimulator
from receipts import Page, ShopHead, documents, text, wording
from receipts.documents import Document, about

Opened = Callable[[str, str], str | None]
"""Opens what was sealed with the key of this person; None if the key is not here, or erased."""
Named = Callable[[str], str]
"""A user's name by the id; what is no user's id stays as it is."""


def nobody(_person_id: str, _sealed: str) -> str | None:
    """Opens nothing: where no keys are at hand, addresses stay unprinted."""
    return None


def nameless(user: str) -> str:
    """Every user by the id: where no books are at hand."""
    return user


def page_of(settings: Settings, opened: Opened, named: Named, document: Document) -> Page | None:
    """The document as this till prints it. Facts carry users' ids; paper carries names."""
    cashier = getattr(document, "cashier", "")
    if cashier and isinstance(document, Fact):
        document = msgspec.structs.replace(document, cashier=named(cashier))
    person_id, sealed, happened_at = about(document)
    if not happened_at:
        return None
    return documents.page_of(
        document,
        ShopHead(settings.receipt.head),
        wording(settings.till.language),
        zone=_local_zone(happened_at),
        buyer=_person(opened(person_id, sealed)) if sealed else None,
    )


def text_of(settings: Settings, opened: Opened, named: Named, receipt: ReceiptCompleted) -> str:
    """The receipt as plain text, as wide as this till's paper."""
    page = page_of(settings, opened, named, receipt)
    return "" if page is None else text(page, profile_of(settings).columns)


def profile_of(settings: Settings) -> escpos.PrinterProfile:
    """The printer's profile with the configured columns; ``ConfigError`` if there is none of that name."""
    try:
        return escpos.profile(settings.printer.profile, settings.printer.columns or None)
    except escpos.UnknownProfile as error:
        raise config.ConfigError(_("till.toml: printer.profile: {reason}; correct it").format(reason=error)) from None


@contextlib.asynccontextmanager
async def printing(
    settings: Settings,
    paper: Path,
    kept: Mapping[str, str],
    keep: Callable[[dict[str, str | None]], Awaitable[None]],
    on_change: Callable[[], None],
    opened: Opened = nobody,
    named: Named = nameless,
) -> AsyncIterator[Spool | None]:
    """A running spool with its printer; None if the till has no printer. ``opened`` opens buyers' addresses."""
    async with contextlib.AsyncExitStack() as stack:
        address = await _address(settings, paper, stack)
        if address is None:
            yield None
            return
        profile = profile_of(settings)
        printer = NetworkPrinter(*address, rng=random.Random(os.urandom(8)), on_change=on_change)
        holding = asyncio.create_task(printer.run(), name="printer")
        stack.push_async_callback(_end, holding)
        spool = Spool(
            keep=keep,
            printer=printer,
            compose_page=partial(page_of, settings, opened, named),
            compose_bytes=escpos.Composer(profile).compose,
            columns=profile.columns,
            copy_mark=wording(settings.till.language).copy_mark,
            drawer=CashDrawer(printer),
            on_change=on_change,
        )
        spool.restore(kept)
        spool.start()
        stack.push_async_callback(spool.stop)
        yield spool


async def _address(settings: Settings, paper: Path, stack: contextlib.AsyncExitStack) -> tuple[str, int] | None:
    if settings.printer.simulated:
        simulator = PrinterSimulator(paper=paper, columns=profile_of(settings).columns)
        port = await simulator.start("127.0.0.1", 0)
        stack.push_async_callback(simulator.stop)
        return "127.0.0.1", port
    return config.address(settings.printer.address) if settings.printer.address else None


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _person(text: str | None) -> Person | None:
    """Who was sealed; nobody if it cannot be opened or read: the document is printed all the same."""
    try:
        return None if text is None else msgspec.json.decode(text, type=Person)
    except msgspec.MsgspecError:
        return None


def _local_zone(instant: str) -> tzinfo:
    """This machine's zone at that instant: summer receipts stay in summer time."""
    return datetime.fromisoformat(instant).astimezone().tzinfo or UTC
