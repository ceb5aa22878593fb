"""What an audit looks at, opened for reading only: the books, and the store beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from app.books import postgres
from app.books.address import is_url
from app.books.postgres import BooksUnavailable
from app.books.schema import SCHEMA_VERSION, BooksDamaged, open_books, version_at
from app.home import Home
from app.office.audit.running import Sight
from app.text import gettext as _
from replication.identity import Identity, IdentityDamaged, NoIdentity
from replication.store import Store, StoreDamaged, StoreUnavailable

FAILURES = (
    BooksDamaged, BooksUnavailable, StoreDamaged, StoreUnavailable, NoIdentity, IdentityDamaged, OSError,
)  # fmt: skip
"""Why nothing can be looked at, with a sentence each."""


@contextmanager
def opened(home: Home, place: Path | str) -> Iterator[Sight]:
    """Everything of a home, while its till goes on; ``place``: of the books (``app.office.places``).

    ``NoIdentity``, ``StoreDamaged``, ``StoreUnavailable``, ``BooksDamaged`` or ``BooksUnavailable`` if something cannot
    be opened, or goes away meanwhile.
    """
    with ExitStack() as stack:
        identity = Identity.load(home.path)
        store = Store.read_only(home.store)
        stack.callback(store.close)
        books = read_books(place)
        stack.callback(books.dispose)
        try:
            yield Sight(books, store, identity)
        except DBAPIError as error:
            raise _broken(place, error) from None


def read_books(place: Path | str) -> Engine:
    """Books that nobody can write through; a URL's as they are, since a server knows who may do what."""
    if isinstance(place, str) and is_url(place):
        return open_books(place)
    version = version_at(place)
    if version is None:
        raise BooksDamaged(_("{place} is not there yet; start the till of this home once").format(place=place))
    if version != SCHEMA_VERSION:
        said = _("the books {place} are of another version; start the till of this home once")
        raise BooksDamaged(said.format(place=place))
    engine = create_engine(f"sqlite:///{place}")
    event.listen(engine, "connect", _only_reads)
    return engine


def _only_reads(connection: Any, _record: Any) -> None:
    for pragma in ("busy_timeout=5000", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _broken(place: Path | str, error: DBAPIError) -> Exception:
    if isinstance(place, str) and is_url(place):
        return postgres.unavailable(error, place)
    reason = _("the books {place} cannot be read ({reason}); move that file away and run: tillmesh rebuild")
    return BooksDamaged(reason.format(place=place, reason=error.orig))
