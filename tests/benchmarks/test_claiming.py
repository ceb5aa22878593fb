"""What asking seven other tills costs before something is used up, against bare round trips over the same TLS.

Eight whole tills, each a process of its own, all connected with all. A claim goes out to seven and is granted when the
last of them has promised. Two floors are measured in turn in the same run: a websocket round trip with one of them (the
issue's), and with all seven at once, waiting for the last. Then one till is stopped (SIGSTOP: its links stand, it does
not answer) and claims go on: it may cost 300 ms, after which it counts as missing.

The aims: median at most three times, p99 at most ten times a round trip; with a silent till at most 300 ms and the
hub's next tick. Run with ``make bench``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from app import wiring
from replication.core.claims import SILENT_MS
from tests.benchmarks.eight import eight_tills
from tests.benchmarks.test_two_tills import percentile
from tests.benchmarks.witness import SHORT_BYTES, WITNESSES

ROUNDS = 300
WARM_UP = 30
SILENT_ROUNDS = 10
PAUSE_S = 0.005
CLAIM_BYTES = 300
"""A claim, or a promise in a network of eight."""


async def timed(asked: list[ClientConnection]) -> float:
    """Milliseconds until the last of them has answered."""

    async def round_trip(echo: ClientConnection) -> None:
        await echo.send(data)
        await echo.recv()

    data = os.urandom(CLAIM_BYTES)
    began = time.monotonic_ns()
    await asyncio.gather(*map(round_trip, asked))
    return (time.monotonic_ns() - began) / 1e6


async def claimed(parts: wiring.Parts, number: int) -> tuple[float, int]:
    """Milliseconds of a claim, and how many promised."""
    began = time.monotonic_ns()
    done = await parts.node.claim(f"voucher/{number}")
    passed_ms = (time.monotonic_ns() - began) / 1e6
    assert done.granted
    parts.node.release_claim(done.claim_id)
    return passed_ms, len(done.coverage.promised)


@pytest.mark.benchmark
@pytest.mark.timeout(300)
async def test_asking_seven_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert CLAIM_BYTES < SHORT_BYTES
    claims: list[float] = []
    one: list[float] = []
    seven: list[float] = []
    silent: list[float] = []
    async with eight_tills(tmp_path) as (parts, witnesses, echoes, _times):
        for number in range(WARM_UP + ROUNDS):
            await asyncio.sleep(PAUSE_S)
            one_ms = await timed(echoes[number % WITNESSES : number % WITNESSES + 1])
            await asyncio.sleep(PAUSE_S)
            seven_ms = await timed(echoes)
            await asyncio.sleep(PAUSE_S)
            claim_ms, promised = await claimed(parts, number)
            assert promised == WITNESSES
            if number >= WARM_UP:
                claims.append(claim_ms)
                one.append(one_ms)
                seven.append(seven_ms)
        os.kill(witnesses[0].pid, signal.SIGSTOP)
        try:
            for number in range(SILENT_ROUNDS):
                silent_ms, promised = await claimed(parts, -number)
                assert promised == WITNESSES - 1
                silent.append(silent_ms)
        finally:
            os.kill(witnesses[0].pid, signal.SIGCONT)
    with capsys.disabled():
        print(f"\n{ROUNDS} claims of one till of {WITNESSES + 1}, {os.cpu_count()} cores")
        for name, values in (("claim", claims), ("round trip", one), ("with all 7", seven)):
            print(f"{name:12} p50 {statistics.median(values):6.2f}  p99 {percentile(values, 0.99):6.2f} ms")
        for name, floor in (("a round trip", one), ("that with all", seven)):
            p50 = statistics.median(claims) / statistics.median(floor)
            p99 = percentile(claims, 0.99) / percentile(floor, 0.99)
            print(f"claim against {name}: p50 {p50:4.2f}, p99 {p99:4.2f}")
        print(f"with a silent till: {min(silent):.0f} to {max(silent):.0f} ms (it is missing after {SILENT_MS} ms)")
