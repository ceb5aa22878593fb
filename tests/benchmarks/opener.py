"""Opens a home as its own process and journals one fact: seconds from opening to the answer that it is on disk.

Replication alone, its books being up to date.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path

from replication.core.model import Entry, Now
from replication.identity import Identity
from replication.node import Node
from replication.store import STORE_FILE, Store
from tests.benchmarks.memory import peak_mb


def now() -> Now:
    return Now(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)


async def member(home: Path) -> None:
    began = time.perf_counter()
    store = Store.open(home / STORE_FILE)
    node = Node(
        identity=Identity.load(home),
        store=store,
        clock=now,
        rng=random.Random(),
        apply=lambda _records: None,
        on_change=lambda _what: None,
        listen=("127.0.0.1", 0),
        discovery=False,
        applied={feed: head.seq for feed, head in store.heads().items()},
    )
    await node.start()
    await node.append([Entry("circulation", "note/1", {"said": "first"}), Entry("sales", "note/1", {"said": "first"})])
    told(began)
    await node.stop()
    store.close()


def told(began: float) -> None:
    print(json.dumps({"first_write_s": time.perf_counter() - began, "rss_mb": peak_mb()}), flush=True)


if __name__ == "__main__":
    asyncio.run(member(Path(sys.argv[1])))
