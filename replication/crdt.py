"""The one door to Automerge: a segment as a document with flat text keys in ROOT.

Only text goes in and out (canonical JSON of records); the traps that make other types
dangerous are listed in ``docs/protocol.md``. Automerge raises bare ``Exception``, and its
panics derive from ``BaseException``: both become ``CrdtError`` here, and a document that
panicked must be thrown away by the caller.

An actor id is an argument and fresh for every opening: a change that was sent but lost in a
crash, followed by another change of the same actor and number, would be refused by peers as a
duplicate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from automerge import core

from replication.plain_changes import CHANGE, MAGIC, PlainChanges, serving

ACTOR_BYTES = 16
PART_CHANGES = 200
PART_BYTES = 256 * 1024


class CrdtError(Exception):
    """Automerge refused the bytes. The document must not be used further."""


class SyncState:
    """What one peer is believed to have of one document; lives as long as the connection."""

    __slots__ = ("raw", "served")

    def __init__(self) -> None:
        self.raw = core.SyncState()
        self.served: bytes | None = None
        """The peer serves the document (``sync_parts``): the head that it was told last, empty before that."""


def sync_parts(changes: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Stored changes, in order, as the sync messages of one who sends them to somebody that has nothing.

    Yields (message, the head that it brings). No document is loaded for it, and no message takes the receiver
    long: at most ``PART_CHANGES`` changes, or one more than ``PART_BYTES``. ``CrdtError`` if one is no single change.
    """
    part: list[bytes] = []
    size = 0
    for number, change in enumerate(changes, start=1):
        if change[:4] != MAGIC or len(change) < 10 or change[8] != CHANGE:
            raise CrdtError("a stored chunk is no single change")
        part.append(change)
        size += len(change)
        if len(part) == PART_CHANGES or size >= PART_BYTES or number == len(changes):
            head = hashlib.sha256(change[8:]).digest()
            # "In sync up to that head", so that nothing is sent back.
            yield serving(head, part), head
            part, size = [], 0


def heads_told(message: bytes) -> list[bytes] | None:
    """The heads that a sync message states, if it asks for nothing in particular; otherwise, or if unsure, None."""
    if len(message) < 2 or message[0] not in (0x42, 0x43) or message[1] >= 0x80:
        return None
    end = 2 + 32 * message[1]
    if message[end : end + 1] != b"\x00":
        return None
    return [message[start : start + 32] for start in range(2, end, 32)]


class SegmentDocument:
    """One segment of a feed: record number (zero-padded) -> canonical text.

    As long as it was only served, Automerge is spared (``plain_changes.py``): it gets the changes when more is wanted.
    """

    __slots__ = ("_made", "_plain")

    def __init__(self, document: core.Document, plain: PlainChanges | None = None) -> None:
        self._made = document
        self._plain = plain

    @property
    def _document(self) -> core.Document:
        """The document to look at."""
        if self._plain is not None and self._plain.changes:
            actor = self._made.get_actor()
            try:
                self._made = core.Document.load(b"".join(self._plain.changes))
                self._made.set_actor(actor)
            except BaseException as error:  # noqa: BLE001 - panics of the extension derive from BaseException
                _refuse("load", error)
            self._plain = None
        return self._made

    def _to_change(self) -> core.Document:
        """The document for something that is not read by ``PlainChanges``."""
        document, self._plain = self._document, None
        return document

    @classmethod
    def empty(cls, actor: bytes) -> SegmentDocument:
        """A new document; ``actor`` is 16 random bytes."""
        return cls(core.Document(actor), PlainChanges())

    @classmethod
    def load(cls, chunks: Sequence[bytes], actor: bytes) -> SegmentDocument:
        """Read stored changes back, in any order; ``CrdtError`` if one is damaged or its past is missing."""
        if not chunks:
            return cls.empty(actor)
        try:
            document = core.Document.load(b"".join(chunks))
            document.set_actor(actor)
        except BaseException as error:  # noqa: BLE001 - panics of the extension derive from BaseException
            _refuse("load", error)
        return cls(document)

    def put_all(self, texts: Sequence[tuple[str, str]]) -> tuple[bytes, ...]:
        """Write the keys in one change; the raw bytes of that change."""
        document = self._to_change()
        before = document.get_heads()
        with document.transaction() as transaction:
            for key, text in texts:
                transaction.put(core.ROOT, key, core.ScalarType.Str, text)
        return tuple(change.raw_bytes for change in document.get_changes(before))

    def text(self, key: str) -> str | None:
        """The text under a key; None if there is none. ``CrdtError`` if it is no text."""
        if self._plain is not None:
            return self._plain.texts.get(key)
        found = self._document.get(core.ROOT, key)
        if found is None:
            return None
        value: Any = found[0]
        if not isinstance(value, tuple) or value[0] != core.ScalarType.Str or not isinstance(value[1], str):
            raise CrdtError(f"key {key} holds no text")
        return value[1]

    def __len__(self) -> int:
        return len(self._plain.texts) if self._plain is not None else int(self._document.length(core.ROOT))

    def generate(self, state: SyncState) -> bytes | None:
        """The next sync message for the peer of ``state``; None when there is nothing to say."""
        if self._plain is not None and state.served is not None:
            if state.served == self._plain.head:
                return None
            state.served = self._plain.head
            return serving(state.served, [])
        try:
            message: Any = self._document.generate_sync_message(state.raw)  # its stub forgets None
            return None if message is None else bytes(message.encode())
        except BaseException as error:  # noqa: BLE001 - panics of the extension derive from BaseException
            _refuse("generate", error)

    def operations(self) -> int:
        """The operations that made the document; as many as it has keys unless something was overwritten or deleted."""
        try:
            return _counted(self._document.get_changes([]))[1]
        except BaseException as error:  # noqa: BLE001 - panics of the extension derive from BaseException
            _refuse("operations", error)

    def merge(self, other: SegmentDocument) -> tuple[tuple[bytes, ...], int]:
        """Take over what another copy has; what was new, as in ``receive``. Afterwards both have the same heads."""
        document = self._to_change()
        before = document.get_heads()
        try:
            document.merge(other._document)
            return _counted(document.get_changes(before))
        except BaseException as error:  # noqa: BLE001 - panics of the extension derive from BaseException
            _refuse("merge", error)

    def receive(self, state: SyncState, data: bytes) -> tuple[tuple[bytes, ...], int]:
        """Take a sync message in: the raw changes that are new, and the number of operations in them.

        A record is one operation, so a caller that finds more operations than new keys knows
        that something was overwritten or deleted.
        """
        if self._plain is not None and (changes := self._plain.take(data)) is not None:
            state.served = state.served or b""
            return tuple(changes), len(changes)
        document = self._to_change()
        before = document.get_heads()
        try:
            document.receive_sync_message(state.raw, core.Message.decode(data))
            return _counted(document.get_changes(before))
        except BaseException as error:  # noqa: BLE001 - panics of the extension derive from BaseException
            _refuse("receive", error)


def _counted(changes: Sequence[Any]) -> tuple[tuple[bytes, ...], int]:
    """Raw bytes of the changes, and the operations in them. A change without any says nothing and only fills disks."""
    operations = [change.max_op - change.start_op + 1 for change in changes]
    if not all(operations):
        raise ValueError("a change without an operation")
    return tuple(change.raw_bytes for change in changes), sum(operations)


def _refuse(doing: str, error: BaseException) -> NoReturn:
    """Turn whatever Automerge raised into ``CrdtError``; let the interpreter's own signals pass."""
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError | GeneratorExit):
        raise error
    raise CrdtError(f"{doing}: {str(error)[:200]}") from None
