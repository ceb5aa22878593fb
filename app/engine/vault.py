"""The network's person keys in the home's identity folder, for every process of this till.

The engine alone writes the file: whole, and in one rename, so a reader finds the old keys or the new ones. Every
use looks whether the file is another one by now, so the screens notice a puncture of the engine's at once. What
a puncture replaced is gone from this file system's names; what the disk's blocks keep is the disk's own matter.

A home of a network from before there were person keys has no such file. Its founder makes one at the next start;
other members of that network work without: what is sealed stays sealed for them until they are enrolled anew.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from app.books.persons import NoPersons, PersonsInMemory
from app.domain.persons import Keys, KeysUnreadable
from replication import durable

_log = logging.getLogger(__name__)


class Vault:
    """``app.books.persons.Persons`` over the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._persons: PersonsInMemory | NoPersons = NoPersons()

    def make(self, seed: bytes) -> None:
        """A new network's keys, unless there are some; for the network's founder only."""
        with self._lock:
            if not self.path.exists():
                self._write(Keys.fresh(seed))

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None:
        return self._current().sealed(person_id, text, nonce)

    def opened(self, person_id: str, sealed: str) -> str | None:
        return self._current().opened(person_id, sealed)

    def keyed(self, label: str, text: str) -> str | None:
        return self._current().keyed(label, text)

    def forget(self, person_ids: Iterable[str]) -> None:
        """Erase these persons' keys durably; ``OSError`` if the disk refuses."""
        with self._lock:
            current = self._current()
            if not isinstance(current, PersonsInMemory):
                return
            kept = PersonsInMemory(current.keys)
            if kept.forget(person_ids):
                self._write(kept.keys)

    def secrets(self) -> bytes:
        """The file's bytes, for a member that is let in; empty if there is none."""
        try:
            return self.path.read_bytes()
        except OSError:
            return b""

    def _current(self) -> PersonsInMemory | NoPersons:
        try:
            status = self.path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                # Stat before reading: a file replaced in between is read again at the next use.
                self._persons, self._seen = PersonsInMemory(Keys.read(self.path.read_bytes())), seen
        except OSError:
            self._persons, self._seen = NoPersons(), None
        except KeysUnreadable as error:
            _log.warning("%s cannot be read: %s; names stay sealed", self.path, error)
            self._persons, self._seen = NoPersons(), seen
        return self._persons

    def _write(self, keys: Keys) -> None:
        fresh = self.path.with_name(f"{self.path.name}.new")
        durable.write_private(fresh, keys.stored())
        fresh.replace(self.path)
        durable.fsync(self.path.parent)
