"""A copy before each change of master data: files in the home's ``office/copies``, whatever becomes of the rest.

1. Before a change of a few values their copy is written: what they were, and which were not there. Before a change of
   many, such as an import, and before the first of a day, everything is copied.
2. A file is JSON, a value a line, compressed; the first line says when, for whom and before what. Persons stay sealed,
   so who is forgotten is forgotten here too.
3. It is on disk before the change is: a copy that cannot be written refuses the change.
4. The newest of each sort stay; of older copies of everything those of the last days, weeks and months
   (``app.office.generations``).
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.engine.control import Refused
from app.facts.base import Fact
from app.office.generations import Rule, gone
from app.office.history.projection import FILE, History
from app.office.history.versions import Version, named
from app.office.parts import OfficeParts
from app.sentences import sentence
from app.text import gettext as _
from replication import durable

FOLDER = "office/copies"
FORMAT = 1
WHOLE, VALUES = "whole", "values"
MOST_OF_VALUES = 1_000
MOST_OF_EVERYTHING = 20
MANY = 20
"""From so many values on everything is copied."""
MAX_LINE_BYTES = 1024 * 1024
_NAME = re.compile(r"(\d{8}-\d{6}-\d{3})-(whole|values)\.jsonl\.gz")
_STAMP = "%Y%m%d-%H%M%S"


class Head(msgspec.Struct, frozen=True):
    """The first line of a copy: made before ``change`` (or before ``values``), of ``sort`` whole or values."""

    format: int
    at_ms: int
    sort: str
    by: str
    change: str
    values: tuple[str, ...]


class CopyBad(ValueError):
    """A file that is no copy, or not a whole one."""


def copies_of(parts: OfficeParts) -> Copies:
    """Those of a home, for whoever changes master data in bulk."""
    return Copies(parts.home / FOLDER, History(parts.home / FILE, parts.store))


class Copies:
    """The copies of one home. Off the loop."""

    def __init__(self, folder: Path, history: History) -> None:
        self._folder = folder
        self._history = history

    def before(self, facts: Sequence[Fact], by: str, change: str, at_ms: int) -> None:
        """Copy what the facts are about to change; ``Refused`` if that cannot be."""
        touched = [each for each in dict.fromkeys(named(fact) for fact in facts) if each is not None]
        if not touched:
            return
        self._history.catch_up()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            whole = len(touched) >= MANY or not self._copied_on(at_ms)
            head = Head(
                FORMAT,
                at_ms,
                WHOLE if whole else VALUES,
                by,
                change,
                tuple(f"{kind} {key}" for kind, key in touched[:MANY]),
            )
            self._write(head, self._history.every_value() if whole else self._values(touched))
            self._prune()
        except OSError as error:
            raise Refused(
                "copy_failed",
                _("the copy before the change cannot be written ({reason}), so nothing was changed").format(
                    reason=sentence(error)
                ),
            ) from None

    def heads(self) -> list[tuple[str, Head]]:
        """Name and first line of every copy that can be read, the newest first."""
        found = []
        for name in sorted(self._names(), reverse=True):
            with contextlib.suppress(CopyBad), contextlib.closing(self._lines(name)) as lines:
                found.append((name, _read(next(lines, b""), Head)))
        return found

    def read(self, name: str) -> tuple[Head, list[Version]]:
        """A copy, checked as a whole; ``CopyBad``."""
        if not _NAME.fullmatch(name) or not (self._folder / name).is_file():
            raise CopyBad(name)
        with contextlib.closing(self._lines(name)) as lines:
            head = _read(next(lines, b""), Head)
            if head.format != FORMAT:
                raise CopyBad(name)
            return head, [_read(line, Version) for line in lines]

    def _values(self, touched: Iterable[tuple[str, str]]) -> Iterator[Version]:
        for kind, key in touched:
            version = self._history.newest(kind, key)
            yield version or Version(kind, key, "", 0, "", "", "", {}, removed=True)

    def _write(self, head: Head, versions: Iterable[Version]) -> None:
        stamp = _moment(head.at_ms)
        while (path := self._folder / f"{stamp:{_STAMP}}-{stamp.microsecond // 1000:03}-{head.sort}.jsonl.gz").exists():
            stamp += timedelta(milliseconds=1)
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw:
                with gzip.GzipFile("", "wb", 1, raw, mtime=0) as file:
                    file.write(msgspec.json.encode(head) + b"\n")
                    for version in versions:
                        file.write(msgspec.json.encode(version) + b"\n")
                raw.flush()
                os.fsync(raw.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        durable.fsync(self._folder)

    def _lines(self, name: str) -> Generator[bytes, None, None]:
        try:
            with gzip.open(self._folder / name, "rb") as file:
                while line := file.readline(MAX_LINE_BYTES):
                    yield line
        except (OSError, EOFError) as error:
            raise CopyBad(name) from error

    def _names(self) -> list[str]:
        try:
            return [path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return []

    def _copied_on(self, at_ms: int) -> bool:
        day = f"{_moment(at_ms):%Y%m%d}"
        return any(name.startswith(day) and WHOLE in name for name in self._names())

    def _prune(self) -> None:
        names = sorted(self._names())
        wholes = {_made(name): name for name in names if WHOLE in name}
        values = [name for name in names if WHOLE not in name]
        old = [wholes[made] for made in gone(sorted(wholes)[:-MOST_OF_EVERYTHING], Rule())] + values[
            : max(0, len(values) - MOST_OF_VALUES)
        ]
        for name in old:
            # Whoever cannot remove an old copy has made the new one all the same.
            with contextlib.suppress(OSError):
                (self._folder / name).unlink()


def _read(line: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.MsgspecError as error:
        raise CopyBad(str(error)) from None


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _made(name: str) -> datetime:
    day, time, milli = name.split("-")[:3]
    moment = datetime.strptime(f"{day}-{time}", _STAMP).replace(tzinfo=UTC)
    return moment + timedelta(milliseconds=int(milli))
