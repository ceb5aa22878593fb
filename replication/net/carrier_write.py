"""Writing a carrier: everything this member holds, so that whoever reads it needs nobody else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from replication.core.documents import document_id
from replication.core.feeds import segment_of
from replication.core.model import SEGMENT_RECORDS, Feed, turn_of
from replication.crdt import SegmentDocument
from replication.identity import Identity
from replication.net import carrier_files as files
from replication.net.carrier_files import File, Manifest, Refusal
from replication.net.carrier_folder import Folder, Unreadable
from replication.store import Store

TOP = "tillmesh"
_ACTOR = bytes(16)


class Written(msgspec.Struct, frozen=True):
    """What is on the stick now (files, bytes, records), and what this run changed there."""

    folder: str
    files: int
    bytes: int
    records: int
    renewed: int
    removed: int
    run: str


def everything(_feed: Feed) -> bool:
    """Nothing is left out."""
    return True


def write(
    store: Store, identity: Identity, path: Path, *, run: str, goes: Callable[[Feed], bool] = everything
) -> Written:
    """Bring the member's folder on the stick up to date. ``run`` is a fresh id (32 hex digits).

    ``goes``: which feeds are on it afterwards; what is there of others goes away.

    ``CarrierRefused`` when it cannot be written; the manifest before, if any, then still holds.
    ``StoreDamaged`` if this member's own disk cannot be read.
    """
    with (
        Folder.open(path) as stick,
        stick.made(TOP) as top,
        top.made(identity.network_id) as network,
        network.made(identity.member_id) as folder,
    ):
        return _Run(store, identity, folder, run, goes).write()


class _Run:
    def __init__(
        self, store: Store, identity: Identity, folder: Folder, run: str, goes: Callable[[Feed], bool]
    ) -> None:
        self._store = store
        self._identity = identity
        self._folder = folder
        self._run = run
        self._heads = {feed: head for feed, head in store.heads().items() if goes(feed)}
        self._newcomer = identity.newcomer_since_ms() is not None

    def write(self) -> Written:
        before = self._before()
        renewed = 0
        listed: list[File] = []
        for file, data in self._segments():
            listed.append(file)
            if not self._is_there(file):
                self._folder.write(file.name, data)
                renewed += 1
        if before is None or list(before.files) != listed or (before.newcomer is True) != self._newcomer:
            self._folder.sync()
            newest = max((head.hlc for head in self._heads.values()), default="")
            manifest = files.signed(self._identity, listed, hlc=newest, run=self._run, newcomer=self._newcomer)
            self._folder.write(files.MANIFEST, manifest)
            self._folder.sync()
        removed = self._clear({file.name for file in listed})
        return Written(
            folder=self._folder.path,
            files=len(listed),
            bytes=sum(file.size for file in listed),
            records=sum(file.last - file.first + 1 for file in listed),
            renewed=renewed,
            removed=removed,
            run=self._run,
        )

    def _segments(self) -> Iterator[tuple[File, bytes]]:
        """Every segment this member has on disk, feed by feed, one in memory at a time."""
        for feed in sorted(self._heads, key=lambda feed: (turn_of(feed.topic), feed)):
            for segment in range(segment_of(self._heads[feed].seq) + 1):
                yield self._segment(feed, segment, self._heads[feed].seq)

    def _segment(self, feed: Feed, segment: int, newest: int) -> tuple[File, bytes]:
        document = document_id(self._identity.network_id, feed, segment)
        chunks = [chunk.data for chunk in self._store.chunks(document)]
        first = segment * SEGMENT_RECORDS + 1
        last = first + SEGMENT_RECORDS - 1
        if newest < last:  # still growing while we read: the bytes say how far they go
            last = first + len(SegmentDocument.load(chunks, _ACTOR)) - 1
        head = self._store.records(feed, last - 1, 1)[0].hash
        data = files.framed(chunks)
        sha256 = files.digest(data)
        name = files.name_of(document, sha256)
        return File(str(feed), first, head, last, name, segment, sha256, len(data)), data

    def _is_there(self, file: File) -> bool:
        """Whether the stick has the file already, to the last byte."""
        try:
            return files.digest(self._folder.read(file.name, file.size)) == file.sha256
        except Unreadable:
            return False

    def _before(self) -> Manifest | None:
        """The manifest of an earlier run, if it is sound."""
        try:
            data = self._folder.read(files.MANIFEST, files.MAX_MANIFEST_BYTES)
            identity = self._identity
            return files.opened(data, identity.root, identity.network_id, identity.member_id)[0]
        except (Unreadable, Refusal):
            return None

    def _clear(self, listed: set[str]) -> int:
        """Take away what earlier runs left and no manifest names any more; files of other names are not ours."""
        removed = 0
        # The manifest stands: what cannot be taken away now is in nobody's way, and goes with the next run.
        with contextlib.suppress(OSError, Unreadable):
            for name in self._folder.names():
                if files.is_ours(name) and name not in listed:
                    self._folder.remove(name)
                    removed += 1
        return removed
