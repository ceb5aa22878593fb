"""Every run of every job, in ``office/jobs.sqlite``: when it was due, when it ran, how it ended, what it said.

Bounded: of each job the newest ``RUNS_KEPT`` stay, of each run's words the first ``WORDS_KEPT`` characters.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from app.office.jobs.book import FOLDER
from app.text import gettext as _
from app.text import mark

FILE = "jobs.sqlite"
RUNS_KEPT = 1000
WORDS_KEPT = 4000
BUSY_S = 10.0

Result = Literal["running", "done", "failed", "interrupted"]
RESULTS = {
    "running": mark("runs now"),
    "done": mark("done"),
    "failed": mark("failed"),
    "interrupted": mark("interrupted"),
}
"""How runs end, in words."""


def result(of: str) -> str:
    """How a run ended, in words."""
    return _(RESULTS[of])


class Run(NamedTuple):
    """One run; instants are ISO 8601 in UTC, ``ended_at`` is empty while it runs. ``attempt`` counts from 1."""

    run_no: int
    job: str
    due_at: str
    started_at: str
    ended_at: str
    attempt: int
    result: str
    said: str
    error: str


class JobLog:
    """The log of a home. Every call is a short transaction of its own; any process may ask."""

    def __init__(self, home: Path) -> None:
        self._path = home / FOLDER / FILE
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._opened() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS runs (run_no INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL,"
                " due_at TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT NOT NULL, attempt INTEGER NOT NULL,"
                " result TEXT NOT NULL, said TEXT NOT NULL, error TEXT NOT NULL)"
            )
            connection.execute("CREATE INDEX IF NOT EXISTS runs_by_job ON runs (job, run_no)")

    def begin(self, job: str, due_at: str, started_at: str, attempt: int) -> int:
        """A run begins; its number."""
        with self._opened() as connection:
            added = connection.execute(
                "INSERT INTO runs (job, due_at, started_at, ended_at, attempt, result, said, error)"
                " VALUES (?, ?, ?, '', ?, 'running', '', '')",
                (job, due_at, started_at, attempt),
            )
            connection.execute(
                "DELETE FROM runs WHERE job = ? AND run_no NOT IN"
                " (SELECT run_no FROM runs WHERE job = ? ORDER BY run_no DESC LIMIT ?)",
                (job, job, RUNS_KEPT),
            )
            assert added.lastrowid is not None
            return added.lastrowid

    def end(self, run_no: int, ended_at: str, result: Result, said: str, error: str) -> None:
        """How the run ended."""
        with self._opened() as connection:
            connection.execute(
                "UPDATE runs SET ended_at = ?, result = ?, said = ?, error = ? WHERE run_no = ?",
                (ended_at, result, said[:WORDS_KEPT], error[:WORDS_KEPT], run_no),
            )

    def interrupted(self, at: str) -> int:
        """Whoever ran these is gone (its lock is ours): they ended when nobody was looking. How many there were."""
        with self._opened() as connection:
            done = connection.execute(
                "UPDATE runs SET ended_at = ?, result = 'interrupted' WHERE result = 'running'", (at,)
            )
            return done.rowcount

    def last(self, job: str) -> Run | None:
        """The newest run of the job."""
        return next(iter(self.runs(job, 1)), None)

    def runs(self, job: str = "", limit: int = 50) -> list[Run]:
        """The newest runs, of one job or of all, newest first."""
        where = "WHERE job = ?" if job else "WHERE ? = ''"
        with self._opened() as connection:
            rows = connection.execute(f"SELECT * FROM runs {where} ORDER BY run_no DESC LIMIT ?", (job, limit))  # noqa: S608
            return [Run(*row) for row in rows]

    def newest(self) -> list[Run]:
        """The newest run of every job that ever ran, by name."""
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT * FROM runs WHERE run_no IN (SELECT max(run_no) FROM runs GROUP BY job) ORDER BY job"
            )
            return [Run(*row) for row in rows]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=BUSY_S)) as connection, connection:
            yield connection
