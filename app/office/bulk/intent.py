"""What is to be written, put down as one text, and what of it is still to come. Pure.

1. The intent names its change, and how far every feed was when it was made up.
2. What of it is written is found in our own feeds, and nowhere else: an entry is written if a record says the same. So
   it does not matter where an office was cut off, nor whether an older disk has been put back since.
3. What somebody else has said meanwhile about the same article, price, customer, … is not overwritten: that entry is
   passed over, and named.
4. A note in our own feed says that it was ended early. Then it has ended, even if an older disk still has the intent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from app.books.writer import fact_of
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import CustomerForgotten, OrderPlaced, VoucherIssued
from app.facts.master import ReferenceSet
from app.facts.sales import AuditLogged
from app.office.bulk import kept_text
from app.office.history.versions import named
from replication.core.model import Entry, Feed, Record

FORMAT = 1
PACKED_CHARACTERS_MAX = 64 * 1024 * 1024

Subject = tuple[str, str]
"""What a fact is about: its kind and key."""


class TooMuch(ValueError):
    """It cannot be put down as one."""


class Intent(msgspec.Struct, frozen=True):
    """``begun_ms``: Unix time; ``positions``: member, topic and sequence of every feed before it."""

    format: int
    change: str
    by: str
    begun_ms: int
    positions: tuple[tuple[str, str, int], ...]
    entries: tuple[Entry, ...]

    @property
    def end_id(self) -> str:
        """The audit entry that says how it ended has this id."""
        return hashlib.sha256(f"{self.change} {self.begun_ms}".encode()).hexdigest()[:32]


def intent(
    facts: Iterable[Fact], *, change: str, by: str, begun_ms: int, positions: Mapping[Feed, int]
) -> tuple[Intent, Rest]:
    """To write these facts, each once."""
    entries: dict[bytes, tuple[Entry, Subject | None]] = {}
    for fact in facts:
        entry = Entry(*codec.write(fact))
        entries.setdefault(_digest(entry.kind, entry.body), (entry, subject_of(fact)))
    made = Intent(
        FORMAT,
        change,
        by,
        begun_ms,
        tuple((*feed, seq) for feed, seq in positions.items()),
        tuple(entry for entry, _subject in entries.values()),
    )
    return made, Rest(made, list(entries), [subject for _entry, subject in entries.values()])


def rest_of(made: Intent) -> Rest:
    """All of an intent that was read again; its beginning is found by hearing the feeds."""
    digests = [_digest(entry.kind, entry.body) for entry in made.entries]
    return Rest(made, digests, [_subject(entry.kind, entry.body) for entry in made.entries])


def packed(made: Intent) -> str:
    """As one text. ``TooMuch``."""
    text = kept_text.packed(made)
    if len(text) > PACKED_CHARACTERS_MAX:
        raise TooMuch(len(text))
    return text


def unpacked(text: str) -> Intent:
    """The intent again. ``Unreadable``."""
    return kept_text.unpacked(text, Intent, FORMAT)


class Rest:
    """What is still to be written. ``hear`` it every record since the intent's positions, in any order."""

    def __init__(self, made: Intent, digests: Sequence[bytes], subjects: Sequence[Subject | None]) -> None:
        self._entries = made.entries
        self._end_id = made.end_id
        self._left = dict.fromkeys(range(len(made.entries)))
        self._said = {digest: index for index, digest in enumerate(digests)}
        self._about: dict[Subject, list[int]] = {}
        for index, subject in enumerate(subjects):
            if subject is not None:
                self._about.setdefault(subject, []).append(index)
        self.passed: list[Subject] = []
        """What is left as somebody else has it."""
        self.over = False
        """It has been ended early."""

    @property
    def of(self) -> int:
        return len(self._entries)

    @property
    def left(self) -> int:
        return len(self._left)

    @property
    def done(self) -> int:
        return self.of - self.left - len(self.passed)

    def hear(self, record: Record, *, own: bool) -> None:
        """A record that was not there when this began; ``own``: of this member."""
        if own:
            index = self._said.get(_digest(record.kind, record.body))
            if index is not None:
                self._left.pop(index, None)
                return
            if record.kind == AuditLogged.kind and record.body.get("audit_id") == self._end_id:
                self.over = True
        subject = _said_about(record)
        for index in self._about.get(subject, ()) if subject else ():
            if index in self._left:
                del self._left[index]
                self.passed.append(subject)  # type: ignore[arg-type]

    def step(self, most: int) -> list[int]:
        """The next that are to be written; ``written`` says that they are."""
        return [index for index, _none in zip(self._left, range(most), strict=False)]

    def entries(self, step: Iterable[int]) -> list[Entry]:
        return [self._entries[index] for index in step]

    def written(self, step: Iterable[int]) -> None:
        for index in step:
            self._left.pop(index, None)


def taken_back(made: Intent) -> bool:
    """Whether what it wrote can be taken back as one change: master data can, vouchers and orders cannot."""
    return any(entry.body.get("change") == made.change for entry in made.entries)


def subject_of(fact: Fact) -> Subject | None:
    """What the fact is about, if two about the same would be in each other's way."""
    if isinstance(fact, VoucherIssued):
        return "voucher", fact.code
    if isinstance(fact, OrderPlaced):
        return "order", fact.order_no
    return named(fact)


def _subject(kind: str, body: dict[str, Any]) -> Subject | None:
    try:
        fact = codec.read(kind, body)
    except codec.FactUnreadable:
        return None
    return None if fact is None else subject_of(fact)


def _said_about(record: Record) -> Subject | None:
    fact = fact_of(record)
    if isinstance(fact, str) or (record.body.get("of") and not isinstance(fact, ReferenceSet | CustomerForgotten)):
        return None  # nothing that enters the books, or a repetition for a catalogue's tills
    return subject_of(fact)


def _digest(kind: str, body: dict[str, Any]) -> bytes:
    said = hashlib.blake2b(msgspec.json.encode(body, order="sorted"), digest_size=16)
    said.update(kind.encode())
    return said.digest()
