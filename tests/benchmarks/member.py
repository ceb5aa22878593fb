"""Members of the replication benchmark in a process of their own: whole tills, or nodes without books.

``member.py RECORDS PEER HOME…``: opens the homes and dials PEER ("" for none). Prints where the first one
listens; then, if RECORDS is not 0, one line of JSON as soon as so many receipts of others are in the books of the
first; on a line from stdin it prints its memory and ends. With several homes the members have no books: they
only serve, and dial on a line from stdin, all at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from app import config, wiring
from app.home import Home
from replication.core import effects, events
from replication.core.model import Now
from replication.identity import Identity
from replication.node import Node
from replication.store import Store
from tests.benchmarks.memory import peak_mb

_BYTES_RECEIVED = 128
"""Where Linux's ``struct tcp_info`` has them, as eight bytes."""


class Watch:
    """Sees every event that the hub takes, and how long it takes over it."""

    def __init__(self, node: Node, wanted: int) -> None:
        self._node = node
        self._hub: Any = node._hub
        self._handle = self._hub.handle
        self._me = self._hub.me.member_id
        self._wanted = wanted
        self.began = self.durable = self.applied = 0.0
        self.cpu_began = self.cpu_durable = self.cpu_applied = 0.0
        self.wire_bytes = 0
        self.steps: list[tuple[float, float, str]] = []
        self.done = asyncio.Event()
        self._stored = self._folded = 0
        self._batches: dict[int, int] = {}
        self._hub.handle = self.handle

    def handle(self, now: Now, event: events.Event) -> list[effects.Effect]:
        began, cpu = time.perf_counter(), time.thread_time()
        made: list[effects.Effect] = self._handle(now, event)
        ended = time.perf_counter()
        self.steps.append((ended - began, time.thread_time() - cpu, type(event).__name__))
        if isinstance(event, events.Connected) and not self.began:
            self.began, self.cpu_began = began, time.process_time()
        for effect in made:
            if isinstance(effect, effects.Apply):
                taken = sum(1 for record in effect.records if record.feed.topic == "sales")
                self._batches[effect.batch_id] = taken
                self._stored += taken
                if self._stored >= self._wanted and not self.durable:
                    self.durable, self.cpu_durable = ended, time.process_time()
                    self.wire_bytes = sum(wire_bytes(self._node))
        if isinstance(event, events.Applied):
            self._folded += self._batches.pop(event.batch_id, 0)
            if self._folded >= self._wanted and not self.applied:
                self.applied, self.cpu_applied = ended, time.process_time()
                self.done.set()
        return made

    def report(self) -> dict[str, Any]:
        steps = sorted(self.steps, reverse=True)
        return {
            "durable_s": self.durable - self.began,
            "books_s": self.applied - self.began,
            "cpu_durable_s": self.cpu_durable - self.cpu_began,
            "cpu_books_s": self.cpu_applied - self.cpu_began,
            "wire_bytes": self.wire_bytes,
            "longest_steps_ms": [(round(w * 1e3, 2), round(c * 1e3, 2), name) for w, c, name in steps[:5]],
            "longest_cpu_ms": round(max(cpu for _, cpu, _ in steps) * 1e3, 2),
            "p99_ms": round(steps[len(steps) // 100][0] * 1e3, 2),
            "steps": len(steps),
        }


def wire_bytes(node: Node) -> list[int]:
    """Bytes that have come in over TCP, for each connection."""
    counts = []
    for link in node._links._links.values():
        sock = link.connection.transport.get_extra_info("socket")
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        counts.append(int.from_bytes(info[_BYTES_RECEIVED : _BYTES_RECEIVED + 8], "little"))
    return counts


async def serving(stack: contextlib.AsyncExitStack, home: Home) -> Node:
    """A node without books."""
    store = Store.open(home.store)
    stack.callback(store.close)
    node = Node(
        identity=Identity.load(home.path),
        store=store,
        clock=wiring.now,
        rng=random.Random(),
        apply=lambda _records: None,
        on_change=lambda _what: None,
        listen=("127.0.0.1", 0),
        discovery=False,
        applied={feed: head.seq for feed, head in store.heads().items()},
    )
    await node.start()
    stack.push_async_callback(node.stop)
    return node


async def main(wanted: int, peer: str, homes: list[Home]) -> None:
    lines: asyncio.Queue[str] = asyncio.Queue()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), lambda: lines.put_nowait(sys.stdin.readline()))
    async with contextlib.AsyncExitStack() as stack:
        if len(homes) > 1:
            sys.setswitchinterval(wiring.SWITCH_INTERVAL_S)
            nodes = [await serving(stack, home) for home in homes]
            print("ready", flush=True)
            await lines.get()
            for node in nodes:
                node._handle(events.Sighted(peer, static=True))
        else:
            network = config.NetworkSettings(listen="127.0.0.1:0", peers=(peer,) if peer else (), discovery=False)
            settings = msgspec.structs.replace(config.Settings(), network=network)
            parts = await stack.enter_async_context(wiring.opened(homes[0], settings, network=True))
            await parts.node.settled()
            watch = Watch(parts.node, wanted)
            print(f"127.0.0.1:{parts.node.port}", flush=True)
            if wanted:
                await watch.done.wait()
                # The books on disk, asked anew: what was reported as applied is really there.
                print(json.dumps(watch.report() | {"in_books": receipts_of_others(parts)}), flush=True)
        await lines.get()
        print(json.dumps({"rss_mb": peak_mb()}), flush=True)


def receipts_of_others(parts: wiring.Parts) -> int:
    """Rows, not positions: a receipt that does not tie out moves the position and is in no row."""
    with contextlib.closing(sqlite3.connect(parts.home.books)) as books:
        ours = parts.who.till_no
        return int(books.execute("SELECT count(*) FROM receipts WHERE till_no <> ?", (ours,)).fetchone()[0])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], [Home(Path(name)) for name in sys.argv[3:]]))
