"""Where a home's books are: its own file, or the database that ``[office] books`` or ``--books`` names.

A password is better kept out of both, in ``~/.pgpass`` or ``PGPASSWORD``: then it is in no file of the home and in no
list of processes. Wherever a place is shown to people or logged, it goes through ``shown``.
"""

from __future__ import annotations

from pathlib import Path

from app.books import postgres
from app.books.address import is_url
from app.config import Settings
from app.home import Home


def books_place(home: Home, settings: Settings) -> Path | str:
    """What ``app.books.schema.open_books`` opens for this home."""
    return settings.office.books or home.books


def shown(place: Path | str) -> str:
    """The place as people may read it: without a password."""
    return postgres.shown(place) if isinstance(place, str) and is_url(place) else str(place)
