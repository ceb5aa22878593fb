"""What operations ask beside the engine: files in and out, the sync log, checks. Reads only; off the loop."""

from __future__ import annotations

from typing import Any

from app.books.reader import BooksReader
from app.engine.control import Refused
from app.engine.operations import Imported
from app.office.files import EXPORTS, IMPORTS
from app.text import gettext as _
from replication.identity import Identity
from replication.store import Store
from replication.verify import verify


class Desk:
    """``app.engine.operations.Office`` over books and store."""

    def __init__(self, books: BooksReader, store: Store, identity: Identity, currency: str) -> None:
        self.books = books
        self._store = store
        self._identity = identity
        self.currency = currency

    def import_facts(self, what: str, text: str) -> Imported:
        if what not in IMPORTS:
            raise Refused("unknown_import", _("{what} cannot be imported").format(what=what))
        return IMPORTS[what](self, text)

    def export(self, what: str) -> list[dict[str, Any]]:
        if what not in EXPORTS:
            raise Refused("unknown_export", _("{what} cannot be exported").format(what=what))
        return EXPORTS[what].rows(self)

    def log(self, limit: int) -> list[dict[str, Any]]:
        return [row._asdict() for row in self._store.log(limit)]

    def verify(self) -> dict[str, Any]:
        report = verify(self._store, self._identity.network_id, self._identity.root, self._identity.member())
        return report._asdict()

    def fingerprint(self) -> str:
        return self.books.fingerprint()
