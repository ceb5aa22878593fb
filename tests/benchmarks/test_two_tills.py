"""Sale commit and voucher visibility, each against its floor, measured in turn in one run.

* *sale commit*: from the cashier's Pay to the answer that the receipt is on disk; the floor is one
  SQLite commit (WAL, synchronous=FULL) of the same bytes in a table of one column.
* *voucher visible*: from Pay at one till to the moment the other till's books know the voucher; the
  floor is a websocket round trip over the same TLS between the same two processes, plus one such commit.

The aim is at most three times each floor at the median. Run with ``make bench``.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import connect

from app import config, wiring
from app.facts.master import ArticleSet
from app.home import Home
from app.till import commands
from app.till.effects import Reply
from replication.core.model import Entry
from replication.identity import Identity
from replication.net import tls

ROUNDS = 200
WARM_UP = 20
PAUSE_S = 0.01
"""Between measurements, as between two customers: a machine at rest is slower than one that runs hot."""


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def show(name: str, values: list[float], floor: list[float]) -> float:
    """Print a measurement beside its floor; the ratio of the medians."""
    ratio = statistics.median(values) / statistics.median(floor)
    print(
        f"{name:16} p50 {statistics.median(values):6.2f}  p95 {percentile(values, 0.95):6.2f} ms   "
        f"floor p50 {statistics.median(floor):5.2f}  p95 {percentile(floor, 0.95):5.2f} ms   ratio {ratio:4.2f}"
    )
    return ratio


class CommitFloor:
    """One commit with fsync of so many bytes, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=FULL")
        self._file.execute("CREATE TABLE floor (data BLOB)")

    def commit(self, data: bytes) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute("INSERT INTO floor VALUES (?)", (data,))
        self._file.execute("COMMIT")

    def close(self) -> None:
        self._file.close()


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter_ns()
    await work()
    return (time.perf_counter_ns() - began) / 1e6


@pytest.mark.benchmark
@pytest.mark.timeout(300)
async def test_sale_commit_and_voucher_visibility_against_their_floors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    here, there = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    settings = msgspec.structs.replace(
        config.Settings(), network=config.NetworkSettings(listen=here, peers=(there,), discovery=False)
    )
    await wiring.found(one, settings, "Bench", 1, "till")
    floor = CommitFloor(tmp_path)
    async with wiring.opened(one, settings, network=True) as parts:
        article = ArticleSet("1", "Vogelfutter 1 kg", 499, "EUR", "1", ("2000000260105",))
        body = msgspec.to_builtins(article)
        await parts.engine.journal([Entry(article.topic, article.kind, body)])
        code = await parts.engine.release_slot(2, "Kasse 2", "till", "")
        other.make()
        await wiring.join(other, settings, code, [here])
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.benchmarks.other_till", str(other.path), there, here,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        echo_port = int((await process.stdout.readline()).split()[1])
        runner = await wiring.runner(parts, settings)
        async with asyncio.timeout(10):
            while not (await parts.engine.status())["peers"]:
                await asyncio.sleep(0.02)
        context = tls.client_context(Identity.load(one.path))
        commits: list[float] = []
        trips: list[float] = []
        sales: list[float] = []
        visible: list[float] = []
        async with connect(
            f"wss://127.0.0.1:{echo_port}", ssl=context, compression=None, server_hostname=tls.SERVER_NAME
        ) as echo:
            for number in range(WARM_UP + ROUNDS):
                await runner.run(commands.Scan("1"))
                await runner.run(commands.Scan("1", "3"))
                await asyncio.sleep(PAUSE_S)
                sale = await timed(lambda: runner.run(commands.Pay(amount="50.00")))
                await asyncio.sleep(PAUSE_S)
                data = b"x" * receipt_bytes(runner.view().last)
                began = time.perf_counter_ns()
                floor.commit(data)
                commit = (time.perf_counter_ns() - began) / 1e6
                await asyncio.sleep(PAUSE_S)

                async def round_trip(data: bytes = data) -> None:
                    await echo.send(data)
                    await echo.recv()

                trip = await timed(round_trip)
                await runner.run(commands.SellVoucher("10.00"))
                voucher = runner.view().lines[-1].voucher_code
                process.stdin.write(f"{voucher}\n".encode())
                assert await process.stdout.readline() == b"watching\n"
                await asyncio.sleep(PAUSE_S)
                began = time.monotonic_ns()
                answer = await runner.run(commands.Pay())
                assert isinstance(answer, Reply)
                seen_ns = int((await process.stdout.readline()).split()[1])
                if number >= WARM_UP:
                    commits.append(commit)
                    trips.append(trip)
                    sales.append(sale)
                    visible.append((seen_ns - began) / 1e6)
        process.stdin.write(b"\n")
        await process.wait()
    floor.close()
    with capsys.disabled():
        print(f"\n{ROUNDS} rounds, whole till to whole till, each beside its floor")
        show("sale commit", sales, commits)
        show("voucher visible", visible, [trip + commit for trip, commit in zip(trips, commits, strict=True)])


def receipt_bytes(receipt: object) -> int:
    """Bytes that a receipt takes on disk: its record's text and the change of the document."""
    return 2 * len(msgspec.json.encode(receipt)) + 600
