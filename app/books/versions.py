"""Which version books have, and how they come to this program's: made, brought on, or begun anew.

The version is where Alembic keeps it, but nothing of Alembic is needed to see that there is nothing to do.

1. Books without tables are made at once in this version.
2. Older ones are brought on by ``app.books.migrations``, in the transaction that opens them: all of it or nothing.
   What a migration cannot tell from rows is folded anew from the feeds, for the positions begin at nothing.
3. Books of before Alembic, and a till's on which it is not installed, are folded anew altogether.
4. Books of a version that this program does not know are refused (``Unknown``) and left as they are: a newer program
   wrote them, and others may be using them.
"""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select, update

from app.books.tables.base import meta, metadata

TABLE = Table("books_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Not among the tables of the books: Alembic makes and writes it as well."""
UNKNOWN_FIRST = "0"
"""The version of books that Alembic never saw."""
FOLDING = "folding"
"""In ``meta``: how often the books were begun anew."""


class Unknown(Exception):
    """The books have a version that no program of this age knows."""


def version_of(connection: Connection) -> str | None:
    """The version of these books; None if there are none yet."""
    tables = inspect(connection)
    if tables.has_table(TABLE.name):
        return connection.execute(select(TABLE.c.version_num)).scalar()
    return UNKNOWN_FIRST if tables.has_table(meta.name) else None


def prepare(connection: Connection, newest: str) -> None:
    """Books of the newest version afterwards; ``Unknown`` as above, ``ImportError`` if a server's need Alembic."""
    version = version_of(connection)
    if version == newest:
        return
    if connection.dialect.name == "sqlite":
        # Python's driver begins no transaction for tables, and another process may be about to do the same.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        version = version_of(connection)
    if version in (None, UNKNOWN_FIRST):
        _begin_anew(connection, newest)
    elif version != newest:
        assert version is not None
        _bring_on(connection, version, newest)


def _bring_on(connection: Connection, version: str, newest: str) -> None:
    try:
        migrations = import_module("app.books.migrations.running")
    except ImportError:
        if connection.dialect.name != "sqlite":
            raise
        if not version.isdigit() or int(version) > int(newest):
            raise Unknown(version) from None
        _begin_anew(connection, newest)
        return
    if migrations.upgrade(connection, version):
        count_folding(connection)


def _begin_anew(connection: Connection, newest: str) -> None:
    metadata.drop_all(connection)
    metadata.create_all(connection)
    TABLE.create(connection, checkfirst=True)
    connection.execute(TABLE.delete())
    connection.execute(insert(TABLE).values(version_num=newest))


def count_folding(connection: Connection) -> str:
    """The books are begun anew once more: what others remember of them holds no longer. How often it was."""
    before = connection.execute(select(meta.c.value).where(meta.c.key == FOLDING)).scalar()
    count = str(int(before or "0") + 1)
    if before is None:
        connection.execute(insert(meta).values(key=FOLDING, value=count))
    else:
        connection.execute(update(meta).where(meta.c.key == FOLDING).values(value=count))
    return count
