"""The network printer against the simulated one, over the real wire: every row of the failure matrix."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from peripherals.cash_drawer import CashDrawer, DrawerOutcome
from peripherals.escpos import Composer, profile
from peripherals.print_job import Chunk, Cut, Outcome, Result, Symbol, Text
from peripherals.printer import NetworkPrinter, Timings
from peripherals.simulators.printer import PrinterSimulator

FAST = Timings(connect_s=0.5, poll_s=0.04, answer_s=0.15, fence_s=0.4, silent_s=0.5)
LINES = tuple(Text(f"Zeile {n} ü €") for n in range(1, 6))
BYTES = Composer(profile("default")).compose(Chunk(LINES))
PAPER = "".join(f"{line.text}\n" for line in LINES)


class Bench:
    """A simulator, a printer driver on it, and what came out."""

    def __init__(self, *, use_id_fence: bool = False) -> None:
        self.paper: list[str] = []
        self.simulator = PrinterSimulator(on_paper=self.paper.append)
        self.use_id_fence = use_id_fence
        self.changes = 0

    @property
    def printed(self) -> str:
        return "".join(self.paper)

    async def start(self) -> None:
        port = await self.simulator.start()
        self.printer = NetworkPrinter(
            "127.0.0.1",
            port,
            rng=random.Random(1),
            use_id_fence=self.use_id_fence,
            timings=FAST,
            on_change=self._changed,
        )
        self.running = asyncio.create_task(self.printer.run())

    async def stop(self) -> None:
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running
        await self.simulator.stop()

    async def print(self, data: bytes = BYTES, sent: Callable[[], None] = lambda: None) -> Result:
        async with asyncio.timeout(10):
            await self.printer.ready()
            return await self.printer.print_chunk(data, sent)

    def _changed(self) -> None:
        self.changes += 1


@pytest.fixture(params=[False, True], ids=["fence B", "fence A"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    made = Bench(use_id_fence=request.param)
    await made.start()
    yield made
    await made.stop()


async def until(holds: Callable[[], bool], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_chunk_is_on_the_paper_when_it_is_reported_printed(bench: Bench) -> None:
    assert await bench.print() == Result(Outcome.PRINTED)
    assert bench.printed == PAPER
    view = bench.printer.view()
    assert (view.power, view.state, view.trouble) == ("ONLINE", "IDLE", "")


async def test_many_chunks_are_printed_in_order_once_each(bench: Bench) -> None:
    await bench.printer.ready()
    chunks = [Composer(profile("default")).compose(Chunk((Text(f"Bon {n}"),))) for n in range(20)]
    results = await asyncio.gather(*(bench.printer.print_chunk(data) for data in chunks))
    assert {result.outcome for result in results} == {Outcome.PRINTED}
    assert bench.printed.splitlines() == [f"Bon {n}" for n in range(20)]


async def test_paper_near_end_goes_on_printing_and_says_so(bench: Bench) -> None:
    await bench.simulator.command("near_end")
    assert (await bench.print()).outcome is Outcome.PRINTED
    await until(lambda: bench.printer.view().paper == "near_end")


async def test_paper_out_in_the_middle_waits_for_paper_and_prints_nothing_twice(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("paper_out 2")
    sent = asyncio.Event()
    printing = asyncio.create_task(bench.print(sent=sent.set))
    await sent.wait()
    await until(lambda: bench.printer.view().trouble == "paper_out")
    await asyncio.sleep(FAST.fence_s * 1.5)  # a healthy printer would be given up by now
    assert not printing.done()
    assert bench.printed == "".join(PAPER.splitlines(keepends=True)[:2])
    await bench.simulator.command("paper_in")
    assert await printing == Result(Outcome.PRINTED)
    assert bench.printed == PAPER


async def test_paper_out_before_the_first_byte_sends_nothing(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("paper_out")
    assert await bench.printer.print_chunk(BYTES) == Result(Outcome.NOT_SENT, "paper_out")
    await bench.simulator.command("paper_in")
    assert await bench.print() == Result(Outcome.PRINTED)
    assert bench.printed == PAPER


@pytest.mark.parametrize(
    ("fault", "repair", "trouble"),
    [("cover_open", "cover_close", "cover_open"), ("silent", "answer", "silent")],
)
async def test_a_printer_that_is_open_or_silent_is_offline_within_two_seconds(
    bench: Bench, fault: str, repair: str, trouble: str
) -> None:
    await bench.printer.ready()
    await bench.simulator.command(fault)
    await until(lambda: bench.printer.view().power == "OFFLINE" and bench.printer.view().trouble == trouble, 2)
    assert (await bench.printer.print_chunk(BYTES)).outcome is Outcome.NOT_SENT
    await bench.simulator.command(repair)
    assert (await bench.print()).outcome is Outcome.PRINTED
    assert bench.printed == PAPER
    assert bench.changes >= 2


async def test_silence_while_a_fence_is_awaited_is_waited_out(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("paper_out 3")
    sent = asyncio.Event()
    printing = asyncio.create_task(bench.print(sent=sent.set))
    await sent.wait()
    await bench.simulator.command("silent")
    await asyncio.sleep(FAST.silent_s + FAST.fence_s)
    assert not printing.done()
    await bench.simulator.command("paper_in")
    await bench.simulator.command("answer")
    assert (await printing).outcome is Outcome.PRINTED
    assert bench.printed == PAPER


@pytest.mark.parametrize("fault", ["drop", "reset"])
async def test_a_connection_that_ends_before_the_fence_is_uncertain(bench: Bench, fault: str) -> None:
    await bench.printer.ready()
    await bench.simulator.command("paper_out 2")
    sent = asyncio.Event()
    printing = asyncio.create_task(bench.print(sent=sent.set))
    await sent.wait()
    await until(lambda: bench.printed.count("\n") == 2)
    await bench.simulator.command(fault)
    assert await printing == Result(Outcome.UNCERTAIN, "connection_lost")
    # The printer still holds the rest: the driver sends nothing of it again.
    await bench.simulator.command("paper_in")
    await bench.printer.ready()
    assert bench.printed == PAPER


async def test_a_fin_in_place_of_the_fence_is_uncertain_though_all_is_printed(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("drop_at_fence")
    assert await bench.print() == Result(Outcome.UNCERTAIN, "connection_lost")
    assert bench.printed == PAPER
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_a_printer_that_claims_to_be_well_and_answers_no_fence_is_uncertain(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("lose_fence")
    assert await bench.print() == Result(Outcome.UNCERTAIN, "no_fence")
    assert (await bench.print()).outcome is Outcome.PRINTED
    assert bench.printed == PAPER * 2


async def test_an_idle_connection_that_stays_silent_is_given_up_for_a_new_one(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("silent")
    await until(lambda: bench.printer.view().power == "OFF")
    assert bench.printer.view().trouble == "silent"
    await bench.simulator.command("answer")
    assert (await bench.print()).outcome is Outcome.PRINTED
    assert bench.printed == PAPER


async def test_a_broken_printer_is_a_failure_until_it_is_mended(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("break")
    assert await bench.printer.print_chunk(BYTES) == Result(Outcome.NOT_SENT, "failure")
    await bench.simulator.command("mend")
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_a_stale_fence_of_a_lost_connection_confirms_nothing_new(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("paper_out 2")
    printing = asyncio.create_task(bench.print())
    await until(lambda: bench.printed.count("\n") == 2)
    await bench.simulator.command("drop")
    assert (await printing).outcome is Outcome.UNCERTAIN
    await until(lambda: bench.printer.view().trouble == "paper_out")
    # Its answer now comes on the new connection, before that of the new connection's own first fence.
    await bench.simulator.command("paper_in")
    await bench.printer.ready()
    await bench.simulator.command("paper_out 1")
    second = asyncio.create_task(bench.print())
    await asyncio.sleep(0.3)
    assert not second.done()
    await bench.simulator.command("paper_in")
    assert (await second).outcome is Outcome.PRINTED


async def test_a_printer_that_is_off_is_tried_again_with_growing_pauses(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("refuse")
    await until(lambda: bench.printer.view().power == "OFF")
    assert await bench.printer.print_chunk(BYTES) == Result(Outcome.NOT_SENT, "offline")
    await bench.simulator.command("accept")
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_a_chunk_above_the_limit_is_our_own_mistake(bench: Bench) -> None:
    with pytest.raises(ValueError, match="at most"):
        await bench.printer.print_chunk(b"x" * (256 * 1024 + 1))


async def test_something_that_is_no_printer_is_never_ready() -> None:
    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while await reader.read(100):
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        hung_up.set()

    hung_up = asyncio.Event()
    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    printer = NetworkPrinter("127.0.0.1", server.sockets[0].getsockname()[1], rng=random.Random(1), timings=FAST)
    running = asyncio.create_task(printer.run())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(printer.ready(), 0.8)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    server.close()
    await hung_up.wait()


async def test_a_drawer_without_sensor_gets_its_pulse_and_nobody_claims_more(bench: Bench) -> None:
    await bench.printer.ready()
    assert (await CashDrawer(bench.printer).open()).outcome is DrawerOutcome.UNKNOWN
    await until(lambda: bench.simulator.machine.pulses == 1)


async def test_a_drawer_whose_sensor_stays_is_not_open(bench: Bench) -> None:
    await bench.printer.ready()
    drawer = CashDrawer(bench.printer, pin=5, open_level_high=True)
    assert (await drawer.open()).outcome is DrawerOutcome.NOT_OPEN
    assert (await CashDrawer(bench.printer, open_level_high=False).open()).outcome is DrawerOutcome.OPENED


async def test_a_drawer_never_opens_later(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.simulator.command("paper_out")
    result = await CashDrawer(bench.printer).open()
    assert (result.outcome, result.reason) == (DrawerOutcome.NOT_SENT, "paper_out")
    await bench.simulator.command("paper_in")
    await bench.simulator.command("refuse")
    assert (await CashDrawer(bench.printer).open()).reason == "offline"
    assert bench.simulator.machine.pulses == 0


def test_a_drawer_is_on_a_pin_that_exists() -> None:
    with pytest.raises(ValueError, match="pin 2 or 5"):
        CashDrawer(NetworkPrinter("127.0.0.1", 9, rng=random.Random(1)), pin=3)


async def test_the_paper_and_the_bytes_end_in_files(tmp_path: Path) -> None:
    simulator = PrinterSimulator(paper=tmp_path / "paper.txt", raw=tmp_path / "raw.bin")
    port = await simulator.start()
    printer = NetworkPrinter("127.0.0.1", port, rng=random.Random(1), timings=FAST)
    running = asyncio.create_task(printer.run())
    await printer.ready()
    data = Composer(profile("default")).compose(Chunk((Text("Größe"), Symbol("7K3M"), Cut())))
    assert (await printer.print_chunk(data)).outcome is Outcome.PRINTED
    running.cancel()
    await asyncio.wait({running})
    await simulator.stop()
    paper = (tmp_path / "paper.txt").read_text(encoding="utf-8")
    assert "Größe\n" in paper
    assert "[QR 7K3M]" in paper
    assert data in (tmp_path / "raw.bin").read_bytes()
    assert simulator.machine.unknown == []
