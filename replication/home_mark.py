"""A mark that no copy of a home carries: so a home put back by file copy is found out, though it is young.

``backup`` and ``restore`` leave a word of their own; ``cp``, ``tar`` and ``rsync`` leave none, and what they put back
looks like the home after a night. The file ``home.mark`` holds a word that is written anew with each start. The store
keeps that word and the file's *change time*, which users cannot set: any copy gets a new one, while moving the home
within its file system leaves it. So these do not fit together any more, and a start finds that out:

* the home was copied, or a copy put back (also one that was taken of a till at work): the change time differs;
* only the store was put back, or a tool left out files that look alike: the store does not know the file's word;
* the file is missing.

What does not fit leaves ``COPIED`` among the kept values, and ``core/recovery.py`` is suspicious of the home from then
on. A power cut is no copy: the store first takes the new word beside the old one, then the file is written, then its
time is kept. ``chown -R`` changes the time as well; that till asks the others once.

Not found out: a snapshot of the whole disk or virtual machine that is put back with all its times.

Change times count in full seconds (not all file systems keep more); inode numbers do not count, since they are not the
same after every mount.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from replication import durable
from replication.core.recovery import COPIED
from replication.store import Store, StoreUnavailable
from replication.store_file import connect

FILE = "home.mark"
KEPT = "home_mark"
"""The kept value: ``word@ctime``; while a word is being written, the last one and the new one, ``word@``."""
WHY = "this home, or its store alone, was copied or put back"
_LONGEST = 200


class _Mark(NamedTuple):
    word: str
    changed_s: str
    """Unix seconds of the file's change time; empty while that is not known yet."""

    def fits(self, found: _Mark) -> bool:
        return self.word == found.word and self.changed_s in ("", found.changed_s)


def look(home: Path, store: Store, word: str) -> bool:
    """Whether store and mark fit together; then mark the home with the fresh ``word`` (letters and digits).

    Called once a start, before anything is written, by whoever has the home's lock. If they do not fit, ``COPIED`` is
    kept; ``StoreUnavailable`` if it cannot be. Otherwise a full disk is no reason not to start.
    """
    found, kept = _found(home / FILE), _parsed(store.kept(KEPT) or "")
    fitting = [mark for mark in kept if found is not None and mark.fits(found)]
    fits = bool(fitting) or (found is None and not kept)
    keep = {KEPT: _text([*fitting[:1], _Mark(word, "")])}
    try:
        _keep(store.path, keep if fits else keep | {COPIED: WHY})
        _write(home, word)
        if (written := _found(home / FILE)) is not None:
            _keep(store.path, {KEPT: _text([written])})
    except (sqlite3.Error, OSError) as error:
        if not fits and store.kept(COPIED) is None:
            raise StoreUnavailable(f"{WHY}, which cannot be noted ({error}); check rights and free space") from error
    return fits


def _found(path: Path) -> _Mark | None:
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("ascii", "replace")
            return _Mark(text.strip(), str(os.fstat(file.fileno()).st_ctime_ns // 1_000_000_000))
    except OSError:
        return None


def _write(home: Path, word: str) -> None:
    """Whole or not at all, and durable with its change time, which the new name may have changed."""
    partial = home / f".{FILE}"
    durable.write_private(partial, f"{word}\n".encode("ascii"))
    partial.rename(home / FILE)
    durable.fsync(home)
    durable.fsync(home / FILE)


def _keep(store: Path, values: Mapping[str, str]) -> None:
    connection = connect(store)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", values.items())
        connection.execute("COMMIT")
    finally:
        connection.close()


def _parsed(text: str) -> list[_Mark]:
    return [_Mark(*part.partition("@")[::2]) for part in text.split()]


def _text(marks: list[_Mark]) -> str:
    return " ".join(f"{mark.word}@{mark.changed_s}" for mark in marks)
