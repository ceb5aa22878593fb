"""The store's one writing thread: an fsync per group of what has queued.

Batches are written in the order asked for, as many as have queued in one transaction. A
group that fails is rolled back whole and fails whole, and so does everything after it of
the same epoch: those batches were built on what was lost.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue

from replication.core.effects import Store as Batch
from replication.core.events import Stored, StoreFailed
from replication.core.model import Feed
from replication.log_table import LogRow, LogTable
from replication.quarantine_table import Counts, QuarantineTable
from replication.store_file import CHUNK_BITS, SEQ_BITS, reason_for

MAX_GROUP_BATCHES = 256
MAX_GROUP_BYTES = 8 * 1024 * 1024
MAX_LOG_ROWS_WAITING = 10_000
BLOCK_ROWS = 50
"""Rows that one statement inserts. ``sqlite3`` lets go of the interpreter for each statement and asks for it again:
while the loop computes, that costs both threads more than the row."""
LOG_IDLE_S = 0.25
"""Log lines wait this long for the disk to be idle."""
LOG_ASKED_S = 2.0
"""Who reads the log waits this long for lines that were noted before: a disk that hangs must not hide the rest."""

Done = Callable[[Stored | StoreFailed], None]


class Writer:
    """The thread that owns the writing connection. ``now_wall_ms`` is Unix time in ms."""

    def __init__(self, connection: sqlite3.Connection, path: Path, now_wall_ms: Callable[[], int]) -> None:
        self._connection = connection
        self._quarantine = QuarantineTable(connection)
        self._now_wall_ms = now_wall_ms
        self._path = path
        self._queue: SimpleQueue[tuple[Batch, Done, int] | threading.Event | None] = SimpleQueue()
        self._log: SimpleQueue[LogRow] = SimpleQueue()
        self._feed_numbers: dict[Feed, int] = {}
        self._chunk_ids: dict[str, int] = {}
        self._failed_epoch = -1
        self._failure = ""
        self._size_lock = threading.Lock()
        self.queued_bytes = 0
        self._closed = False
        self._log_table = LogTable(connection)
        self._thread = threading.Thread(target=self._run, name="tillmesh-store", daemon=True)
        self._thread.start()

    def put(self, batch: Batch, done: Done) -> None:
        size = sum(len(chunk.data) for chunk in batch.chunks) + sum(len(record.text) for record in batch.records)
        with self._size_lock:
            if not self._closed:
                self.queued_bytes += size
                self._queue.put((batch, done, size))
                return
        done(StoreFailed(batch.batch_id, "closed: the store is closed"))

    def put_log(self, rows: Iterable[LogRow]) -> None:
        for row in rows:
            if self._log.qsize() < MAX_LOG_ROWS_WAITING:
                self._log.put(row)

    def write_log(self) -> None:
        """Get the log's lines onto disk that wait now; returns when they are there or ``LOG_ASKED_S`` have passed."""
        written = threading.Event()
        with self._size_lock:
            if self._closed:
                return
            self._queue.put(written)
        written.wait(LOG_ASKED_S)

    @property
    def quarantined(self) -> Counts:
        """What of refused records is kept, and what was dropped."""
        return self._quarantine.counts

    def close(self) -> None:
        with self._size_lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group: list[tuple[Batch, Done, int]] = []
            size = 0
            asked: threading.Event | None = None
            try:
                # Log lines come in beside the queue: an idle writer looks for them now and then.
                item = self._queue.get(timeout=LOG_IDLE_S)
                while True:
                    if item is None:
                        stopping = True
                        break
                    if isinstance(item, threading.Event):
                        asked = item
                        break
                    group.append(item)
                    size += item[2]
                    if len(group) >= MAX_GROUP_BATCHES or size >= MAX_GROUP_BYTES:
                        break
                    item = self._queue.get_nowait()
            except Empty:
                pass
            if group:
                self._carry_out(group, size)
            if self._log.qsize() and (asked is not None or not group):
                self._write_log()
            if asked is not None:
                asked.set()
        self._write_log()
        self._connection.close()

    def _carry_out(self, group: list[tuple[Batch, Done, int]], size: int) -> None:
        good = [item for item in group if item[0].epoch > self._failed_epoch]
        if good:
            try:
                self._write([batch for batch, _, _ in good])
            except (sqlite3.Error, OSError) as error:
                self._failed_epoch = max(batch.epoch for batch, _, _ in good)
                self._failure = reason_for(self._path, error)
                self._roll_back()
                good = []
        with self._size_lock:
            self.queued_bytes -= size
        written = {batch.batch_id for batch, _, _ in good}
        for batch, done, _ in group:
            if batch.batch_id in written:
                done(Stored(batch.batch_id))
            else:
                done(StoreFailed(batch.batch_id, self._failure))

    def _write(self, batches: Sequence[Batch]) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        chunk_rows: list[tuple[int, int, int, bytes]] = []
        record_rows: list[tuple[int, str, str, str, str]] = []
        for batch in batches:
            for chunk in batch.chunks:
                row_id = self._next_chunk_id(chunk.document_id)
                chunk_rows.append((row_id, len(chunk.data), zlib.crc32(chunk.data), chunk.data))
            for record in batch.records:
                row_id = self._feed_number(record.feed) << SEQ_BITS | record.seq
                record_rows.append((row_id, record.hlc, record.kind, record.hash, record.text))
        self._insert("INSERT INTO chunks VALUES ", "(?, ?, ?, ?)", chunk_rows)
        # A plain INSERT: a record is never written over, whatever asks for it.
        self._insert("INSERT INTO records VALUES ", "(?, ?, ?, ?, ?)", record_rows)
        for batch in batches:
            for key, value in batch.keep.items():
                if value is None:
                    execute("DELETE FROM kept WHERE key = ?", (key,))
                else:
                    execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, value))
        refused = [row for batch in batches for row in batch.quarantine]
        if refused:
            self._quarantine.add(refused, self._now_wall_ms())
        execute("COMMIT")
        if refused:
            self.put_log(self._quarantine.told(self._now_wall_ms()))

    def _insert(self, into: str, row: str, rows: Sequence[tuple[int | str | bytes, ...]]) -> None:
        """Add the rows, ``BLOCK_ROWS`` with one statement as long as there are so many."""
        done = len(rows) - len(rows) % BLOCK_ROWS
        if done:
            blocks = [tuple(chain.from_iterable(rows[at : at + BLOCK_ROWS])) for at in range(0, done, BLOCK_ROWS)]
            self._connection.executemany(into + ", ".join([row] * BLOCK_ROWS), blocks)
        if done < len(rows):
            self._connection.executemany(into + row, rows[done:])

    def _feed_number(self, feed: Feed) -> int:
        number = self._feed_numbers.get(feed)
        if number is None:
            self._connection.execute("INSERT OR IGNORE INTO feeds (member, topic) VALUES (?, ?)", feed)
            row = self._connection.execute("SELECT no FROM feeds WHERE member = ? AND topic = ?", feed).fetchone()
            number = self._feed_numbers[feed] = int(row[0])
        return number

    def _next_chunk_id(self, document_id: str) -> int:
        newest = self._chunk_ids.get(document_id)
        if newest is None:
            execute = self._connection.execute
            execute("INSERT OR IGNORE INTO documents (document_id) VALUES (?)", (document_id,))
            no = int(execute("SELECT no FROM documents WHERE document_id = ?", (document_id,)).fetchone()[0])
            low, high = no << CHUNK_BITS, ((no + 1) << CHUNK_BITS) - 1
            row = execute("SELECT max(id) FROM chunks WHERE id BETWEEN ? AND ?", (low, high)).fetchone()
            newest = low if row[0] is None else int(row[0])
        self._chunk_ids[document_id] = newest + 1
        return newest + 1

    def _roll_back(self) -> None:
        self._feed_numbers.clear()
        self._chunk_ids.clear()
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # SQLite has rolled back by itself, as it does after some errors of the disk
        self._quarantine.rolled_back()

    def _write_log(self) -> None:
        rows: list[LogRow] = []
        while len(rows) < MAX_LOG_ROWS_WAITING:
            try:
                rows.append(self._log.get_nowait())
            except Empty:
                break
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._log_table.add(rows)
            self._log_table.tidy(self._now_wall_ms())
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OSError):
            # The log is for people; a full disk is reported by the next batch that matters.
            self._roll_back()
