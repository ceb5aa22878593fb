"""Whoever the books say is forgotten has no key here any more: folding a batch ends with the punctures it asks for.

The books are asked rather than the records, so it is the same whatever came before: a crash between the two, books
folded anew, a key file out of an old backup. Once a record is applied its person is forgotten on this disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.books.questions.customers import ForgottenPersons
from app.books.reader import BooksReader
from app.engine.vault import Vault
from app.facts.circulation import CustomerForgotten
from replication.core.model import Record


class Writer(Protocol):
    """``app.books.writer.BooksWriter``, or what stands before it."""

    def apply(self, records: Sequence[Record]) -> None: ...


class Forgetting:
    """A writer of books that keeps the vault in step."""

    def __init__(self, writer: Writer, books: BooksReader, vault: Vault) -> None:
        self._writer = writer
        self._books = books
        self._vault = vault

    def apply(self, records: Sequence[Record]) -> None:
        """Fold the records, then erase the keys of those they forget; as ``BooksWriter.apply``, and ``OSError``."""
        self._writer.apply(records)
        if any(record.kind == CustomerForgotten.kind for record in records):
            self.catch_up()

    def catch_up(self) -> None:
        """Erase the keys of all whom the books know to be forgotten."""
        forgotten = self._books.ask(ForgottenPersons())
        self._vault.forget(forgotten)
