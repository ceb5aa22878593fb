"""Books that lack what they had get it again, from this member's own store.

That is so when another office has folded shared books anew and knows fewer records than this one, or when their
database was put back from a backup. Nothing is lost by either: whatever was folded is in the store of whoever did it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from app.books.turns import BooksBehind
from app.books.writer import BooksWriter
from replication.core.model import Feed, Record

_log = logging.getLogger(__name__)


class CatchingUp:
    """A writer of books that brings what they lack; ``records_after`` is that of the store."""

    def __init__(
        self, writer: BooksWriter, records_after: Callable[[dict[Feed, int]], Iterator[Sequence[Record]]]
    ) -> None:
        self._writer = writer
        self._records_after = records_after

    def apply(self, records: Sequence[Record]) -> None:
        """As ``BooksWriter.apply``. If the books fall behind once more meanwhile, the next attempt catches that up."""
        try:
            self._writer.apply(records)
        except BooksBehind as behind:
            _log.warning("%s; they get them again", behind)
            for run in self._records_after(self._writer.look()):
                self._writer.apply(run)
            self._writer.apply(records)
