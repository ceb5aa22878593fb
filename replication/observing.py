"""What an observer is shown: a member's documents, read from its store, and a *root document* that lists them.

The root document is an Automerge document like a segment, flat text keys in ROOT:

====================================  =======================================================================
key                                   text
====================================  =======================================================================
``network``                           JSON: id, name
``member/<member id>``                JSON: no, name, role, site, revoked
``feed/<member id>/<topic>/<segment>``  ``automerge:<id>`` of that segment; segments are numbered from 000000
====================================  =======================================================================

It says nothing of how many records there are: it changes only when a member or a segment comes, so that
its history stays short. That history is kept in ``HOME/observer.root``: a client that has the document from
last week must find the same changes again, or it would see two histories and take either.

Nothing here can write a document of the network: the store is opened for reading, and a document that a client
has changed in memory is thrown away.
"""

from __future__ import annotations

import fcntl
import os
import uuid
import zlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import msgspec

from replication.core.documents import document_id, to_url_id
from replication.core.feeds import segment_of
from replication.core.membership import Roster
from replication.core.model import Feed
from replication.crdt import ACTOR_BYTES, CrdtError, SegmentDocument
from replication.store import Store

ROOT_FILE = "observer.root"
HELD_MAX = 64
"""Documents in memory; the one that was not asked for the longest goes first."""
ROOT_BYTES_MAX = 64 * 1024 * 1024
_FRAME_HEAD = 8


class ObserverBusy(Exception):
    """Another observer has the home's root document open; the text says what to do."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is open in another observer; end that one, or read from it")
        self.path = path


def root_id(network_id: str) -> str:
    """The root document's id, 32 hex digits; no feed has it."""
    return uuid.uuid5(uuid.UUID(network_id), "observer/root").hex


def url_of(document: str) -> str:
    """``automerge:`` URL of a document id."""
    return f"automerge:{to_url_id(document)}"


class RootDocument:
    """The root document and the file that keeps its history. ``ObserverBusy`` if another process has it."""

    def __init__(self, path: Path, randbytes: Callable[[int], bytes]) -> None:
        self._randbytes = randbytes
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.reload()
        except BlockingIOError:
            os.close(self._fd)
            raise ObserverBusy(path) from None
        except BaseException:
            os.close(self._fd)
            raise

    def close(self) -> None:
        """Let another observer have it."""
        os.close(self._fd)

    def reload(self) -> None:
        """Read the document from its file, whatever has become of it in memory."""
        self.document = self._read(self._randbytes(ACTOR_BYTES))

    def _read(self, actor: bytes) -> SegmentDocument:
        data = os.pread(self._fd, ROOT_BYTES_MAX, 0)
        chunks: list[bytes] = []
        at = 0
        while at + _FRAME_HEAD <= len(data):
            size, checksum = int.from_bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8])
            chunk = data[at + _FRAME_HEAD : at + _FRAME_HEAD + size]
            if len(chunk) != size or zlib.crc32(chunk) != checksum:
                break
            chunks.append(chunk)
            at += _FRAME_HEAD + size
        try:
            document = SegmentDocument.load(chunks, actor)
        except CrdtError:
            at, document = 0, SegmentDocument.empty(actor)
        # What a crash left half written was shown to nobody: it is written before it is shown.
        os.ftruncate(self._fd, at)
        self._end = at
        return document

    def update(self, wanted: dict[str, str]) -> bool:
        """Write what is new or different, durably; whether anything was."""
        changed = [(key, text) for key, text in wanted.items() if self.document.text(key) != text]
        if not changed:
            return False
        for chunk in self.document.put_all(changed):
            frame = len(chunk).to_bytes(4) + zlib.crc32(chunk).to_bytes(4) + chunk
            os.pwrite(self._fd, frame, self._end)
            self._end += len(frame)
        os.fsync(self._fd)
        return True


class Showcase:
    """A store's documents by id. Not for more than one thread at a time."""

    def __init__(self, store: Store, network_id: str, founder: str, root: RootDocument) -> None:
        self._store = store
        self._network_id = network_id
        self._founder = founder
        self._root = root
        self.root_id = root_id(network_id)
        self._version = -1
        self._seen: dict[Feed, int] = {}
        self._index: dict[str, tuple[Feed, int]] = {}
        self._held: OrderedDict[str, SegmentDocument] = OrderedDict()

    def refresh(self) -> set[str]:
        """Look for what has been written since the last call; the ids of documents that are longer now."""
        if (version := self._store.version()) == self._version:
            return set()
        self._version = version
        heads = self._store.heads()
        grown: set[str] = set()
        for feed, head in heads.items():
            seen = self._seen.get(feed, 0)
            for segment in range(segment_of(seen + 1), segment_of(head.seq) + 1) if head.seq > seen else ():
                document = document_id(self._network_id, feed, segment)
                self._index[document] = (feed, segment)
                grown.add(document)
            self._seen[feed] = head.seq
        for document in grown:
            self._held.pop(document, None)
        if self._root.update(self._contents()):
            grown.add(self.root_id)
        return grown

    def document(self, document: str) -> SegmentDocument | None:
        """The document, or None if it is none of this network's. ``StoreDamaged``, ``CrdtError``."""
        if document == self.root_id:
            return self._root.document
        held = self._held.get(document)
        if held is None:
            if document not in self._index:
                return None
            chunks = tuple(chunk.data for chunk in self._store.chunks(document))
            held = self._held[document] = SegmentDocument.load(chunks, bytes(ACTOR_BYTES))
            while len(self._held) > HELD_MAX:
                self._held.popitem(last=False)
        self._held.move_to_end(document)
        return held

    def throw_away(self, document: str) -> None:
        """A client has changed the copy in memory: the next who asks gets what is on disk."""
        if document == self.root_id:
            self._root.reload()
        self._held.pop(document, None)

    def _contents(self) -> dict[str, str]:
        roster = Roster(self._founder, self._store.membership_records())
        contents = {"network": _json({"id": self._network_id, "name": roster.network_name})}
        for member in roster.members.values():
            contents[f"member/{member.member_id}"] = _json(
                {
                    "no": member.till_no,
                    "name": member.name,
                    "role": member.role,
                    "site": member.site,
                    "revoked": member.member_id in roster.revoked,
                }
            )
        for document, (feed, segment) in self._index.items():
            contents[f"feed/{feed}/{segment:06d}"] = url_of(document)
        return contents


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
