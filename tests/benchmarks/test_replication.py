"""Catch-up, fan-in and opening, with TLS, verification and fsync on, each beside its floor in the same run.

* *catch-up*: 10,000 receipts, journalled one by one, fetched by one other till after a partition;
* *fan-in*: 20 tills, 500 receipts each, into one centre;
* *opening*: a member's process from opening its home to its first durable record.

The clock runs at the receiver from the first connection to the last receipt durable (in the books). The
floors: SQLite (WAL, FULL) writing the same bytes in groups, and the same bytes over a websocket with TLS.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from app.home import Home
from replication.identity import Identity
from replication.net import tls
from tests.benchmarks.homes import fill, make_network

RECEIPTS = 10_000
TILLS = 20
EACH = 500
GROUP = 500


class Process:
    """One of the helper processes beside this file."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str, *arguments: object) -> Process:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    async def line(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(120):
            line = (await self._process.stdout.readline()).decode().strip()
        assert line, "the process ended"
        return line

    async def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self.line())
        return answer

    async def end(self) -> dict[str, Any]:
        """Tell it to end; its last line."""
        self.tell()
        return await self.last()

    def tell(self) -> None:
        """Tell it to go on."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    async def last(self) -> dict[str, Any]:
        line = await self.json()
        await self._process.communicate()
        return line


def disk_floor(folder: Path, count: int, size: int) -> float:
    """Seconds to write so many texts, each twice (record and change), in groups of one fsync."""
    file = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE floor (a TEXT, b BLOB)"):
        file.execute(statement)
    text, data = "x" * size, b"x" * (size + 110)
    began = time.perf_counter()
    for _ in range(0, count, GROUP):
        file.execute("BEGIN IMMEDIATE")
        file.executemany("INSERT INTO floor VALUES (?, ?)", [(text, data)] * GROUP)
        file.execute("COMMIT")
    took = time.perf_counter() - began
    file.close()
    return took


async def wire_floor(home: Home, count: int, size: int) -> float:
    """Seconds to send the same bytes over a websocket with TLS (both ends in this process)."""
    identity = Identity.load(home.path)
    done = asyncio.Event()

    async def take(connection: ServerConnection) -> None:
        for _ in range(0, count, GROUP):
            await connection.recv()
        done.set()

    async with (
        serve(take, "127.0.0.1", 0, ssl=tls.server_context(identity), compression=None, max_size=None) as server,
        connect(
            f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}",
            ssl=tls.client_context(identity), compression=None, server_hostname=tls.SERVER_NAME,
        ) as link,
    ):  # fmt: skip
        began = time.perf_counter()
        for _ in range(0, count, GROUP):
            await link.send(b"x" * (GROUP * (size + 110)))
        await done.wait()
        return time.perf_counter() - began


def show(
    name: str, count: int, got: dict[str, Any], senders: Sequence[dict[str, Any]], disk: float, wire: float
) -> None:
    """Print what was measured; ``disk`` and ``wire`` are the floors in seconds."""
    cpu = "/".join(f"{got[key] / count * 1e6:.0f}" for key in ("cpu_durable_s", "cpu_books_s"))
    theirs = ", ".join(f"{sender['rss_mb']:.0f}" for sender in senders)
    print(
        f"\n{name}: {count / got['durable_s']:,.0f} receipts/s durable, {count / got['books_s']:,.0f}/s in the books;"
        f" CPU of the receiver {cpu} µs a receipt until then"
        f"\n  floors: disk {count / disk:,.0f}/s, wire {count / wire:,.0f}/s, in turn {count / (disk + wire):,.0f}/s"
        f"\n  wire {got['wire_bytes'] / count:.0f} B a receipt; peak memory {got['rss_mb']:.0f} MB, senders {theirs} MB"
        f"\n  longest steps of the loop (ms wall, ms CPU): {got['longest_steps_ms']}, by CPU"
        f" {got['longest_cpu_ms']} ms, p99 {got['p99_ms']} ms of {got['steps']}"
    )


@pytest.mark.benchmark
@pytest.mark.timeout(300)
async def test_catch_up_after_a_partition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer, reader = make_network(tmp_path, [("till", ""), ("till", "")])
    size = fill(writer, RECEIPTS)
    receiver = await Process.start("member", RECEIPTS, "", reader.path)
    address = await receiver.line()
    sender = await Process.start("member", 0, address, writer.path)
    await sender.line()
    got = await receiver.json()
    served = await sender.end()
    got |= await receiver.end()
    disk, wire = disk_floor(tmp_path, RECEIPTS, size), await wire_floor(writer, RECEIPTS, size)
    with capsys.disabled():
        show(f"catch-up of {RECEIPTS} receipts ({size} B each)", RECEIPTS, got, [served], disk, wire)
    assert got["in_books"] == RECEIPTS


@pytest.mark.benchmark
@pytest.mark.timeout(300)
async def test_fan_in_of_twenty_tills_into_a_centre(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    centre, *tills = make_network(tmp_path, [("centre", "")] + [("till", f"site {no}") for no in range(TILLS)])
    size = max(fill(home, EACH) for home in tills)
    receiver = await Process.start("member", TILLS * EACH, "", centre.path)
    address = await receiver.line()
    halves = (tills[: TILLS // 2], tills[TILLS // 2 :])
    senders = [await Process.start("member", 0, address, *(home.path for home in half)) for half in halves]
    for sender in senders:
        assert await sender.line() == "ready"
    for sender in senders:
        sender.tell()
    got = await receiver.json()
    served = [await sender.end() for sender in senders]
    got |= await receiver.end()
    disk, wire = disk_floor(tmp_path, TILLS * EACH, size), await wire_floor(centre, TILLS * EACH, size)
    with capsys.disabled():
        show(f"fan-in of {TILLS} tills with {EACH} receipts each", TILLS * EACH, got, served, disk, wire)
    assert got["in_books"] == TILLS * EACH


@pytest.mark.benchmark
@pytest.mark.timeout(600)
async def test_opening_a_large_member(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home,) = make_network(tmp_path, [("till", "")])
    fill(home, 100_000)
    lines = []
    for _ in range(3):
        opened = await (await Process.start("opener", home.path)).last()
        lines.append(f"{opened['first_write_s']:.3f} s, {opened['rss_mb']:.0f} MB")
    million(home)
    opened = await (await Process.start("opener", home.path)).last()
    with capsys.disabled():
        print(f"\nopening to the first durable write: 100,000 receipts {'; '.join(lines)}")
        print(f"  1,000,000 records more: {opened['first_write_s']:.3f} s, {opened['rss_mb']:.0f} MB")
    assert opened["first_write_s"] < 2


def million(home: Home) -> None:
    """A million records of ten other members; opening reads only where their feeds end."""
    file = sqlite3.connect(home.store)
    with file:
        (own,) = file.execute("SELECT no FROM feeds WHERE topic = 'sales'").fetchone()
        for number in range(10):
            row = (f"{number:032x}", "sales")
            no = file.execute("INSERT INTO feeds (member, topic) VALUES (?, ?)", row).lastrowid
            file.execute(
                # Cut short to spare the disk, but for the newest, which opening checks.
                "INSERT INTO records SELECT (?1 << 40) | (id & 0xFFFFFFFFFF), hlc, kind, hash,"
                " CASE id WHEN (SELECT max(id) FROM records WHERE id >> 40 = ?2) THEN text"
                " ELSE substr(text, 1, 100) END"
                " FROM records WHERE id >> 40 = ?2",
                (no, own),
            )
    file.close()
