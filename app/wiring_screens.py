"""Wiring's half for the process of the screens: the home's engine behind its socket, the books, the session.

Whoever stands at the till logs in on the screens, if there are users; the till that is closed logs out.

The engine is joined or started. When the screens are left in the usual way, an engine that
screens had started ends with them, unless it is to be kept; when they are killed it lives on, and the next screens
join it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from functools import partial

from app import config, settings_file, text
from app.books.postgres import BooksUnavailable
from app.books.questions.users import HasUsers
from app.books.reader import BooksReader
from app.books.schema import BooksDamaged, open_books
from app.config import Settings
from app.device_settings import BadgeReaderSettings
from app.engine import detached
from app.engine.control import Refused
from app.engine.remote import Client, EngineGone, RemoteDevices, RemoteEngine, RemoteTills
from app.engine.vault import Vault
from app.home import Home
from app.office.places import books_place
from app.screens.keys import KeymapError
from app.screens.services import TillServices
from app.text import gettext as _
from app.till.commands import Logout
from app.till.completing import TillIdentity
from app.till.effects import Refuse
from app.till.ports import JournalRefused
from app.till.queries.every import Queries
from app.till.runner import Runner
from app.wiring_house import TillHouse
from app.wiring_session import CURRENCY, customer_words, runner_of
from peripherals.badge.codec import Presented, number_of

_log = logging.getLogger(__name__)


class NoUsers(Exception):
    """Somebody was named who should log in, but nobody has to."""


FAILURES = (
    config.ConfigError,
    BooksDamaged,
    BooksUnavailable,
    JournalRefused,
    OSError,
    ValueError,
    detached.EngineFailed,
    EngineGone,
    Refused,
    KeymapError,
    NoUsers,
)
LEAVE_S_MAX = 10.0
LOG_LINES = 200


async def run(
    home: Home,
    settings: Settings,
    engine_options: Sequence[str],
    user: str | None = None,
    *,
    keeps_engine: bool = False,
    engine: subprocess.Popen[bytes] | None = None,
) -> int:
    """Show the till of this home until it is left; the exit status.

    ``user``: whose PIN is asked for first; ``keeps_engine``: the engine goes on when the screens are left;
    ``engine``: the home's, if it has just been started.
    """
    from app.screens.till import app as till_app

    async with engine_of(home, engine_options, keeps=keeps_engine, begun=engine) as (port, client):
        hello = await port.attach()
        database = open_books(books_place(home, settings))
        try:
            vault = Vault(home.persons)
            books = BooksReader(database, vault)
            till = TillIdentity(hello.till_no, hello.member_id, CURRENCY, settings.till.cashier, hello.site)
            runner = await runner_of(till, port, books, settings, vault.opened, home.path)
            has_users = books.ask(HasUsers())
            if user is not None and not has_users:
                await leave(client, keeps=keeps_engine)
                raise NoUsers(_("there are no users, so nobody logs in: leave --user away"))
            services = TillServices(
                runner=runner,
                engine=port,
                books=books,
                cashier=settings.till.cashier,
                login_as=(user or "") if has_users else None,
                clock=datetime.now,
                receipt_text=runner.receipt_text,
                ask=Queries(runner).ask,
                keys=settings.keys,
                crash_log=home.path / "crash.log",
                network_log=partial(client.call, "log", limit=LOG_LINES),
                digital_receipt=RemoteDevices(client).digital_receipt,
                devices=RemoteDevices(client),
                tills=RemoteTills(client),
                house=TillHouse(home, settings, client),
                till_no=hello.till_no,
                site=hello.site,
                customer_words=customer_words(settings),
                look=settings.screens.look,
                typed_badge=_typed_badge(settings),
                keep_setting=lambda key, value: settings_file.change(home.settings, {("screens", key): value}),
            )
            text.use(settings.screens.language or text.language())
            # As with the engine: a look through all that is there already would hold up a scan.
            gc.freeze()
            status = await till_app.run(services)
            await _log_out(runner)
        finally:
            database.dispose()
        await leave(client, keeps=keeps_engine)
        return status


@contextlib.asynccontextmanager
async def engine_of(
    home: Home,
    options: Sequence[str],
    *,
    keeps: bool = False,
    begun: subprocess.Popen[bytes] | None = None,
) -> AsyncIterator[tuple[RemoteEngine, Client]]:
    """The home's engine, joined or started; one that we started ends with us, if we end in the usual way.

    ``keeps``: it goes on without us; ``begun``: it has just been started.
    """
    client, started = await detached.joined(home, options, begun)
    process = None if keeps else started
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


async def leave(client: Client, *, keeps: bool) -> None:
    """Tell the engine that its screens are gone for good; it ends if screens had started it."""
    if keeps:
        return
    with contextlib.suppress(Refused, EngineGone, TimeoutError):
        async with asyncio.timeout(LEAVE_S_MAX):
            await client.call("leave")
            await client.ended()


async def _reap(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None and process.poll() is None:
        await detached.stop(process)


def _typed_badge(settings: Settings) -> Callable[[str], str]:
    """Makes a badge's number of what a reader that types has typed, as the first such reader's settings say."""
    readers = (each for each in settings.devices.values() if isinstance(each, BadgeReaderSettings) and each.types)
    reader = next(readers, None)
    if reader is None:
        return str
    form = reader.form

    def number(typed: str) -> str:
        found = number_of(typed, form)
        return found.number if isinstance(found, Presented) else typed

    return number
