"""Books for one test after the other.

An engine remembers the statements it has compiled, and its tables stand; to make both anew for every till of every
example took more than half of a law's time.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, delete

from app.books.schema import open_books
from app.books.tables.base import meta, metadata

_TABLES = tuple(table for table in reversed(metadata.sorted_tables) if table is not meta)


class Shelf:
    """Empty books, each in a file of its own."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="spare-books-", ignore_cleanup_errors=True)
        self._numbers = count(1)
        self._spare: list[Engine] = []

    def take(self) -> Engine:
        """Books that nobody has written in; whoever is done with them gives them back."""
        return (
            self._spare.pop() if self._spare else open_books(Path(self._folder.name) / f"{next(self._numbers)}.sqlite")
        )

    def give_back(self, books: Engine) -> None:
        """Nobody asks these books any more."""
        with books.begin() as connection:
            for table in _TABLES:
                connection.execute(delete(table))
        books.dispose()  # its connections; what it has compiled stays
        self._spare.append(books)
