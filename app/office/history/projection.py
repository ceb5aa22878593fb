"""The file of versions: folded from the store, asked by key, time and change.

Rules:

1. Each feed's position is written in the same transaction as its versions: a crash leaves a file that agrees with them.
2. It is never written with care (``synchronous=OFF``): a file that cannot be read, or is of another shape, is deleted
   and folded anew; so is one that knows more than the store, because an older disk has been put back.
3. Whoever asks catches up before; one at a time, in a thread.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from app.books.writer import stamp_of
from app.office.history.versions import Version, version_of
from replication.core.model import Feed, FeedHead, Record

FILE = "office/history.sqlite"
"""Within a home."""
SHAPE = "2"
PRIMARY = 0xFF
"""What of an error code of SQLite says its sort."""
RECORDS_AT_ONCE = 500
LEFT_OUT = frozenset({"membership", "sales"})
"""Topics that never hold master data."""
UNSEARCHED = frozenset({"person", "pin_hash", "badge_hash"})

_SCHEMA = """
CREATE TABLE meta (shape TEXT NOT NULL);
CREATE TABLE positions (member TEXT, topic TEXT, seq INTEGER NOT NULL, PRIMARY KEY (member, topic));
CREATE TABLE versions (
    kind TEXT, key TEXT, stamp TEXT, at_ms INTEGER NOT NULL, member TEXT NOT NULL, by TEXT NOT NULL,
    change TEXT NOT NULL, value TEXT NOT NULL, removed INTEGER NOT NULL, saw TEXT NOT NULL,
    PRIMARY KEY (kind, key, stamp)
) WITHOUT ROWID;
CREATE INDEX versions_by_stamp ON versions (stamp);
CREATE INDEX versions_by_change ON versions (change, kind, key) WHERE change <> '';
CREATE TABLE newest (
    kind TEXT, key TEXT, stamp TEXT NOT NULL, removed INTEGER NOT NULL, search TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
"""
_COLUMNS = "v.kind, v.key, v.stamp, v.at_ms, v.member, v.by, v.change, v.value, v.removed, v.saw"
_CROSSED = (
    "v.saw <> '' AND EXISTS (SELECT 1 FROM versions w"
    " WHERE w.kind = v.kind AND w.key = v.key AND w.stamp > v.saw AND w.stamp < v.stamp)"
)
_ADD = "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NEWEST = """
INSERT INTO newest VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET stamp = excluded.stamp, removed = excluded.removed, search = excluded.search WHERE excluded.stamp > stamp
"""


_ALONE = threading.Lock()
"""In this process: files of one home may be opened by several."""


class Records(Protocol):
    """What is read of the store."""

    def heads(self) -> dict[Feed, FeedHead]: ...

    def records(self, feed: Feed, after: int, limit: int) -> list[Record]: ...


class Changed(msgspec.Struct, frozen=True):
    """A change of several values together: when it began, by whom, of how many values of which kinds."""

    change: str
    at_ms: int
    by: str
    values: int
    kinds: tuple[str, ...]


class History:
    """Every version that the store holds. Any thread may ask; each call is a short look into the file."""

    def __init__(self, path: Path, store: Records) -> None:
        self._path = path
        self._store = store
        self._kept = threading.local()

    def catch_up(self) -> int:
        """Fold what has come since; how many versions that were."""
        with _ALONE:
            try:
                return self._caught_up()
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & PRIMARY in (
                    sqlite3.SQLITE_BUSY,
                    sqlite3.SQLITE_FULL,
                    sqlite3.SQLITE_IOERR,
                ):
                    raise  # nothing is wrong with what is there
                self._path.unlink(missing_ok=True)
                Path(f"{self._path}-journal").unlink(missing_ok=True)
                return self._caught_up()

    def newest(self, kind: str, key: str) -> Version | None:
        """The value as it is, or as it was removed; None if there never was one."""
        found = self._versions("WHERE v.kind = ? AND v.key = ? ORDER BY v.stamp DESC LIMIT 1", (kind, key))
        return found[0] if found else None

    def at(self, kind: str, key: str, stamp: str) -> Version | None:
        """The version of this stamp."""
        found = self._versions("WHERE v.kind = ? AND v.key = ? AND v.stamp = ?", (kind, key, stamp))
        return found[0] if found else None

    def before(self, kind: str, key: str, stamp: str) -> Version | None:
        """The version before this stamp."""
        found = self._versions(
            "WHERE v.kind = ? AND v.key = ? AND v.stamp < ? ORDER BY v.stamp DESC LIMIT 1", (kind, key, stamp)
        )
        return found[0] if found else None

    def versions(
        self,
        limit: int,
        *,
        kind: str = "",
        key: str = "",
        by: str = "",
        change: str = "",
        until: str = "",
        crossed: bool = False,
    ) -> list[Version]:
        """The newest versions, newest first; ``until``: only those of stamps before this one; ``crossed``: only those
        whose writer had not seen the one before.
        """
        asked = {"v.kind": kind, "v.key": key, "v.by": by, "v.change": change}
        said = {column: text for column, text in asked.items() if text}
        where = (
            [f"{column} = ?" for column in said] + (["v.stamp < ?"] if until else []) + ([_CROSSED] if crossed else [])
        )
        values = [*said.values(), *([until] if until else []), limit]
        words = f"WHERE {' AND '.join(where)}" if where else ""
        return self._versions(f"{words} ORDER BY v.stamp DESC LIMIT ?", values)

    def values(self, kind: str, words: Sequence[str] = (), limit: int = -1) -> list[Version]:
        """Every value of the kind that is not removed and holds all words (casefolded), by key."""
        found = [f"%{word.translate(_LITERALLY)}%" for word in words]
        return self._versions(
            "JOIN newest n ON n.kind = v.kind AND n.key = v.key AND n.stamp = v.stamp"
            " WHERE n.kind = ? AND n.removed = 0"
            + r" AND n.search LIKE ? ESCAPE '\'" * len(found)
            + " ORDER BY n.key LIMIT ?",
            (kind, *found, limit),
        )

    def every_value(self) -> Iterator[Version]:
        """Every value that is not removed, one after the other, as they are at the beginning."""
        statement = f"SELECT {_COLUMNS} FROM versions v JOIN newest n"  # noqa: S608 - the words are ours
        statement += " ON n.kind = v.kind AND n.key = v.key AND n.stamp = v.stamp WHERE n.removed = 0"
        with self._opened() as connection:
            for row in connection.execute(statement):
                yield _version(row)

    def counts(self) -> dict[str, int]:
        """How many values of each kind there are."""
        with self._opened() as connection:
            return dict(connection.execute("SELECT kind, count(*) FROM newest WHERE removed = 0 GROUP BY kind"))

    def changes(self, limit: int) -> list[Changed]:
        """Changes of several values together, newest first."""
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT change, min(at_ms), max(by), count(*), group_concat(DISTINCT kind) FROM versions"
                " WHERE change <> '' GROUP BY change ORDER BY min(stamp) DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            Changed(change, at_ms, by, count, tuple(sorted(kinds.split(","))))
            for change, at_ms, by, count, kinds in rows
        ]

    def touched(self, change: str) -> list[tuple[str, str, str, str]]:
        """Kind, key, first and last stamp of each value that the change has set."""
        with self._opened() as connection:
            return connection.execute(
                "SELECT kind, key, min(stamp), max(stamp) FROM versions WHERE change = ? GROUP BY kind, key", (change,)
            ).fetchall()

    def _caught_up(self) -> int:
        count = 0
        with self._opened() as connection:
            known = {Feed(member, topic): seq for member, topic, seq in connection.execute("SELECT * FROM positions")}
            heads = self._store.heads()
            if any(feed not in heads or seq > heads[feed].seq for feed, seq in known.items()):
                raise sqlite3.DatabaseError("it knows more than the store, which has been put back")
            for feed, head in heads.items():
                after = known.get(feed, 0)
                while feed.topic not in LEFT_OUT and after < head.seq:
                    run = self._store.records(feed, after, RECORDS_AT_ONCE)
                    if not run:
                        break
                    after = run[-1].seq
                    found = [version for each in run if (version := version_of(each, stamp_of(each))) is not None]
                    with connection:
                        connection.executemany(_ADD, [_row(version) for version in found])
                        connection.executemany(_NEWEST, [_newest(version) for version in found])
                        connection.execute("INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", (*feed, after))
                    count += len(found)
        return count

    def _versions(self, where: str, values: Sequence[Any]) -> list[Version]:
        statement = f"SELECT {_COLUMNS} FROM versions v {where}"  # noqa: S608 - the words are ours
        with self._opened() as connection:
            return [_version(row) for row in connection.execute(statement, values)]

    @contextlib.contextmanager
    def kept_open(self) -> Iterator[None]:
        """For many questions of this thread: opening the file takes longer than to answer one."""
        with self._opened() as connection:
            self._kept.connection = connection
            try:
                yield
            finally:
                self._kept.connection = None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        if (kept := getattr(self._kept, "connection", None)) is not None:
            yield kept
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._path, timeout=30)) as connection:
            connection.execute("PRAGMA synchronous=OFF").close()
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
                connection.execute("INSERT INTO meta VALUES (?)", (SHAPE,)).close()
                connection.commit()
            elif connection.execute("SELECT shape FROM meta").fetchone() != (SHAPE,):
                raise sqlite3.DatabaseError("of another shape")
            yield connection


_LITERALLY = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def _row(version: Version) -> tuple[Any, ...]:
    text = msgspec.json.encode(version.value).decode()
    return (*msgspec.structs.astuple(version)[:7], text, int(version.removed), version.saw)


def _newest(version: Version) -> tuple[Any, ...]:
    said = [version.key, *_texts({name: each for name, each in version.value.items() if name not in UNSEARCHED})]
    return version.kind, version.key, version.stamp, int(version.removed), "\n".join(said).casefold()


def _texts(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _version(row: tuple[Any, ...]) -> Version:
    kind, key, stamp, at_ms, member, by, change, value, removed, saw = row
    return Version(kind, key, stamp, at_ms, member, by, change, msgspec.json.decode(value), bool(removed), saw)
