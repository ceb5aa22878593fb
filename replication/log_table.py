"""The sync log's table: 90 days of what happened between this member and others.

It stays small by itself: what was sent and received is summed up by peer and hour once it is a day old, lines older
than ``LOG_DAYS`` go, and the oldest beyond ``MAX_LOG_ROWS`` whatever their age. Each tidying takes a bounded number
of rows, so that it never holds up a commit, and a clock that is wrong for an hour cannot take the whole log along.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

LOG_DAYS = 90
MAX_LOG_ROWS = 200_000
TIDY_PAUSE_MS = 60_000
TIDY_ROWS = 500
"""Rows looked at, and rows removed for their age, in one tidying."""
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
TRAFFIC = ("received", "sent")
ERRORS = frozenset(
    {
        "cloned", "damaged", "dial_failed", "dropped", "fork", "held_off", "login_failed", "not_let_in", "quarantined",
        "stopped", "store_failed",
    }
)  # fmt: skip
"""Sorts of lines whose detail says what went wrong."""
_COLUMNS = {"kinds": "TEXT NOT NULL DEFAULT ''", "bytes": "INTEGER NOT NULL DEFAULT 0"}
"""Added since the first format: older stores get them when they are opened, older programs leave them alone."""


class LogRow(NamedTuple):
    """A line of the sync log; ``at_ms`` is Unix time in milliseconds.

    ``what``: connected, disconnected, sent, received, dropped, quarantined, fork, clock, dial_failed, … ``kinds`` is
    JSON, {kind of record: how many}, or empty; ``bytes`` what went over the wire.
    """

    at_ms: int
    what: str
    peer: str
    detail: str
    kinds: str = ""
    bytes: int = 0


def add_columns(connection: sqlite3.Connection) -> None:
    """Bring the table of an older store up to date, in place."""
    found = {row[1] for row in connection.execute("PRAGMA table_info(synclog)")}
    for name, kind in _COLUMNS.items():
        if name not in found:
            connection.execute(f"ALTER TABLE synclog ADD COLUMN {name} {kind}")


def lines(limit: int, peers: Sequence[str] | None, since_ms: int, what: Sequence[str]) -> tuple[str, list[object]]:
    """The statement, and its values, for the newest lines that fit. ``peers`` None: all; ``what`` empty: all."""
    wanted, values = ["at_ms >= ?"], [since_ms]
    chosen: list[object] = list(values)
    for column, among in (("peer", peers), ("what", what or None)):
        if among is not None:
            wanted.append(f"{column} IN ({', '.join('?' * len(among))})")
            chosen += among
    columns = ", ".join(LogRow._fields)
    statement = f"SELECT {columns} FROM synclog WHERE {' AND '.join(wanted)} ORDER BY no DESC LIMIT ?"  # noqa: S608
    return statement, [*chosen, limit]


class LogTable:
    """The table on the writing connection; used within its transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tidied_ms: int | None = None
        self._summed_up_no = 0

    def add(self, rows: Sequence[LogRow]) -> None:
        statement = "INSERT INTO synclog (at_ms, what, peer, detail, kinds, bytes) VALUES (?, ?, ?, ?, ?, ?)"
        self._connection.executemany(statement, rows)

    def tidy(self, now_ms: int) -> None:
        """Sum up and prune, a bounded step at a time, at most once a minute."""
        if self._tidied_ms is not None and 0 <= now_ms - self._tidied_ms < TIDY_PAUSE_MS:
            return
        self._tidied_ms = now_ms
        execute = self._connection.execute
        oldest = "SELECT no FROM synclog ORDER BY no LIMIT ?"
        statement = f"DELETE FROM synclog WHERE no IN ({oldest}) AND at_ms < ?"  # noqa: S608 - our own texts
        execute(statement, (TIDY_ROWS, now_ms - LOG_DAYS * DAY_MS))
        beyond = "SELECT no FROM synclog ORDER BY no DESC LIMIT 1 OFFSET ?"
        execute(f"DELETE FROM synclog WHERE no <= ({beyond})", (MAX_LOG_ROWS,))  # noqa: S608
        self._sum_up(now_ms - DAY_MS)

    def _sum_up(self, before_ms: int) -> None:
        statement = "SELECT no, at_ms, what, peer, kinds, bytes FROM synclog WHERE no > ? ORDER BY no LIMIT ?"
        rows = self._connection.execute(statement, (self._summed_up_no, TIDY_ROWS)).fetchall()
        groups: dict[tuple[int, str, str], list[tuple[Any, ...]]] = {}
        for row in rows:
            no, at_ms, what, peer = row[:4]
            if at_ms >= before_ms:
                break
            self._summed_up_no = no
            if what in TRAFFIC:
                groups.setdefault((at_ms // HOUR_MS, what, peer), []).append(row)
        for group in groups.values():
            if len(group) > 1:
                self._merge(group)

    def _merge(self, group: Sequence[tuple[Any, ...]]) -> None:
        kinds: Counter[str] = Counter()
        for row in group:
            kinds.update(json.loads(row[4]) if row[4] else {})
        size = sum(row[5] for row in group)
        detail = f"{', '.join(f'{kind} ×{number}' for kind, number in sorted(kinds.items()))}; {size} bytes in an hour"
        statement = "UPDATE synclog SET kinds = ?, bytes = ?, detail = ? WHERE no = ?"
        self._connection.execute(statement, (json.dumps(dict(sorted(kinds.items()))), size, detail, group[0][0]))
        self._connection.executemany("DELETE FROM synclog WHERE no = ?", [(row[0],) for row in group[1:]])
