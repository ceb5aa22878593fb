"""The printer's driver where the wire does not matter; ``tests/contracts/test_printer_contract.py`` has the rest."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from peripherals.cash_drawer import CashDrawer
from peripherals.claiming import Claims
from peripherals.escpos import Composer, profile
from peripherals.line import Line
from peripherals.print_job import Chunk, Cut, Outcome, Result, Symbol, Text
from peripherals.printer import PosPrinter, Timings
from peripherals.simulators.printer import PrinterSimulator
from tests.peripherals.echoing import until

FAST = Timings(poll_s=0.04, answer_s=0.15, fence_s=0.4, silent_s=0.5, print_byte_s=0)


def driver(address: str, claims: Path, **options: object) -> PosPrinter:
    given = {"claims": Claims(claims), "timings": FAST, **options}
    return PosPrinter(address, rng=random.Random(1), **given)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def running(printer: PosPrinter) -> AsyncIterator[PosPrinter]:
    task = asyncio.create_task(printer.run())
    try:
        yield printer
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_chunk_above_the_limit_is_our_own_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at most"):
        await driver("127.0.0.1:9", tmp_path).print_chunk(b"x" * (256 * 1024 + 1))


async def test_something_that_is_no_printer_is_never_ready(tmp_path: Path) -> None:
    asked = 0

    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        with contextlib.suppress(OSError):
            while await reader.read(100):
                asked += 1
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        hung_up.set()

    hung_up = asyncio.Event()
    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    async with running(driver(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", tmp_path)) as printer:
        ready = asyncio.create_task(printer.ready())
        await until(lambda: asked > 5)
        assert not ready.done()
        ready.cancel()
    server.close()
    await hung_up.wait()


@pytest.mark.parametrize(("fence", "clone"), [("id", False), ("status", False), ("status", True)])
async def test_the_fence_may_be_said(tmp_path: Path, fence: str, *, clone: bool) -> None:
    simulator = PrinterSimulator(raw=tmp_path / "raw", clone=clone)
    port = await simulator.start_tcp()
    async with running(driver(f"127.0.0.1:{port}", tmp_path / "claims", fence=fence)) as printer:
        await printer.ready()
        assert (await printer.print_chunk(b"Bon\n")).outcome is Outcome.PRINTED
    await simulator.stop()
    raw = (tmp_path / "raw").read_bytes()
    assert b"\x1dI" not in raw, "who made it is asked only to choose the fence"
    assert (b"\x1d(H" in raw) == (fence == "id")
    assert simulator.machine.unknown == []


async def test_a_chunk_on_a_slow_line_arrives_in_one_piece(tmp_path: Path) -> None:
    """More than the line holds at once: nothing that is asked meanwhile gets between its bytes."""
    simulator = PrinterSimulator(raw=tmp_path / "raw", baud=57_600)
    await simulator.start_pty(tmp_path / "tty")
    printer = PosPrinter(
        str(tmp_path / "tty"), Line(57_600), claims=Claims(tmp_path / "claims"), rng=random.Random(1),
        timings=Timings(poll_s=0.01),
    )  # fmt: skip
    data = b"".join(b"%040d\n" % n for n in range(200))
    async with running(printer), asyncio.timeout(60):
        await printer.ready()
        assert (await printer.print_chunk(data)).outcome is Outcome.PRINTED
    await simulator.stop()
    assert data in (tmp_path / "raw").read_bytes()


async def test_the_answer_to_an_earlier_connections_fence_confirms_nothing(tmp_path: Path) -> None:
    """It comes first, then that of the first fence; the chunk's own never does."""
    fences = 0

    async def old_printer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal fences
        with contextlib.suppress(OSError):
            while data := await reader.read(1000):
                writer.write(b"\x12" * data.count(b"\x10\x04"))
                if b"\x1dr\x01" in data:
                    fences += 1
                    if fences == 1:
                        writer.write(b"\x00")
                        asyncio.get_running_loop().call_later(0.001, writer.write, b"\x00")
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        hung_up.set()

    hung_up = asyncio.Event()
    server = await asyncio.start_server(old_printer, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with running(driver(address, tmp_path, fence="status")) as printer:
        await asyncio.wait_for(printer.ready(), 30)
        assert await printer.print_chunk(b"Bon\n") == Result(Outcome.UNCERTAIN, "no_fence")
    server.close()
    await hung_up.wait()


async def test_a_printer_that_is_still_at_an_earlier_connections_work_gets_no_chunk(tmp_path: Path) -> None:
    """It says that it is well, and the first fence does not come back."""
    simulator = PrinterSimulator(raw=tmp_path / "raw", clone=True)
    port = await simulator.start_tcp()
    await simulator.command("lose_fence")
    patient = Timings(poll_s=0.01, answer_s=20, fence_s=60)
    async with running(driver(f"127.0.0.1:{port}", tmp_path / "claims", timings=patient)) as printer:
        await until(lambda: simulator.machine.asked > 10)
        assert printer.look().state == "BUSY"
        assert await printer.print_chunk(b"Bon\n") == Result(Outcome.NOT_SENT, "offline")
    await simulator.stop()
    assert b"Bon" not in (tmp_path / "raw").read_bytes()


async def test_a_long_receipt_may_take_as_long_as_its_printing(tmp_path: Path) -> None:
    async def slow_printer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1000):
                writer.write(b"\x12" * data.count(b"\x10\x04"))
                if b"\x1dr\x01" in data:
                    asyncio.get_running_loop().call_later(0.5 if b"Bon" in data else 0, writer.write, b"\x00")
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        hung_up.set()

    hung_up = asyncio.Event()
    server = await asyncio.start_server(slow_printer, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    times = Timings(poll_s=0.04, answer_s=0.25, fence_s=0.1, print_byte_s=0.5)
    async with running(driver(address, tmp_path, fence="status", timings=times)) as printer:
        await asyncio.wait_for(printer.ready(), 30)
        assert await printer.print_chunk(b"Bon\n" * 10) == Result(Outcome.PRINTED)
    server.close()
    await hung_up.wait()


def test_a_printer_that_falls_silent_is_offline_within_two_seconds() -> None:
    """At worst it does so right after an answer."""
    assert Timings().poll_s + Timings().answer_s < 2


async def test_questions_on_a_slow_line_are_no_excuse_for_a_fence_that_does_not_come(tmp_path: Path) -> None:
    simulator = PrinterSimulator(clone=True)
    await simulator.start_pty(tmp_path / "tty")
    busy = Timings(poll_s=0.001, answer_s=0.5, fence_s=0.3, print_byte_s=0)
    printer = PosPrinter(
        str(tmp_path / "tty"), Line(1200), claims=Claims(tmp_path / "claims"), rng=random.Random(1), timings=busy
    )
    async with running(printer):
        await asyncio.wait_for(printer.ready(), 30)
        await simulator.command("lose_fence")
        async with asyncio.timeout(30):
            assert await printer.print_chunk(b"Bon\n") == Result(Outcome.UNCERTAIN, "no_fence")
    await simulator.stop()


@pytest.mark.parametrize(
    ("address", "slow"),
    [
        ("/dev/ttyS0", True),
        ("rfc2217://h:1", True),
        ("/dev/usb/lp0", False),
        ("h:9100", False),
        ("socket://h:9100", False),
    ],
)
def test_only_serial_lines_take_their_time(tmp_path: Path, address: str, *, slow: bool) -> None:
    printer = PosPrinter(address, Line(110), claims=Claims(tmp_path), rng=random.Random(1))
    assert printer.byte_s == (0.1 if slow else 0)


def test_a_drawer_is_on_a_pin_that_exists(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pin 2 or 5"):
        CashDrawer(driver("127.0.0.1:9", tmp_path), pin=3)


async def test_the_paper_and_the_bytes_end_in_files(tmp_path: Path) -> None:
    simulator = PrinterSimulator(paper=tmp_path / "paper.txt", raw=tmp_path / "raw.bin")
    port = await simulator.start_tcp()
    async with running(driver(f"127.0.0.1:{port}", tmp_path / "claims")) as printer:
        await printer.ready()
        data = Composer(profile("default")).compose(Chunk((Text("Größe"), Symbol("7K3M"), Cut())))
        assert (await printer.print_chunk(data)).outcome is Outcome.PRINTED
    await simulator.stop()
    paper = (tmp_path / "paper.txt").read_text(encoding="utf-8")
    assert "Größe\n" in paper
    assert "[QR 7K3M]" in paper
    assert data.removeprefix(b"\x1b@") in (tmp_path / "raw.bin").read_bytes()
    assert simulator.machine.unknown == []
