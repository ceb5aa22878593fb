"""Wiring's half for the process of the screens: the home's engine behind its socket, the books, the session.

The engine is joined or started. When the screens are left in the usual way, an engine that
screens had started ends with them; when they are killed it lives on, and the next screens join it.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from app import wiring
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.config import Settings
from app.engine import detached
from app.engine.control import Refused
from app.engine.remote import Client, EngineGone, RemoteEngine
from app.engine.vault import Vault
from app.home import Home
from app.screens.keys import KeymapError
from app.screens.services import TillServices
from app.text import gettext as _
from app.till.completing import TillIdentity

FAILURES = (*wiring.FAILURES, detached.EngineFailed, EngineGone, Refused, KeymapError)
LEAVE_S_MAX = 10.0


async def run(home: Home, settings: Settings, engine_options: Sequence[str]) -> int:
    """Show the till of this home until it is left; the exit status."""
    from app.screens.till import app as till_app

    async with engine_of(home, engine_options) as (engine, client):
        hello = await engine.attach()
        database = open_books(home.books)
        try:
            vault = Vault(home.persons)
            books = BooksReader(database, vault)
            till = TillIdentity(hello.till_no, hello.member_id, wiring.CURRENCY, settings.till.cashier)
            runner = await wiring.runner_of(till, engine, books, settings, vault.opened)
            services = TillServices(
                runner=runner,
                engine=engine,
                books=books,
                till_title=_("Till {no}").format(no=hello.till_no),
                cashier=settings.till.cashier,
                clock=datetime.now,
                receipt_text=runner.receipt_text,
                keys=settings.keys,
                crash_log=home.path / "crash.log",
            )
            status = await till_app.run(services)
        finally:
            database.dispose()
        await _leave(client)
        return status


@contextlib.asynccontextmanager
async def engine_of(home: Home, options: Sequence[str]) -> AsyncIterator[tuple[RemoteEngine, Client]]:
    """The home's engine, joined or started; one that we started ends with us, if we end in the usual way."""
    client, process = await detached.joined(home, options)
    try:
        yield RemoteEngine(client), client
    except FAILURES:
        await client.close()
        await _reap(process)
        raise
    # Any other exception is a crash of the screens: the engine lives on, and the next screens join it.
    await client.close()
    await _reap(process)


async def _leave(client: Client) -> None:
    """Tell the engine that its screens are gone for good; it ends if screens had started it."""
    with contextlib.suppress(Refused, EngineGone, TimeoutError):
        async with asyncio.timeout(LEAVE_S_MAX):
            await client.call("leave")
            await client.ended()


async def _reap(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None and process.poll() is None:
        await detached.stop(process)
