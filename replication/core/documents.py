"""Segments held in memory as Automerge documents.

Only what is being written or synced is held: a document is loaded when somebody needs it and let go after
``IDLE_MS`` without use; of closed segments only the ``MAX_CLOSED`` used last are held at all. Work that needs
a document which is still on disk waits in a bounded queue until the shell has answered ``Load``; who only wants
to pass its changes on (``read``) gets them as they are on disk, and no document is made of them.

The index from document id to segment is made when an id is asked for that is not in it yet: a million records
are two thousand ids, which a start need not wait for.

A document is *dirty* while a batch with changes of it is on the way to disk; until then no
sync message is made from it, so that no peer hears of what a crash could still take back.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable

import base58

from replication.core.feeds import segment_of
from replication.core.model import Feed
from replication.crdt import CrdtError, SegmentDocument

IDLE_MS = 30_000
REMEMBERED_IDS = 4_096
"""Document ids whose two forms are remembered: the same few travel with every message."""
MAX_WAITING = 256
"""Pieces of work that may wait for one document."""
MAX_CLOSED = 8
"""Documents of closed segments that are held: some 2 MB each."""


@functools.lru_cache(maxsize=REMEMBERED_IDS)
def document_id(network_id: str, feed: Feed, segment: int) -> str:
    """UUIDv5 of network and ``member/topic/segment``, as 32 hex digits."""
    return uuid.uuid5(uuid.UUID(network_id), f"{feed}/{segment}").hex


@functools.lru_cache(maxsize=REMEMBERED_IDS)
def to_url_id(document: str) -> str:
    """automerge-repo's form of a document id: base58check of the 16 bytes."""
    return str(base58.b58encode_check(bytes.fromhex(document)), "ascii")


@functools.lru_cache(maxsize=REMEMBERED_IDS)
def from_url_id(text: str) -> str:
    """The hex id of automerge-repo's form; ``ValueError`` if it is none."""
    if len(text) > 40:
        raise ValueError("not a document id")
    raw = bytes(base58.b58decode_check(text))
    if len(raw) != 16:
        raise ValueError("not a document id")
    return raw.hex()


class Held:
    """A document in memory."""

    __slots__ = ("dirty", "document", "feed", "fruitless", "segment", "used_ms")

    def __init__(self, document: SegmentDocument, feed: Feed, segment: int, now_ms: int) -> None:
        self.document = document
        self.feed = feed
        self.segment = segment
        self.dirty = 0
        self.fruitless = 0
        """Bytes taken in that were no new change: repetitions, and changes whose past has not come."""
        self.used_ms = now_ms


class Documents:
    """The documents in memory, and the index from document id to feed and segment."""

    def __init__(self, network_id: str, new_actor: Callable[[], bytes]) -> None:
        self._network_id = network_id
        self._new_actor = new_actor
        self._index: dict[str, tuple[Feed, int]] = {}
        self._ids: dict[tuple[Feed, int], str] = {}
        self._held: dict[str, Held] = {}
        self._waiting: dict[str, list[Callable[[Held], None]]] = {}
        self._reading: dict[str, list[Callable[[tuple[bytes, ...]], None]]] = {}
        self._known: dict[Feed, int] = {}
        """Feeds, and how many of their segments can be found by id."""
        self._indexed: dict[Feed, int] = {}

    def id_of(self, feed: Feed, segment: int) -> str:
        """The document id of a segment; known from now on for look-ups too."""
        found = self._ids.get((feed, segment))
        if found is None:
            found = document_id(self._network_id, feed, segment)
            self._ids[feed, segment] = found
            self._index[found] = (feed, segment)
        return found

    def know(self, feed: Feed, up_to_seq: int) -> None:
        """All segments of a feed, and the one that comes next, can be found by their ids."""
        self._known[feed] = max(self._known.get(feed, 0), segment_of(up_to_seq + 1) + 2)

    def where(self, document: str) -> tuple[Feed, int] | None:
        """Feed and segment of a document id, if it is one of ours."""
        found = self._index.get(document)
        if found is None and self._indexed != self._known:
            for feed, segments in self._known.items():
                for segment in range(self._indexed.get(feed, 0), segments):
                    self.id_of(feed, segment)
            self._indexed = dict(self._known)
            found = self._index.get(document)
        return found

    def held(self, document: str) -> Held | None:
        return self._held.get(document)

    def create(self, document: str, now_ms: int) -> Held:
        """A document of which nothing is on disk."""
        feed, segment = self._index[document]
        held = Held(SegmentDocument.empty(self._new_actor()), feed, segment, now_ms)
        self._held[document] = held
        return held

    def foreign(self, chunks: tuple[bytes, ...]) -> SegmentDocument:
        """A document made of changes from elsewhere, beside ours; ``CrdtError`` if they make none."""
        return SegmentDocument.load(chunks, self._new_actor())

    def wait(self, document: str, work: Callable[[Held], None]) -> bool:
        """Queue work for a document on disk; True if it has to be loaded for it (nobody waited yet)."""
        queue = self._waiting.setdefault(document, [])
        if len(queue) < MAX_WAITING:
            queue.append(work)
        return len(queue) == 1 and document not in self._reading

    def read(self, document: str, work: Callable[[tuple[bytes, ...]], None]) -> bool:
        """Queue work for the stored changes of a document; True if they have to be read for it."""
        queue = self._reading.setdefault(document, [])
        if len(queue) < MAX_WAITING:
            queue.append(work)
        return len(queue) == 1 and document not in self._waiting

    def readers(self, document: str) -> list[Callable[[tuple[bytes, ...]], None]]:
        """The work that waited for the stored changes of a document that have now been read."""
        return self._reading.pop(document, [])

    def loaded(self, document: str, chunks: tuple[bytes, ...], now_ms: int) -> list[Callable[[Held], None]]:
        """Take a document from disk; the work that waited for it. ``CrdtError`` if it is damaged."""
        waiting = self._waiting.pop(document, [])
        if waiting and document not in self._held:
            feed, segment = self._index[document]
            try:
                loaded = SegmentDocument.load(chunks, self._new_actor())
            except CrdtError as error:
                raise CrdtError(f"{feed} segment {segment}: {error}") from None
            self._held[document] = Held(loaded, feed, segment, now_ms)
        return waiting

    def take_waiting(self, document: str) -> list[Callable[[Held], None]]:
        """The work that waits for a document, which no longer has to wait."""
        return self._waiting.pop(document, [])

    def is_awaited(self, document: str) -> bool:
        """Whether work waits for the document."""
        return document in self._waiting

    def drop(self, document: str) -> Held | None:
        """Forget the copy in memory: the next use reads it from disk again."""
        return self._held.pop(document, None)

    def drop_dirty(self) -> None:
        for document in [name for name, held in self._held.items() if held.dirty]:
            del self._held[document]

    def drop_closed(self, is_open: Callable[[Feed, int], bool]) -> list[str]:
        """Let go of closed segments beyond the ``MAX_CLOSED`` used last; dirty ones stay. Their ids."""
        if len(self._held) <= MAX_CLOSED:  # looked at with every record
            return []
        closed = [name for name, held in self._held.items() if not held.dirty and not is_open(held.feed, held.segment)]
        closed.sort(key=lambda name: self._held[name].used_ms)
        gone = closed[: max(0, len(closed) - MAX_CLOSED)]
        for name in gone:
            del self._held[name]
        return gone

    def __len__(self) -> int:
        return len(self._held)

    def drop_idle(self, now_ms: int, keep: Callable[[Feed, int], bool]) -> list[str]:
        """Let go of documents nobody used for ``IDLE_MS``; those that ``keep`` names stay."""
        idle = [
            name
            for name, held in self._held.items()
            if not held.dirty and now_ms - held.used_ms > IDLE_MS and not keep(held.feed, held.segment)
        ]
        for name in idle:
            del self._held[name]
        return idle
