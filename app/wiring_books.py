"""Wiring's half for the books of an open home: at once, or as soon as their server is there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.books.postgres import BooksAway, engine_of
from app.books.reader import BooksReader
from app.books.schema import belong_to, open_books
from app.books.writer import BooksWriter
from app.engine.catching_up import CatchingUp
from app.engine.forgetting import Forgetting
from app.engine.late_books import LateBooks
from app.engine.vault import Vault
from replication.core.model import Feed, Record
from replication.store import Store


class KeptBooks(NamedTuple):
    """``away`` says why the books are not open yet; ``positions`` are nothing then."""

    reader: BooksReader
    apply: Callable[[Sequence[Record]], None]
    positions: dict[Feed, int]
    away: str = ""


@contextlib.contextmanager
def books_of(
    place: Path | str, network_id: str, store: Store, vault: Vault, *, may_be_late: bool
) -> Iterator[KeptBooks]:
    """The books of a network, open until the end; ``may_be_late``: only then is a server waited for that is away.

    ``BooksDamaged``, ``BooksUnavailable``.
    """
    away = ""
    try:
        database = open_books(place, at_once=may_be_late)
    except BooksAway as error:
        if not may_be_late:
            raise
        database, away = engine_of(str(place)), str(error)

    def written() -> tuple[BooksWriter, Forgetting]:
        belong_to(database, network_id)
        writer = BooksWriter(database)
        forgetting = Forgetting(CatchingUp(writer, store.records_after), BooksReader(database, vault), vault)
        forgetting.catch_up()
        return writer, forgetting

    with contextlib.ExitStack() as stack:
        stack.callback(database.dispose)

        def opened_late() -> Forgetting:
            open_books(place).dispose()
            writer, forgetting = written()
            for run in store.records_after(writer.positions()):
                forgetting.apply(run)  # if that fails, the writer has given its connection back
            stack.callback(writer.close)
            return forgetting

        if away:
            late = LateBooks(opened_late, away)
            yield KeptBooks(BooksReader(database, vault, late.check), late.apply, {}, away)
        else:
            writer, forgetting = written()
            stack.callback(writer.close)
            yield KeptBooks(BooksReader(database, vault), forgetting.apply, writer.positions())
