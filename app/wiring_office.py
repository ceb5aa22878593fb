"""Wiring's half for the office's screens: the home's engine behind its socket, and the books.

The engine is joined or started, as by a till's screens; reports and lists are asked of the books in this process, so
that no question of the office holds up the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine as Database

from app import text, wiring_screens
from app.books.address import is_url
from app.books.postgres import BooksAway, engine_of
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.config import Settings
from app.engine.remote import RemoteOffice
from app.engine.vault import Vault
from app.home import Home
from app.office import tenants
from app.office.jobs.beside import scheduler
from app.office.places import books_place
from app.office.reports.definition import Report
from app.office.reports.making import Choices, made
from app.office.reports.table import ReportTable
from app.screens.office.services import OfficeServices, Other

FAILURES = wiring_screens.FAILURES


async def run(
    home: Home,
    settings: Settings,
    engine_options: Sequence[str],
    *,
    told: Callable[[str], None],
    keeps_engine: bool = False,
) -> tuple[int, Path | None]:
    """Show the office of this home until it is left; the exit status, and the home whose office is wanted instead.

    ``told`` hears before it begins why its books cannot be reached, if so.
    """
    from app.screens.office import app as office_app

    async with (
        wiring_screens.engine_of(home, engine_options, keeps=keeps_engine) as (_port, client),
        scheduler(home.path, home.log),
    ):
        hello = await client.call("hello")
        place, ask = books_place(home, settings), RemoteOffice(client)

        async def away() -> str:
            """The engine's word: it opens the books that it found away, and until then they may be anybody's."""
            trouble = str((await ask("status"))["books"]["trouble"]) if is_url(place) else ""
            return trouble.partition(": ")[2] or trouble  # after "the books cannot be written"

        database = _asked(place, await away(), told)
        try:
            text.use(settings.screens.language or text.language())
            ended = await office_app.run(
                OfficeServices(
                    home=home.path,
                    network=hello["network"],
                    ask=ask,
                    books=BooksReader(database, Vault(home.persons)),
                    books_place=str(place),
                    clock=datetime.now,
                    run_report=partial(_report, home, settings),
                    keys=settings.keys,
                    look=settings.screens.look,
                    tenants=partial(_others, home.path),
                    books_away=away,
                    listen=client.on_event,
                )
            )
        finally:
            database.dispose()
        await wiring_screens.leave(client, keeps=keeps_engine)
        return ended


def _asked(place: Path | str, away: str, told: Callable[[str], None]) -> Database:
    """The books, to be asked; if their server is away, that is told, and they are asked as soon as it is there."""
    try:
        if not away:
            return open_books(place, at_once=True)
    except BooksAway as error:
        away = str(error)
    told(away)
    return engine_of(str(place))


def _report(home: Home, settings: Settings, report: Report, choices: Choices) -> ReportTable:
    """Made of the books as they are now; days and hours are those of this machine."""
    return made(home, settings, report, choices, today=datetime.now().astimezone().date().isoformat(), zone=None)


def _others(home: Path) -> tuple[Other, ...]:
    """The tenants that have a home here. ``TenantsBad`` is a ``ValueError``."""
    return tuple(Other(key, each.name or key, Path(each.home)) for key, each in tenants.read(home).items() if each.home)
