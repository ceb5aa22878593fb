"""Peers that sell, all in one process: ``sellers.py PEER HOME…``.

Nodes without books; each dials PEER and journals a receipt of three lines and what it does to vouchers, as the tills
of ``trading_day.py`` do, about every ``EVERY_S``. Prints ``ready``, sells until a line comes on stdin, and prints how
many sales were made.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from pathlib import Path

from app.facts import codec
from app.home import Home
from replication.core import events
from replication.core.model import Entry
from replication.node import Node
from tests.benchmarks import trading_day
from tests.benchmarks.member import serving

EVERY_S = 1.0
"""A busy till; eight of them are a queue at each."""


async def sell(node: Node, till_no: int, sold: list[int]) -> None:
    rng = random.Random(till_no)
    for sequence in range(1, 100_000):
        await asyncio.sleep(rng.uniform(0.5, 1.5) * EVERY_S)
        await node.append([Entry(*codec.write(fact)) for fact in trading_day.sale(till_no, sequence)])
        sold.append(sequence)


async def main(peer: str, homes: list[Home]) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    sold: list[int] = []
    async with contextlib.AsyncExitStack() as stack:
        nodes = [await serving(stack, home) for home in homes]
        for node in nodes:
            node._handle(events.Sighted(peer, static=True))
        tasks = [asyncio.create_task(sell(node, 50 + no, sold)) for no, node in enumerate(nodes)]
        print("ready", flush=True)
        await ended.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(len(sold), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [Home(Path(name)) for name in sys.argv[2:]]))
