"""Everything a member must not forget, in one SQLite file: chunks, records, kept values, the sync log.

The hub asks for one batch at a time (``effects.Store``); ``submit`` queues it and returns, and
the writing thread (``store_writer.py``) tells when it is on disk. WAL with ``synchronous=FULL``
makes every commit an fsync. Nothing is ever half written. Readers have a connection of their own.

Each chunk has its length and CRC-32 beside it, each record the SHA-256 that also chains
it, and numbers are without gaps up to the newest: what does not fit, or is not there, is
``StoreDamaged``, never used. ``store_file.py`` has the tables.

Lines of the sync log are written when the disk is idle; they may be lost in a crash.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from replication.core import records as record_texts
from replication.core.effects import Store as Batch
from replication.core.model import Chunk, Feed, FeedHead, Record, is_topic
from replication.core.records import BadRecord
from replication.log_table import LogRow, add_columns, lines
from replication.quarantine_table import Counts
from replication.store_file import (
    CHUNK_BITS,
    FORMAT,
    SCHEMA,
    SEQ_BITS,
    StoreDamaged,
    StoreUnavailable,
    advice,
    code_of,
    connect,
    connect_read_only,
    low_bits,
    record_ids,
    refuse_strange_tables,
)
from replication.store_writer import Done, Writer

__all__ = ["STORE_FILE", "LogRow", "QuarantineRow", "Store", "StoreDamaged", "StoreUnavailable"]

STORE_FILE = "store.sqlite"
"""Name of the store in a home."""


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


class QuarantineRow(NamedTuple):
    """A record that was refused: its feed, why, and the evidence as it came."""

    at_ms: int
    feed: str
    reason: str
    evidence: str


class Store:
    """The open store. ``submit`` and ``submit_log`` may be called from any thread; so may the readers."""

    def __init__(self, path: Path, reader: sqlite3.Connection, writer: Writer | None) -> None:
        self.path = path
        self._reader = reader
        self._reading = threading.Lock()
        self._only_writer = writer

    @classmethod
    def open(cls, path: Path, now_wall_ms: Callable[[], int] = _wall_ms) -> Store:
        """Open the file, making it if it is missing; ``StoreDamaged`` or ``StoreUnavailable`` if that cannot be.

        ``now_wall_ms`` (Unix ms) says how old lines of the sync log are and when a record was refused.
        """
        try:
            connection = connect(path)
            refuse_strange_tables(connection, path)
            connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")  # all of them, or none
            add_columns(connection)
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (FORMAT,))
            found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0]
            writer = Writer(connection, path, now_wall_ms) if found == FORMAT else None
        except UnicodeDecodeError as error:  # the damage is in the words of SQLite's own complaint
            raise StoreDamaged(advice(path, "its description of itself cannot be read")) from error
        except sqlite3.DatabaseError as error:
            if code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise StoreDamaged(advice(path, str(error))) from error
            raise StoreUnavailable(f"{path} cannot be opened ({error}); check rights and free space") from error
        if writer is None:
            connection.close()
            raise StoreDamaged(f"{path} has format {found}, this program reads {FORMAT}; update Tillmesh on this till")
        return cls(path, connect(path), writer)

    @classmethod
    def read_only(cls, path: Path) -> Store:
        """Open a store that another process may be writing; nothing can be written through it. Errors as ``open``."""
        try:
            reader = connect_read_only(path)
            refuse_strange_tables(reader, path)
            found = reader.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        except UnicodeDecodeError as error:
            raise StoreDamaged(advice(path, "its description of itself cannot be read")) from error
        except sqlite3.DatabaseError as error:
            if code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise StoreDamaged(advice(path, str(error))) from error
            raise StoreUnavailable(f"{path} cannot be opened ({error}); start the till of this home once") from error
        if found is None or found[0] != FORMAT:
            reader.close()
            raise StoreDamaged(f"{path} is not of format {FORMAT}; update Tillmesh on this till")
        return cls(path, reader, None)

    @property
    def _writer(self) -> Writer:
        if self._only_writer is None:
            raise StoreUnavailable(f"{self.path} was opened for reading only")
        return self._only_writer

    def close(self) -> None:
        """Write what has queued, then close. Later batches are answered with ``StoreFailed``."""
        if self._only_writer is not None:
            self._only_writer.close()
        with self._reading:
            self._reader.close()

    # -- writing -------------------------------------------------------------------------------

    def submit(self, batch: Batch, done: Done) -> None:
        """Queue a batch; ``done`` is called from the writer thread, in order, when it is on disk or has failed."""
        self._writer.put(batch, done)

    def submit_log(self, rows: Iterable[LogRow]) -> None:
        """Queue lines for the sync log; under a flood the newest are dropped."""
        self._writer.put_log(rows)

    @property
    def queued_bytes(self) -> int:
        """Bytes of batches that are not on disk yet."""
        return self._writer.queued_bytes

    # -- reading -------------------------------------------------------------------------------

    def version(self) -> int:
        """A number that differs from the last call's if another connection has written in between."""
        return int(self._rows("PRAGMA data_version", ())[0][0])

    def heads(self) -> dict[Feed, FeedHead]:
        """The newest record of every feed."""
        heads: dict[Feed, FeedHead] = {}
        for feed, no in self._feeds():
            rows = self._rows(
                "SELECT id, hash, hlc, text FROM records WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
                record_ids(no, 0),
            )
            if not rows:  # a feed gets its number with its first record
                raise StoreDamaged(advice(self.path, f"the records of {feed} are missing"))
            row_id, digest, hlc, text = rows[0]
            head = self._record(feed, row_id & low_bits(SEQ_BITS), digest, text)
            if head.hlc != hlc:
                raise StoreDamaged(
                    advice(self.path, f"the time of record {head.seq} of {feed} is not what was written")
                )
            heads[feed] = FeedHead(head.seq, digest, hlc)
        return heads

    def records(self, feed: Feed, after: int, limit: int) -> list[Record]:
        """At most ``limit`` records of the feed that follow sequence number ``after``."""
        for row_feed, no in self._feeds():
            if row_feed == feed:
                # Asked first: what is written meanwhile only makes the run longer.
                newest = self._rows("SELECT max(id) FROM records WHERE id BETWEEN ? AND ?", record_ids(no, 0))[0][0]
                rows = self._rows(
                    "SELECT id, hash, text FROM records WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                    (*record_ids(no, after), limit),
                )
                last = min((newest or 0) & low_bits(SEQ_BITS), after + limit)
                for seq in range(after + 1, max(after + len(rows), last) + 1):
                    at = seq - after - 1
                    if at >= len(rows) or rows[at][0] & low_bits(SEQ_BITS) != seq:
                        raise StoreDamaged(advice(self.path, f"record {seq} of {feed} is missing"))
                return [self._record(feed, row_id & low_bits(SEQ_BITS), digest, text) for row_id, digest, text in rows]
        return []

    def records_after(self, positions: dict[Feed, int], limit: int = 500) -> Iterator[list[Record]]:
        """All records beyond the positions, feed by feed (membership first), in runs of at most ``limit``."""
        for feed, head in sorted(self.heads().items(), key=lambda item: (item[0].topic != "membership", item[0])):
            after = positions.get(feed, 0)
            while after < head.seq and (run := self.records(feed, after, limit)):
                yield run
                after = run[-1].seq

    def membership_records(self) -> list[Record]:
        """All records of membership feeds."""
        found: list[Record] = []
        for feed, head in self.heads().items():
            if feed.topic == "membership":
                found += self.records(feed, 0, head.seq)
        return found

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        """The chunks of a document in the order they were written; empty if there are none."""
        no = self._document_no(document_id)
        if no is None:
            return ()
        rows = self._rows(
            "SELECT id, length, checksum, data FROM chunks WHERE id BETWEEN ? << 32 AND (? + 1 << 32) - 1 ORDER BY id",
            (no, no),
        )
        if not rows:  # a document gets its number with its first chunk
            raise StoreDamaged(advice(self.path, f"the chunks of document {document_id} are missing"))
        found: list[Chunk] = []
        for row_id, length, checksum, data in rows:
            n = row_id & low_bits(CHUNK_BITS)
            if n != len(found) + 1 or len(data) != length or zlib.crc32(data) != checksum:
                raise StoreDamaged(advice(self.path, f"chunk {n} of document {document_id} is not what was written"))
            found.append(Chunk(document_id, bytes(data)))
        return tuple(found)

    def kept(self, key: str) -> str | None:
        """A kept value; None if there is none."""
        rows = self._rows("SELECT value FROM kept WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def kept_all(self) -> dict[str, str]:
        """All kept values."""
        return dict(self._rows("SELECT key, value FROM kept", ()))

    def log(
        self, limit: int, *, peers: Sequence[str] | None = None, since_ms: int = 0, what: Sequence[str] = ()
    ) -> list[LogRow]:
        """The newest lines of the sync log, oldest first.

        Only those of these member ids, not before ``since_ms`` (Unix ms), of these sorts. What was noted before is
        among them: that is waited for, so not on the loop.
        """
        if self._only_writer is not None:
            self._only_writer.write_log()
        rows = self._rows(*lines(limit, peers, since_ms, what))
        return [LogRow(*row) for row in reversed(rows)]

    def quarantine(self, limit: int = 100) -> list[QuarantineRow]:
        """The newest refused records, oldest first."""
        rows = self._rows("SELECT at_ms, feed, reason, evidence FROM quarantine ORDER BY no DESC LIMIT ?", (limit,))
        return [QuarantineRow(*row) for row in reversed(rows)]

    def quarantined(self) -> Counts:
        """How many refused records are kept, and how many were too many to keep; costs nothing."""
        return self._writer.quarantined

    def _document_no(self, document_id: str) -> int | None:
        """Under which number its chunks are; None if there are none."""
        # As with feeds, SQLite keeps the names twice, and without a checksum.
        statement = "SELECT (SELECT no FROM documents WHERE document_id = ?),"
        statement += " (SELECT no FROM documents NOT INDEXED WHERE document_id = ?)"
        by_index, in_table = self._rows(statement, (document_id, document_id))[0]
        if by_index != in_table:
            raise StoreDamaged(advice(self.path, f"document {document_id} does not have the name that was written"))
        return None if in_table is None else int(in_table)

    def _feeds(self) -> list[tuple[Feed, int]]:
        # The names have no checksum, but SQLite keeps them twice: in the table and in its index. Both are read in one
        # statement: between two a feed could be added.
        statement = "SELECT 0, no, member, topic FROM feeds NOT INDEXED UNION ALL"
        statement += " SELECT 1, no, member, topic FROM feeds INDEXED BY sqlite_autoindex_feeds_1"
        rows = self._rows(statement, ())
        named, again = ({row[1:] for row in rows if row[0] == source} for source in (0, 1))
        if named != again or any(type(member) is not str or not is_topic(topic) for _, member, topic in named):
            raise StoreDamaged(advice(self.path, "a feed does not have the name that was written"))
        return [(Feed(member, topic), no) for no, member, topic in sorted(named)]

    def _record(self, feed: Feed, seq: int, digest: str, text: str) -> Record:
        try:
            record = record_texts.parse(feed, text)
        except BadRecord as error:
            raise StoreDamaged(advice(self.path, f"record {seq} of {feed}: {error}")) from error
        if record.hash != digest or record.seq != seq:
            raise StoreDamaged(advice(self.path, f"record {seq} of {feed} is not what was written"))
        return record

    def _rows(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            with self._reading:
                return self._reader.execute(statement, values).fetchall()
        except UnicodeDecodeError as error:  # the damage is in the words of SQLite's own complaint
            raise StoreDamaged(advice(self.path, "its description of itself cannot be read")) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError):
                raise
            raise StoreDamaged(advice(self.path, str(error))) from error
