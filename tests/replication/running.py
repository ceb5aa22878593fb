"""Running nodes for the tests of replication's shells; all over loopback, without mDNS unless asked for."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from replication.core.model import Entry, Feed, Now, Record
from replication.enrolment import Offer, release_slot, release_slots
from replication.identity import Identity
from replication.node import Node
from replication.store import Store


def now() -> Now:
    return Now(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)


def new_id() -> str:
    return uuid.uuid4().hex


class Books:
    """What a node has applied; ``fail_with`` makes folding fail."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.fail_with: Exception | None = None
        self.failures = 0

    def apply(self, records: Sequence[Record]) -> None:
        if self.fail_with is not None:
            self.failures += 1
            raise self.fail_with
        self.records.extend(records)

    def said(self, kind: str = "note/1") -> list[Any]:
        return [record.body.get("said") for record in self.records if record.kind == kind]

    def positions(self) -> dict[Feed, int]:
        positions: dict[Feed, int] = {}
        for record in self.records:
            positions[record.feed] = max(record.seq, positions.get(record.feed, 0))
        return positions


class Running:
    """A node with its store and books, over a home."""

    def __init__(self, home: Path, identity: Identity, books: Books, **options: Any) -> None:
        self.home = home
        self.identity = identity
        self.books = books
        self.changes: list[str] = []
        self.store = Store.open(home / "store.sqlite")
        settings: dict[str, Any] = {"listen": ("127.0.0.1", 0), "discovery": False, "applied": books.positions()}
        self.node = Node(
            identity=identity,
            store=self.store,
            clock=now,
            rng=random.Random(),
            apply=books.apply,
            on_change=self.changes.append,
            **(settings | options),
        )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.node.port}"

    def peers(self) -> list[int]:
        return sorted(peer["till_no"] for peer in self.node.status()["peers"])

    async def code(self, no: int = 2, name: str = "Kasse 2", role: str = "till") -> str:
        """Release a slot, as the command does it."""
        return await self._release(no, name, role, self.address)

    async def code_without_address(self) -> str:
        """A code that leaves it to mDNS to find the authority."""
        return await self._release(2, "Kasse 2", "till", "")

    async def _release(self, no: int, name: str, role: str, address: str) -> str:
        code, entry = release_slot(
            self.identity, self.node.roster, no, name, role, now_wall_ms=now().wall_ms, address=address
        )
        await self.node.append([entry])
        return code

    async def code_for(self, *nos: int) -> str:
        """One code for all of these."""
        slots = [Offer(no, f"Kasse {no}", "Halle 4") for no in nos]
        code, entries = release_slots(
            self.identity, self.node.roster, slots, now_wall_ms=now().wall_ms, address=self.address
        )
        await self.node.append(entries)
        return code

    async def stop(self) -> None:
        await self.node.stop()
        self.store.close()


Start = Callable[..., Awaitable[Running]]


def note(said: object, topic: str = "circulation") -> Entry:
    """An entry of no meaning."""
    return Entry(topic, "note/1", {"said": said})


async def until(holds: Callable[[], bool], timeout_s: float = 30.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.005)
