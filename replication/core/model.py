"""The nouns of replication.

A *feed* is one member's append-only log on one topic. A topic is one of ``TOPICS``, or it has an *audience*
(``catalogue/fair``): then its feeds go only to the members that ``Roster.may_see`` names. A *record* is one signed
entry of it, numbered from 1. A *segment* is a run of ``SEGMENT_RECORDS`` records,
kept as one Automerge document that only the feed's member writes.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol

import msgspec

SEGMENT_RECORDS = 500
"""Records of one segment (DESIGN §3): keeps a document's load under a few milliseconds."""

TOPICS = ("membership", "master", "circulation", "sales")
"""In the order in which a newcomer fetches them: who may speak, what is sold, what is in circulation, what was sold."""

_ASSIGNED = re.compile(r"[a-z][a-z_]{0,19}/[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


def is_assigned(topic: str) -> bool:
    """Whether the topic has an audience: it goes only to those to whom the authority has assigned it."""
    return "/" in topic


def is_topic(text: str) -> bool:
    """Whether there can be feeds on this topic.

    >>> [is_topic(text) for text in ("sales", "catalogue/fair-2026", "weather", "catalogue/", "a/b/c")]
    [True, True, False, False, False]
    """
    return text in TOPICS or _ASSIGNED.fullmatch(text) is not None


def turn_of(topic: str) -> tuple[float, str]:
    """When a newcomer fetches it: what is assigned comes with what is sold."""
    return (TOPICS.index("master") + 0.5 if is_assigned(topic) else TOPICS.index(topic), topic)


class Randomness(Protocol):
    """Where ids and jitter come from; ``random.Random`` is one. The shells seed it, the simulator by its seed."""

    def randbytes(self, n: int, /) -> bytes: ...

    def randrange(self, stop: int, /) -> int: ...


class Now(NamedTuple):
    """One reading of both clocks, in milliseconds.

    ``mono_ms`` only ever grows and measures durations; ``wall_ms`` is Unix time
    in UTC and may jump.
    """

    mono_ms: int
    wall_ms: int


class Feed(NamedTuple):
    """A member's log on one topic; ``str(feed)`` is ``member/topic``."""

    member: str
    topic: str

    def __str__(self) -> str:
        return f"{self.member}/{self.topic}"

    @classmethod
    def parse(cls, text: str) -> Feed:
        """Read ``member/topic`` back; ``ValueError`` for anything else."""
        member, slash, topic = text.partition("/")
        if not slash or not member or not is_topic(topic):
            raise ValueError(f"not a feed: {text[:80]!r}")
        return cls(member, topic)


class FeedHead(NamedTuple):
    """How far a feed is known: its newest sequence number, that record's hash (hex) and hybrid time."""

    seq: int
    hash: str
    hlc: str


class Entry(NamedTuple):
    """What a member wants to say: topic, kind with version (``voucher.issued/1``) and a JSON-able body."""

    topic: str
    kind: str
    body: dict[str, Any]


class Record(msgspec.Struct, frozen=True):
    """A verified entry of a feed. ``text`` is the canonical JSON that was signed and chained."""

    feed: Feed
    seq: int
    hlc: str
    kind: str
    body: dict[str, Any]
    prev: str
    sig: str
    hash: str
    text: str


class Chunk(NamedTuple):
    """Raw bytes of one Automerge change of the document ``document_id`` (a UUID's hex)."""

    document_id: str
    data: bytes


class Member(msgspec.Struct, frozen=True):
    """An enrolled member as its certificate states it; ``public_key`` is raw Ed25519, 32 bytes."""

    member_id: str
    till_no: int
    name: str
    role: str
    site: str
    public_key: bytes
    certificate: bytes = b""


class Coverage(msgspec.Struct, frozen=True):
    """Which members answered a claim (member ids). Complete when nobody is missing."""

    promised: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing
