"""An enrolled peer that means no good: what it can send, and how much of it sticks to a hub."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from typing import Any

import cbor2
import msgspec
from hypothesis import strategies as st

from app.simulation.world import NETWORK_ID, Machine, World
from replication.core import events, wire
from replication.core.documents import document_id
from replication.core.model import TOPICS, Entry, Feed

SAID = Entry("circulation", "thing.said/1", {"n": 1})
LINK = 10_000

odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**63, 2**70)
    | st.just(1 << 2_000)
    | st.just(-(1 << 2_000))
    | st.floats()
    | st.text(max_size=40)
    | st.binary(max_size=40)
    | st.sampled_from(["", "x" * 2_000, "/sales", "a/b/c", "0" * 16 + "-00000", "positions", "claim", "release"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=12,
)
"""What CBOR can hold: numbers without bounds, NaN, nested things, keys that are no text."""


class Besieged:
    """A till that works, and the place of a peer that is enrolled and speaks to it."""

    def __init__(self) -> None:
        world = World(1, 3)
        world.found()
        world.run(1_500)
        self.world = world
        self.till, self.evil, self.other = world.machines
        for machine in world.machines:
            machine.happen(events.Append(1, (SAID, SAID._replace(topic="sales"))))
        world.run(1_000)
        self.evil.crash()
        self.other.crash()
        world.run(500)
        self._link = LINK
        self.feeds = [Feed(machine.name, topic) for machine in world.machines for topic in TOPICS]
        self.documents = [document_id(NETWORK_ID, feed, segment) for feed in self.feeds for segment in (0, 1, 2)]

    @property
    def hub(self) -> Any:
        assert self.till.hub is not None
        return self.till.hub

    def connect(self) -> None:
        """The peer is on the line, its hands shaken, unless it is there already."""
        if self._link not in self.hub._links:
            self._link += 1
            name = self.evil.name
            self.till.happen(events.Connected(self._link, name, name, b"certificate", member=self.evil.member))
            self.hear(wire.encode(wire.Join(name, (wire.PROTOCOL_VERSION,))))

    def hear(self, data: bytes) -> None:
        """One frame of the peer. Whatever is in it, the hub answers with effects, never with an exception."""
        self.till.happen(events.Received(self._link, data))

    def say(self, body: object, document: str | None = None) -> None:
        """One of our own messages, however odd."""
        message = wire.Ephemeral(self.evil.name, self.till.name, 1, "s", document or self.documents[0], {})
        raw = cbor2.loads(wire.encode(message))
        self.hear(cbor2.dumps({**raw, "data": cbor2.dumps(body)}))

    def works(self) -> bool:
        """Whether the till still journals, as it did before."""
        before = len(self.till.disk.records[Feed(self.till.name, "circulation")])
        self.till.happen(events.Append(2, (SAID,)))
        self.world.run(300)
        return len(self.till.disk.records[Feed(self.till.name, "circulation")]) == before + 1


def leb(number: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        number, low = number >> 7, number & 127
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)


def bare_change(past: Sequence[bytes], seq: int, message: bytes = b"") -> bytes:
    """An Automerge change of no operation, after the changes with the hashes ``past``; its message may be anything."""
    body = leb(len(past)) + b"".join(past) + leb(16) + b"e" * 16 + leb(seq) + leb(1) + leb(0)
    body += leb(len(message)) + message + leb(0) + leb(0)
    checked = b"\x01" + leb(len(body)) + body
    return b"\x85\x6f\x4a\x83" + hashlib.sha256(checked).digest()[:4] + checked


def sync_message(changes: Sequence[bytes]) -> bytes:
    """An Automerge sync message that brings these changes and asks for nothing."""
    return b"\x42" + leb(0) * 3 + leb(len(changes)) + b"".join(leb(len(one)) + one for one in changes)


def size_of(hub: object) -> int:
    """Everything that can be reached from a hub, in entries and characters: what grows shows, whoever holds it."""
    seen: set[int] = set()
    todo: list[object] = [hub]
    total = 0
    while todo:
        value = todo.pop()
        if id(value) in seen or isinstance(value, type | World | Machine | random.Random) or callable(value):
            continue
        seen.add(id(value))
        if isinstance(value, str | bytes):
            total += 1 + len(value)
        elif isinstance(value, dict):
            total += 1 + len(value)
            todo += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple | set | frozenset):
            total += 1 + len(value)
            todo += list(value)
        elif isinstance(value, int | float | None):
            total += 1
        else:
            todo += [getattr(value, name) for name in _fields(value) if hasattr(value, name)]
    return total


def _fields(value: object) -> Iterable[str]:
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return [*slots, *getattr(value, "__dict__", {})]
