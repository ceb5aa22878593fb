"""Wiring's half for the process of the screens: the home's engine behind its socket, the books, the session.

Before the screens open, whoever stands at the till logs in at the ``door``, if there are users; the till that is closed
logs out.

The engine is joined or started. When the screens are left in the usual way, an engine that
screens had started ends with them; when they are killed it lives on, and the next screens join it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

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
from app.till.commands import Logout
from app.till.completing import TillIdentity
from app.till.effects import Refuse
from app.till.runner import Runner

Door = Callable[[Runner], Awaitable[str]]
"""Has somebody log in; the name to show, empty if nobody needs to. ``NotLoggedIn`` if nobody does."""

_log = logging.getLogger(__name__)


class NotLoggedIn(Exception):
    """The till stays closed; the text says why."""


FAILURES = (*wiring.FAILURES, detached.EngineFailed, EngineGone, Refused, KeymapError, NotLoggedIn)
LEAVE_S_MAX = 10.0
LOG_LINES = 200


async def run(home: Home, settings: Settings, engine_options: Sequence[str], door: Door) -> int:
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
            try:
                user = await door(runner)
            except (NotLoggedIn, asyncio.CancelledError):
                await _leave(client)
                raise
            services = TillServices(
                runner=runner,
                engine=engine,
                books=books,
                till_title=_("Till {no}").format(no=hello.till_no),
                cashier=user or settings.till.cashier,
                clock=datetime.now,
                receipt_text=runner.receipt_text,
                keys=settings.keys,
                crash_log=home.path / "crash.log",
                network_log=partial(client.call, "log", limit=LOG_LINES),
            )
            status = await till_app.run(services)
            await _log_out(runner)
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


async def _log_out(runner: Runner) -> None:
    """Nobody stands at a till that is closed. If that cannot be logged, the next login says enough."""
    if not runner.session.user:
        return
    try:
        answer = await runner.run(Logout())
    except (EngineGone, OSError) as error:
        answer = Refuse(type(error).__name__)
    if isinstance(answer, Refuse):
        _log.warning("the logout could not be logged: %s", answer.code)


async def _leave(client: Client) -> None:
    """Tell the engine that its screens are gone for good; it ends if screens had started it."""
    with contextlib.suppress(Refused, EngineGone, TimeoutError):
        async with asyncio.timeout(LEAVE_S_MAX):
            await client.call("leave")
            await client.ended()


async def _reap(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None and process.poll() is None:
        await detached.stop(process)
