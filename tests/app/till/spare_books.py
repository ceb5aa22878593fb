"""Books for one test after the other.

An engine remembers the statements it has compiled, and its tables stand; to make both anew for every till of every
example took more than half of a law's time.
"""

from __future__ import annotations

from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event

from app.books.schema import open_books
from app.books.tables.base import meta, metadata

_EMPTY = ";".join(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables if table is not meta)


class Shelf:
    """Empty books, each in a file of its own."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="spare-books-", ignore_cleanup_errors=True)
        self._numbers = count(1)
        self._spare: list[Engine] = []

    def take(self) -> Engine:
        """Books that nobody has written in; whoever is done with them gives them back."""
        if self._spare:
            return self._spare.pop()
        books = open_books(Path(self._folder.name) / f"{next(self._numbers)}.sqlite")
        event.listen(books, "connect", _forgetful)
        return books

    def give_back(self, books: Engine) -> None:
        """Nobody asks these books any more."""
        with closing(books.raw_connection()) as connection:
            connection.driver_connection.executescript(f"BEGIN;{_EMPTY};COMMIT")  # type: ignore[union-attr]
        books.dispose()  # its connections; what it has compiled stays
        self._spare.append(books)


def _forgetful(connection: Any, _record: Any) -> None:
    """Nothing is waited for until it is on the disk: nobody opens these books after a power cut."""
    connection.execute("PRAGMA synchronous=OFF").close()
