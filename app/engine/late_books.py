"""Books on a server that is away when a home is opened: whoever writes into them opens them, as soon as it is there.

1. The home opens all the same. What others send is durable in the store, and waits.
2. Each attempt to write (``replication.applier`` makes one after the other) begins with opening the books. The first
   that succeeds brings all that the store has and they lack.
3. Until then they are not asked either: they may be another network's, of another version, or not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.books.postgres import BooksUnavailable
from app.engine.forgetting import Writer
from replication.core.model import Record


class LateBooks:
    """A writer of books that ``open_`` opens, brings up to date and returns; ``why`` they could not be opened."""

    def __init__(self, open_: Callable[[], Writer], why: str) -> None:
        self._open = open_
        self._why = why
        self._writer: Writer | None = None

    def apply(self, records: Sequence[Record]) -> None:
        """As ``BooksWriter.apply``; with no records the books are only opened."""
        if self._writer is None:
            try:
                self._writer = self._open()
            except BooksUnavailable as error:
                self._why = str(error)
                raise
        self._writer.apply(records)

    def check(self) -> None:
        """``BooksUnavailable`` until they are open and have all that was durable then."""
        if self._writer is None:
            raise BooksUnavailable(self._why)
