"""Changes that can be read without Automerge, because they are byte for byte what it makes of one new text.

Nearly all changes of a segment put one record's text under a new key and follow the change before them. Such a
change has a single form. Whoever is served a segment reads key and text out of it, makes all the bytes that must
stand around them anew, and compares: where they are the same, Automerge would find just this text in this place
of the history, at three times the cost. Any other change is left to Automerge.

The form is that of automerge's binary format for one chunk of type "change" with one operation: ``set`` of a string
under a key of the root, without predecessors, message or time; numbers are LEB128.
"""

from __future__ import annotations

import functools
import hashlib

MAGIC, CHANGE = b"\x85\x6f\x4a\x83", 1
"""How Automerge's chunks begin, and the type of one that is a single change, uncompressed."""
KEY_BYTES = 12
_ACTOR_BYTES = 16
_COLUMNS = b"\x00\x00\x00\x06\x15\x0e\x34\x01\x42\x02\x56"
_KEY = b"\x70\x02\x7f\x0c"
_PUT = b"\x01\x7f\x01\x7f"
_END = b"\x7f\x00"

_MESSAGE, _NO_NEEDS, _NO_FILTER, _END_OF_MESSAGE = b"\x42\x01", b"\x00\x01\x01", b"\x00", b"\x02\x01\x02"


def leb128(number: int) -> bytes:
    """A number as Automerge writes it."""
    if number < 0x80:
        return bytes((number,))
    if number < 0x4000:
        return bytes((number & 0x7F | 0x80, number >> 7))
    return bytes((number & 0x7F | 0x80,)) + leb128(number >> 7)


def serving(head: bytes, changes: list[bytes]) -> bytes:
    """A sync message that states one head, is in sync up to it, and brings these changes (or none)."""
    return b"".join((
        _MESSAGE, head, _NO_NEEDS, head, _NO_FILTER, leb128(len(changes)),
        *(piece for change in changes for piece in (leb128(len(change)), change)), _END_OF_MESSAGE,
    ))  # fmt: skip


class PlainChanges:
    """A whole document's changes, all of the plain form, and the texts they put, by key."""

    __slots__ = ("_actors", "_seq", "changes", "head", "texts")

    def __init__(self) -> None:
        self.changes: list[bytes] = []
        self.texts: dict[str, str] = {}
        self.head = b""
        """The newest change's hash; empty before the first."""
        self._actors: list[bytes] = []
        """Who made them, in the order of their first; the newest goes on."""
        self._seq = 0
        """How many of them the newest actor made."""

    def take(self, data: bytes) -> list[bytes] | None:
        """The changes of a sync message that has the form of ``serving``, if all are plain and go on from here.

        Otherwise None, and nothing has been taken.
        """
        found = _changes_in(data)
        if not found:
            return None
        head, actors, seq, texts = self.head, list(self._actors), self._seq, dict[str, str]()
        for number, change in enumerate(found, start=len(self.texts) + 1):
            actor = _actor_of(change, head)
            if not actors or actor != actors[-1]:
                if actor in actors:  # Automerge would name its earlier change as well
                    return None
                actors.append(actor)
                seq = 0
            seq += 1
            digest = hashlib.sha256(change[8:]).digest()
            read = _read(change, digest, head, actor, seq, number)
            if read is None:
                return None
            key, text = read
            if key in texts or key in self.texts:
                return None
            texts[key] = text
            head = digest
        if data[2:34] != head:
            return None
        self.head, self._actors, self._seq = head, actors, seq
        self.changes += found
        self.texts |= texts
        return found


def _changes_in(data: bytes) -> list[bytes] | None:
    """The changes of a sync message in the form of ``serving``; None for any other bytes."""
    if data[:2] != _MESSAGE or data[34:37] != _NO_NEEDS or data[37:69] != data[2:34] or data[69:70] != _NO_FILTER:
        return None
    try:
        count, at = _number(data, 70)
        changes: list[bytes] = []
        for _ in range(count):
            size, at = _number(data, at)
            changes.append(data[at : at + size])
            at += size
    except IndexError:
        return None
    return changes if data[at:] == _END_OF_MESSAGE else None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The number there, and where it ends; ``IndexError`` beyond the end or three bytes."""
    byte = data[at]
    if byte < 0x80:
        return byte, at + 1
    number, shift = byte & 0x7F, 7
    while shift < 21:
        at += 1
        byte = data[at]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at + 1
        shift += 7
    raise IndexError


_NUMBERS = tuple(leb128(number) for number in range(1_024))
"""How a segment's operations are numbered."""


@functools.lru_cache(maxsize=4_096)
def _frame(size: int, varying: int) -> tuple[bytes, bytes, bytes, int] | None:
    """What stands around past, actor, numbers and key of a plain change of so many bytes, and where its text begins.

    ``varying``: the length of past, actor and numbers. None if no text fits in.
    """
    for body_digits in (1, 2, 3):
        body = size - 9 - body_digits
        for digits in (1, 2, 3):  # of the text's length with its type in the low bits
            for length_digits in (1, 2, 3):
                columns = len(_COLUMNS) + 2 + length_digits + len(_KEY)
                length = body - varying - columns - KEY_BYTES - len(_PUT) - digits - len(_END)
                if length <= 0:
                    continue
                lead, count, value = leb128(body), leb128(length), leb128(length << 4 | 6)
                if (len(lead), len(count), len(value)) == (body_digits, length_digits, digits):
                    middle = b"".join((_COLUMNS, bytes((digits + 1,)), b"\x57", count, _KEY))
                    return b"\x01" + lead, middle, _PUT + value, size - len(_END) - length
    return None


def _actor_of(change: bytes, head: bytes) -> bytes:
    """Where the actor stands if the change is plain and follows ``head``."""
    at = (11 if len(change) < 138 else 12 if len(change) < 16_395 else 13) + (len(head) + 1 if head else 1)
    return change[at : at + _ACTOR_BYTES]


def _read(change: bytes, digest: bytes, head: bytes, actor: bytes, seq: int, number: int) -> tuple[str, str] | None:
    """Key and text of a plain change: the actor's ``seq``-th, follows ``head``, is operation ``number``; or None.

    Where things stand is computed from the length alone; the comparison is what counts.
    """
    if number >= len(_NUMBERS) or len(actor) != _ACTOR_BYTES:
        return None
    past = b"".join((b"\x01", head, b"\x10")) if head else b"\x00\x10"
    numbers = _NUMBERS[seq] + _NUMBERS[number]
    frame = _frame(len(change), len(past) + _ACTOR_BYTES + len(numbers))
    if frame is None:
        return None
    lead, middle, value, begin = frame
    end = begin - len(value)
    key = change[end - KEY_BYTES : end]
    before = b"".join((MAGIC, digest[:4], lead, past, actor, numbers, middle, key, value))
    if change[:begin] != before or not change.endswith(_END):
        return None
    try:
        return key.decode(), change[begin : -len(_END)].decode()
    except UnicodeDecodeError:
        return None
