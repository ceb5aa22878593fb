"""The POSPrinter and the CashDrawer on it: one acceptance suite, run over TCP and over a pseudo-terminal (serial line).

Over TCP stands an Epson, on the serial line a clone, so that both fences are run. Each row of the printer's and the
drawer's failure matrix is a test that has its name; faults are commands of the simulated printer.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from peripherals import cash_drawer
from peripherals.cash_drawer import CashDrawer, DrawerOutcome
from peripherals.claiming import Claims
from peripherals.escpos import Composer, profile
from peripherals.line import Line
from peripherals.print_job import Chunk, Outcome, Result, Text
from peripherals.printer import PosPrinter, PrinterView, Timings
from peripherals.simulators.printer import PrinterSimulator
from peripherals.supervision import Backoff

PATIENT = Timings(poll_s=0.04, answer_s=20, fence_s=30, silent_s=0.25, print_byte_s=0)
"""With a busy machine: whatever is to be answered is."""
HASTY = Timings(poll_s=0.04, answer_s=0.1, fence_s=0.5, silent_s=0.25, print_byte_s=0)
"""Where no answer is to come."""
LINES = tuple(Text(f"Zeile {n} ü €") for n in range(1, 6))
BYTES = Composer(profile("default")).compose(Chunk(LINES))
PAPER = "".join(f"{line.text}\n" for line in LINES)
QUICK = Line(115_200)


class Bench:
    """A simulated printer, the driver on it, and what came out."""

    def __init__(self, wire: str, folder: Path) -> None:
        self.wire = wire
        self.folder = folder
        self.clone = wire == "pty"
        self.paper: list[str] = []
        self.simulator = PrinterSimulator(on_paper=self.paper.append, clone=self.clone)
        self.changes = 0
        self.running: list[asyncio.Task[None]] = []

    @property
    def printed(self) -> str:
        return "".join(self.paper)

    @property
    def view(self) -> PrinterView:
        return self.printer.look()

    async def start(self) -> None:
        if self.wire == "tcp":
            self.address = f"127.0.0.1:{await self.simulator.start_tcp()}"
        else:
            self.address = str(self.folder / "printer")
            await self.simulator.start_pty(Path(self.address))
        self.printer = self.another(on_change=self._changed)
        self.run(self.printer)

    def another(self, **options: object) -> PosPrinter:
        """A driver for the same printer."""
        given = {"claims": Claims(self.folder / "claims"), "timings": PATIENT, "drawer_sensor": True, **options}
        printer = PosPrinter(self.address, QUICK, rng=random.Random(1), **given)  # type: ignore[arg-type]
        printer._backoff = Backoff(random.Random(1), first_s=0.05, longest_s=0.2)
        return printer

    def run(self, what: PosPrinter | CashDrawer) -> None:
        self.running.append(asyncio.create_task(what.run()))

    async def stop(self) -> None:
        for task in self.running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.simulator.stop()

    async def fault(self, command: str) -> None:
        assert await self.simulator.command(command), command

    async def hasty(self) -> None:
        """The driver waits not long any more for an answer, and for a fence from the next chunk on."""
        self._waits(HASTY)
        await self.asked(2)  # the first may have been asked before

    def patient(self) -> None:
        """It waits as long as it has to again."""
        self._waits(PATIENT)

    def _waits(self, timings: Timings) -> None:
        self.printer._timings = timings
        if self.printer._link is not None:
            self.printer._link._answer_s = timings.answer_s

    async def asked(self, times: int) -> None:
        """Until the printer was asked so often again how it is, answered or not: a look is two questions or three."""
        before = self.simulator.machine.asked
        await until(lambda: self.simulator.machine.asked >= before + times)

    async def print(self, data: bytes = BYTES, sent: Callable[[], None] = lambda: None) -> Result:
        """As the spool does it: what was not sent, since the printer seemed silent on a busy machine, is sent again."""
        result = Result(Outcome.NOT_SENT, "offline")
        async with asyncio.timeout(30):
            while result == Result(Outcome.NOT_SENT, "offline"):
                await self.printer.ready()
                result = await self.printer.print_chunk(data, sent)
        return result

    async def printing(self, fault: str) -> asyncio.Task[Result]:
        """A chunk of which all bytes have left, on a printer with that fault."""
        await self.printer.ready()
        await self.fault(fault)
        sent = asyncio.Event()
        task = asyncio.create_task(self.print(sent=sent.set))
        await sent.wait()
        return task

    def _changed(self) -> None:
        self.changes += 1


@pytest.fixture(params=["tcp", "pty"])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    monkeypatch.setattr(cash_drawer, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(cash_drawer, "ASK_EVERY_S", 0.02)
    monkeypatch.setattr(cash_drawer, "SENSOR_S", 0.3)
    made = Bench(request.param, tmp_path)
    await made.start()
    yield made
    await made.stop()


async def until(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_chunk_is_on_the_paper_when_it_is_reported_printed(bench: Bench) -> None:
    assert await bench.print() == Result(Outcome.PRINTED)
    assert bench.printed == PAPER
    assert bench.view == PrinterView("ONLINE", "IDLE", "", "ok")
    assert bench.printer.view().state == "IDLE"
    assert bench.simulator.machine.unknown == [], "a clone gets none of Epson's commands"


async def test_many_chunks_are_printed_in_order_once_each(bench: Bench) -> None:
    await bench.printer.ready()
    chunks = [Composer(profile("default")).compose(Chunk((Text(f"Bon {n}"),))) for n in range(10)]
    results = await asyncio.gather(*(bench.printer.print_chunk(data) for data in chunks))
    assert {result.outcome for result in results} == {Outcome.PRINTED}
    assert bench.printed.splitlines() == [f"Bon {n}" for n in range(10)]


async def test_printer_paper_near_end(bench: Bench) -> None:
    await bench.printer.ready()
    seen = bench.changes
    await bench.fault("near_end")
    await until(lambda: bench.view.paper == "near_end" and bench.changes > seen)
    assert bench.view.trouble == ""
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_printer_paper_out_mid_receipt(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.hasty()
    printing = await bench.printing("paper_out 2")
    await until(lambda: bench.view.trouble == "paper_out" and bench.view.power == "OFFLINE")
    await bench.asked(5 * round(HASTY.fence_s / HASTY.poll_s))  # a healthy printer would be given up by now
    assert not printing.done()
    assert bench.printed == "".join(PAPER.splitlines(keepends=True)[:2])
    await bench.fault("paper_in")
    assert await printing == Result(Outcome.PRINTED)
    assert bench.printed == PAPER


async def test_printer_paper_out_before_the_first_byte(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.fault("paper_out")
    assert await bench.printer.print_chunk(BYTES) == Result(Outcome.NOT_SENT, "paper_out")
    await bench.fault("paper_in")
    assert await bench.print() == Result(Outcome.PRINTED)
    assert bench.printed == PAPER


@pytest.mark.parametrize(
    ("fault", "repair", "trouble"), [("cover_open", "cover_close", "cover_open"), ("silent", "answer", "silent")]
)
async def test_printer_cover_open_or_silent(bench: Bench, fault: str, repair: str, trouble: str) -> None:
    usual = Timings()
    assert usual.poll_s + usual.answer_s < 2, "silence is known within two seconds"
    await bench.printer.ready()
    await bench.hasty()
    await bench.fault(fault)
    await until(lambda: bench.view.power == "OFFLINE" and bench.view.trouble == trouble)
    assert (await bench.printer.print_chunk(BYTES)).outcome is Outcome.NOT_SENT
    await bench.fault(repair)
    bench.patient()
    assert (await bench.print()).outcome is Outcome.PRINTED
    assert bench.printed == PAPER


async def test_silence_while_a_fence_is_awaited_is_waited_out(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.hasty()
    printing = await bench.printing("paper_out 3")
    await bench.fault("silent")
    # Each takes an answer's time: an idle line or a healthy printer would be given up by now.
    await bench.asked(2 + round((HASTY.silent_s + HASTY.fence_s) / HASTY.answer_s))
    assert not printing.done()
    await bench.fault("paper_in")
    await bench.fault("answer")
    assert (await printing).outcome is Outcome.PRINTED
    assert bench.printed == PAPER


@pytest.mark.parametrize("fault", ["drop", "reset", "unplug"])
async def test_printer_fin_rst_or_unplug_before_the_fence(bench: Bench, fault: str) -> None:
    printing = await bench.printing("paper_out 2")
    await until(lambda: bench.printed.count("\n") == 2)
    await bench.fault(fault)
    assert await printing == Result(Outcome.UNCERTAIN, "connection_lost")
    # The printer still holds the rest: the driver sends nothing of it again.
    await bench.fault("paper_in")
    await bench.fault("plug")
    await bench.printer.ready()
    assert bench.printed == PAPER


async def test_a_fin_in_place_of_the_fence_is_uncertain_though_all_is_printed(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.fault("drop_at_fence")
    assert await bench.print() == Result(Outcome.UNCERTAIN, "connection_lost")
    assert bench.printed == PAPER
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_a_printer_that_claims_to_be_well_and_answers_no_fence_is_uncertain(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.hasty()
    printing = await bench.printing("lose_fence")
    assert await printing == Result(Outcome.UNCERTAIN, "no_fence")
    bench.patient()
    assert (await bench.print()).outcome is Outcome.PRINTED
    assert bench.printed == PAPER * 2


async def test_an_idle_connection_that_stays_silent_is_given_up_for_a_new_one(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.hasty()
    await bench.fault("silent")
    await until(lambda: bench.view.power == "OFF")
    assert bench.view.trouble == "silent"
    await bench.fault("answer")
    bench.patient()
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_a_broken_printer_is_a_failure_until_it_is_mended(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.fault("break")
    assert await bench.printer.print_chunk(BYTES) == Result(Outcome.NOT_SENT, "failure")
    await bench.fault("mend")
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_a_stale_fence_of_a_lost_connection_confirms_nothing_new(bench: Bench) -> None:
    printing = await bench.printing("paper_out 2")
    await until(lambda: bench.printed.count("\n") == 2)
    await bench.fault("drop")
    assert (await printing).outcome is Outcome.UNCERTAIN
    await until(lambda: bench.view.trouble == "paper_out")
    # Its answer now comes on the new connection, before that of the new connection's own first fence.
    await bench.fault("paper_in")
    second = await bench.printing("paper_out 1")
    await until(lambda: bench.view.trouble == "paper_out")
    await bench.asked(6)
    assert not second.done()
    await bench.fault("paper_in")
    assert (await second).outcome is Outcome.PRINTED


async def test_any_unplug_and_replug_under_a_new_name(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.fault("unplug")
    await until(lambda: bench.view.power == "OFF")
    assert await bench.printer.print_chunk(BYTES) == Result(Outcome.NOT_SENT, "offline")
    await until(lambda: bench.view.trouble == "not_there")
    await bench.fault("plug")
    assert (await bench.print()).outcome is Outcome.PRINTED
    assert bench.printed == PAPER


async def test_any_two_processes(bench: Bench) -> None:
    """One owner per device and machine; ``tests/peripherals/test_wire.py`` has the second process."""
    await bench.printer.ready()
    second = bench.another()
    bench.run(second)
    await until(lambda: second.look().trouble == "claimed")
    assert second.view().error == "CLAIMED"
    assert (await second.print_chunk(BYTES)).outcome is Outcome.NOT_SENT
    bench.running.pop(0).cancel()
    await asyncio.wait_for(second.ready(), 30)


async def test_garbage_confirms_nothing_and_ends_the_connection(bench: Bench) -> None:
    printing = await bench.printing("paper_out 2")
    await bench.fault("garbage")
    assert await printing == Result(Outcome.UNCERTAIN, "garbage")
    await bench.fault("paper_in")
    await bench.printer.ready()
    assert bench.printed == PAPER


async def test_a_line_of_the_wrong_speed_says_so(bench: Bench) -> None:
    """What comes then is noise, whatever is asked."""
    await bench.printer.ready()
    await bench.fault("mute")

    async def noise() -> None:
        while True:
            await bench.simulator.command("garbage")
            await asyncio.sleep(0.02)

    noisy = asyncio.create_task(noise())
    await until(lambda: bench.view.trouble == "garbage")
    noisy.cancel()
    await bench.fault("unmute")
    assert (await bench.print()).outcome is Outcome.PRINTED


async def test_drawer_no_sensor_change(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.fault("drawer_sensor high")
    drawer = CashDrawer(bench.printer, open_level_high=True)
    await bench.fault("drawer_stuck")
    assert (await drawer.open()).outcome is DrawerOutcome.NOT_OPEN
    await bench.fault("drawer_free")
    assert (await drawer.open()).outcome is DrawerOutcome.OPENED


@pytest.mark.parametrize("level", ["high", "low"])
async def test_drawer_open_too_long(bench: Bench, level: str) -> None:
    await bench.fault(f"drawer_sensor {level}")
    await bench.printer.ready()
    states: list[str] = []
    drawer = CashDrawer(
        bench.printer, pin=5, open_level_high=level == "high", open_too_long_s=0.3,
        on_change=lambda: states.append(drawer.state),
    )  # fmt: skip
    bench.run(drawer)
    await until(lambda: drawer.state == "closed")
    assert (await drawer.open()).outcome is DrawerOutcome.OPENED
    await until(lambda: drawer.state == "too_long")
    await bench.fault("drawer_close")
    await until(lambda: drawer.state == "closed")
    assert states[:1] == ["closed"]
    assert states[-2:] == ["too_long", "closed"]


async def test_a_drawer_without_sensor_gets_its_pulse_and_nobody_claims_more(bench: Bench) -> None:
    await bench.printer.ready()
    drawer = CashDrawer(bench.printer)
    assert (await drawer.open()).outcome is DrawerOutcome.UNKNOWN
    await until(lambda: bench.simulator.machine.pulses == 1)
    await drawer.run()
    assert drawer.state == ""


async def test_a_drawer_never_opens_later(bench: Bench) -> None:
    await bench.printer.ready()
    await bench.fault("paper_out")
    result = await CashDrawer(bench.printer).open()
    assert (result.outcome, result.reason) == (DrawerOutcome.NOT_SENT, "paper_out")
    await bench.fault("paper_in")
    await bench.fault("unplug")
    assert (await CashDrawer(bench.printer).open()).reason == "offline"
    assert bench.simulator.machine.pulses == 0
