"""What operations ask beside the engine: files in and out, the sync log, checks. Reads only; off the loop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from app.books.questions import Question
from app.books.reader import BooksReader
from app.engine.control import Refused
from app.engine.operations import Imported
from app.text import gettext as _
from replication.identity import Identity
from replication.log_table import ERRORS
from replication.store import Store
from replication.verify import verify

if TYPE_CHECKING:
    from app.office.rows import Source

T = TypeVar("T")


class Desk:
    """``app.engine.operations.Office`` over books and store."""

    def __init__(self, books: BooksReader, store: Store, identity: Identity, currency: str) -> None:
        self.books = books
        self._store = store
        self._identity = identity
        self.currency = currency

    def ask(self, question: Question[T]) -> T:
        return self.books.ask(question)

    def import_facts(self, what: str, source: Source) -> Imported:
        from app.office.files import IMPORTS  # every till opens a desk, few take files

        if what not in IMPORTS:
            raise Refused("unknown_import", _("{what} cannot be imported").format(what=what))
        return IMPORTS[what](self, source)

    def export(self, what: str) -> list[dict[str, Any]]:
        from app.office.files import EXPORTS

        if what not in EXPORTS:
            raise Refused("unknown_export", _("{what} cannot be exported").format(what=what))
        return EXPORTS[what].rows(self)

    def log(
        self, limit: int, *, peers: Sequence[str] | None = None, since_ms: int = 0, what: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Lines of the sync log, oldest first; ``at_ms`` also as ``at`` (ISO 8601, UTC), ``error`` empty if none."""
        return [
            {
                **row._asdict(),
                "at": datetime.fromtimestamp(row.at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
                "kinds": json.loads(row.kinds) if row.kinds else {},
                "error": row.detail if row.what in ERRORS else "",
            }
            for row in self._store.log(limit, peers=peers, since_ms=since_ms, what=what)
        ]

    def verify(self) -> dict[str, Any]:
        report = verify(self._store, self._identity.network_id, self._identity.root, self._identity.member())
        return report._asdict()

    def fingerprint(self) -> str:
        return self.books.fingerprint()
