"""The quarantine's table: what was refused, as evidence, within bounds whoever sends how much.

Beyond ``MAX_ROWS`` or ``MAX_BYTES`` the oldest goes first, but not before anything else the first of a feed (where the
trouble began) and, last of all, the proof of a fork: whoever sends junk must not be able to have those thrown away.
Firsts may take half of all at most, for with sticks names can be made up. What went is counted, durably, and a line of
the sync log says so, at most once a minute.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from replication.log_table import LogRow

MAX_ROWS = 1_000
MAX_BYTES = 16 * 1024 * 1024
TELL_PAUSE_MS = 60_000
FORK = "fork"
"""The reason of a row that proves a fork."""
_DROPPED = "quarantine_dropped"
_BYTES = "length(CAST(feed AS BLOB)) + length(CAST(reason AS BLOB)) + length(CAST(evidence AS BLOB))"


class Counts(NamedTuple):
    """Rows that are kept, and how many have been dropped since the store began."""

    kept: int
    dropped: int


class _Row(NamedTuple):
    no: int
    feed: str
    is_fork: bool
    size: int


class QuarantineTable:
    """The table on the writing connection; used within its transactions. ``counts`` may be read from any thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.counts = self._counted()
        self._rows: list[_Row] | None = None
        self._told_ms: int | None = None
        self._untold = 0

    def add(self, refused: Sequence[tuple[str, str, str]], now_ms: int) -> None:
        """Put (feed, reason, evidence) in, and drop what is too much."""
        rows = self._all()
        statement = "INSERT INTO quarantine (at_ms, feed, reason, evidence) VALUES (?, ?, ?, ?)"
        for feed, reason, evidence in refused:
            no = self._connection.execute(statement, (now_ms, feed, reason, evidence)).lastrowid
            size = sum(len(text.encode()) for text in (feed, reason, evidence))
            rows.append(_Row(no or 0, feed, reason == FORK, size))
        dropped = _too_much(rows)
        if dropped:
            self._connection.executemany("DELETE FROM quarantine WHERE no = ?", [(no,) for no in dropped])
            statement = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value"
            self._connection.execute(statement, (_DROPPED, str(len(dropped))))
            self._rows = rows = [row for row in rows if row.no not in dropped]
        self._untold += len(dropped)
        self.counts = Counts(len(rows), self.counts.dropped + len(dropped))

    def rolled_back(self) -> None:
        """What was added in the transaction is not there after all."""
        self._rows, self._untold = None, 0
        with contextlib.suppress(sqlite3.Error):
            self.counts = self._counted()

    def told(self, now_ms: int) -> list[LogRow]:
        """What has to be said of what was dropped, once it is on disk."""
        recent = self._told_ms is not None and 0 <= now_ms - self._told_ms < TELL_PAUSE_MS
        if not self._untold or recent:
            return []
        detail = f"{self._untold} refused records dropped from quarantine: no more than {self.counts.kept} are kept"
        self._told_ms, self._untold = now_ms, 0
        return [LogRow(now_ms, "quarantined", "", detail)]

    def _counted(self) -> Counts:
        kept = self._connection.execute("SELECT count(*) FROM quarantine").fetchone()[0]
        statement = "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = ?"
        return Counts(kept, self._connection.execute(statement, (_DROPPED,)).fetchone()[0])

    def _all(self) -> list[_Row]:
        if self._rows is None:
            statement = f"SELECT no, feed, reason = '{FORK}', {_BYTES} FROM quarantine ORDER BY no"  # noqa: S608
            self._rows = [
                _Row(no, feed, bool(fork), size) for no, feed, fork, size in self._connection.execute(statement)
            ]
        return self._rows


def _too_much(rows: Sequence[_Row]) -> set[int]:
    """The numbers of the rows that have to go; ``rows`` oldest first."""
    count, size = len(rows), sum(row.size for row in rows)
    if count <= MAX_ROWS and size <= MAX_BYTES:
        return set()
    ranks: dict[int, int] = {}
    seen: set[str] = set()
    firsts_size = 0
    for row in rows:
        is_first = row.feed not in seen and len(seen) < MAX_ROWS // 2 and firsts_size + row.size <= MAX_BYTES // 2
        if is_first and not row.is_fork:
            seen.add(row.feed)
            firsts_size += row.size
        ranks[row.no] = 2 if row.is_fork else int(is_first)
    gone: set[int] = set()
    for row in sorted(rows, key=lambda row: (ranks[row.no], row.no)):
        if count <= MAX_ROWS and size <= MAX_BYTES:
            break
        gone.add(row.no)
        count, size = count - 1, size - row.size
    return gone
