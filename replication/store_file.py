"""The store's file: its tables, its keys, and how it is opened.

What a commit touches is what it costs, so keys are packed into SQLite's integer row id and
every table is a single tree: ``feeds.no << 40 | seq`` for records, ``documents.no << 32 | n``
for chunks. The view ``record_list`` shows records with names.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

FORMAT = "1"
SEQ_BITS = 40
CHUNK_BITS = 32
_CACHE_KIB = 8 * 1024

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feeds (no INTEGER PRIMARY KEY, member TEXT NOT NULL, topic TEXT NOT NULL,
    UNIQUE (member, topic));
CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, hlc TEXT NOT NULL, kind TEXT NOT NULL,
    hash TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (no INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS chunks (id INTEGER PRIMARY KEY, length INTEGER NOT NULL, checksum INTEGER NOT NULL,
    data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (no INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, feed TEXT NOT NULL,
    reason TEXT NOT NULL, evidence TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS synclog (no INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, what TEXT NOT NULL,
    peer TEXT NOT NULL, detail TEXT NOT NULL, kinds TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL DEFAULT 0);
CREATE VIEW IF NOT EXISTS record_list AS SELECT feeds.member, feeds.topic, records.id & 0xFFFFFFFFFF AS seq,
    hlc, kind, hash, text FROM records JOIN feeds ON feeds.no = records.id >> 40;
"""

_ALWAYS = frozenset({"meta", "feeds", "records", "documents", "chunks", "kept", "quarantine", "synclog"})


class StoreDamaged(Exception):
    """The store holds something that cannot be true; the text names it and says what to do."""


class StoreUnavailable(Exception):
    """The store cannot be opened for want of space or rights; the text says what to do."""


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5, cached_statements=64)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, whatever is asked of it."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA query_only=ON")
    return connection


def refuse_strange_tables(connection: sqlite3.Connection, path: Path) -> None:
    """``StoreDamaged`` if some of the tables are there, but not those that every store has had."""
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if found and not found >= _ALWAYS:
        raise StoreDamaged(advice(path, f"the table {min(_ALWAYS - found)} is missing"))


def reason_for(path: Path, error: Exception) -> str:
    """Why a batch failed: a code, then a sentence."""
    # A full disk reaches us as SQLITE_FULL, or as a failed write where there is a quota.
    full = code_of(error) == sqlite3.SQLITE_FULL or getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_WRITE
    if full or isinstance(error, OSError):
        return f"disk_full: {path} cannot be written ({error}); free some space on the disk"
    return f"store_failed: {path} cannot be written ({error})"


def code_of(error: Exception) -> int:
    """SQLite's primary result code; 0 for other errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def advice(path: Path, what: str) -> str:
    return (
        f"the store {path} is damaged: {what}; move the file away and start again to fetch it back from the"
        " other members, or restore a backup"
    )


def record_ids(feed_no: int, after: int) -> tuple[int, int]:
    return (feed_no << SEQ_BITS) + after + 1, ((feed_no + 1) << SEQ_BITS) - 1


def low_bits(bits: int) -> int:
    return (1 << bits) - 1
