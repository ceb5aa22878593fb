"""What operations ask beside the engine: files in and out, the sync log, checks. Reads only; off the loop."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import select

from app.books.reader import BooksReader
from app.books.tables.articles import articles
from app.books.views import ArticleView
from app.engine.control import Refused
from app.engine.operations import Imported
from app.office.importing import read_articles, reason
from app.text import gettext as _
from replication.identity import Identity
from replication.store import Store
from replication.verify import verify


class Desk:
    """``app.engine.operations.Office`` over books and store."""

    def __init__(self, database: Database, books: BooksReader, store: Store, identity: Identity, currency: str) -> None:
        self._database = database
        self._books = books
        self._store = store
        self._identity = identity
        self._currency = currency

    def import_facts(self, what: str, text: str) -> Imported:
        if what != "articles":
            raise Refused("unknown_import", _("{what} cannot be imported yet; articles can").format(what=what))
        known = self._books.vat_keys()
        found = read_articles(text, currency=self._currency, vat_keys=known)
        faults = tuple((fault.line, reason(fault, _)) for fault in found.faults)
        return Imported(found.facts, faults)

    def articles(self) -> list[ArticleView]:
        with self._database.connect() as connection:
            idents = list(connection.execute(select(articles.c.ident_no).order_by(articles.c.ident_no)).scalars())
        found = (self._books.article(ident) for ident in idents)
        return [article for article in found if article is not None]

    def log(self, limit: int) -> list[dict[str, Any]]:
        return [row._asdict() for row in self._store.log(limit)]

    def verify(self) -> dict[str, Any]:
        report = verify(self._store, self._identity.network_id, self._identity.root, self._identity.member())
        return report._asdict()

    def fingerprint(self) -> str:
        return self._books.fingerprint()
