"""A fact of one till in the books of seven others, against the floor of bare commits and a round trip.

Eight whole tills, each a process of its own, all connected with all over TLS. Measured is the time from the writer's
append to the moment when the last of seven books has committed the voucher: signed, written with an fsync, sent,
verified, written with an fsync, folded. The floor is measured in turn in the same processes: a commit with fsync at
the writer, the same bytes over the same TLS to all seven, a commit with fsync at each, and the last of the answers.
Eight processes share the machine's cores in both.

The aims at the median: at most twice the floor, and below 8 ms. Run with ``make bench``.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from app.facts import codec
from app.facts.circulation import VoucherIssued
from replication.core.model import Entry
from tests.benchmarks.eight import eight_tills
from tests.benchmarks.test_two_tills import CommitFloor, percentile
from tests.benchmarks.witness import WITNESSES

ROUNDS = 200
WARM_UP = 20
PAUSE_S = 0.02
"""Between measurements, as between two customers: what the last one left to do must not count for the next."""
RECORD_BYTES = 1_100
"""A voucher's record as text, and the change of the document that brings it."""


def voucher(number: int) -> Entry:
    fact = VoucherIssued(
        f"7{number:012d}", "multi_purpose", 1_000, "EUR", "2026-11-21T10:00:00.000Z", 1, f"1-{number:06d}"
    )
    return Entry(*codec.write(fact))


async def floor_once(commits: CommitFloor, echoes: list[ClientConnection]) -> float:
    """Milliseconds of a commit here, and of the slowest way there, commit and way back."""

    async def round_trip(echo: ClientConnection) -> None:
        await echo.send(data)
        await echo.recv()

    data = os.urandom(RECORD_BYTES)
    began = time.monotonic_ns()
    commits.commit(data)
    await asyncio.gather(*map(round_trip, echoes))
    return (time.monotonic_ns() - began) / 1e6


@pytest.mark.benchmark
@pytest.mark.timeout(300)
async def test_a_fact_in_the_books_of_seven_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commits = CommitFloor(tmp_path)
    visible: list[float] = []
    first: list[float] = []
    floors: list[float] = []
    async with eight_tills(tmp_path) as (parts, _witnesses, echoes, times):
        cpu = time.process_time()
        for number in range(WARM_UP + ROUNDS):
            await asyncio.sleep(PAUSE_S)
            floor_ms = await floor_once(commits, echoes)
            await asyncio.sleep(PAUSE_S)
            began = time.monotonic_ns()
            record = (await parts.node.append([voucher(number)]))[0]
            async with asyncio.timeout(10):
                while not all(seen := times.of(record.seq)):
                    await asyncio.sleep(PAUSE_S)
            if number >= WARM_UP:
                visible.append((max(seen) - began) / 1e6)
                first.append((min(seen) - began) / 1e6)
                floors.append(floor_ms)
        cpu_ms = (time.process_time() - cpu) / (WARM_UP + ROUNDS) * 1e3
    commits.close()
    ratio = statistics.median(visible) / statistics.median(floors)
    with capsys.disabled():
        print(f"\n{ROUNDS} facts of one till in the books of {WITNESSES} others, {os.cpu_count()} cores")
        for name, values in (("in all seven", visible), ("in the first", first), ("floor", floors)):
            print(f"{name:12} p50 {statistics.median(values):6.2f}  p99 {percentile(values, 0.99):6.2f} ms")
        print(f"ratio at the median {ratio:4.2f}; CPU of the writer {cpu_ms:.1f} ms a round with its floor")
