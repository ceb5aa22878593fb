"""What holds for every scale, over TCP and on a device file: the rows of the failure matrix.

The simulated machines answer as real ones do; the drivers are the real ones, on their real wire.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.opening import open_wire
from peripherals.scale import device
from peripherals.scale.device import Exchange, Scale
from peripherals.scale.dialog import Dialog06
from peripherals.scale.mettler import Mettler8217
from peripherals.scale.reading import NoReading, Order, Outcome, Reading, ScaleProtocol
from peripherals.simulators.scale_machine import DialogMachine, MettlerMachine, ScaleMachine
from peripherals.simulators.serving import Simulator
from peripherals.supervision import Backoff
from tests.peripherals.echoing import until


class Sort(NamedTuple):
    """A protocol with its machine."""

    machine: Callable[[], ScaleMachine]
    protocol: Callable[[], ScaleProtocol]


PATIENCE_S = device.PATIENCE_S
"""As it is for people."""
SORTS = {"mettler8217": Sort(MettlerMachine, Mettler8217), "dialog06": Sort(DialogMachine, Dialog06)}


class Counter:
    """A place at a till where a scale stands."""

    def __init__(self, simulator: Simulator, address: str, sort: Sort, claims: Claims) -> None:
        self.simulator = simulator
        self.address = address
        self.sort = sort
        self.claims = claims
        self.tasks: list[asyncio.Task[None]] = []
        self.scale = self.run()

    @property
    def machine(self) -> ScaleMachine:
        assert isinstance(self.simulator.machine, ScaleMachine)
        return self.simulator.machine

    def run(self, name: str = "counter") -> Scale:
        """A device at this place, running."""
        scale = Scale(name, self.address, Line(), self.sort.protocol(), claims=self.claims, rng=random.Random(7))
        scale._backoff = Backoff(random.Random(7), first_s=0.02, longest_s=0.1)
        self.tasks.append(asyncio.create_task(scale.run()))
        return scale

    async def stands(self) -> None:
        await until(lambda: self.scale.view().state == "IDLE")

    async def does(self, *commands: str) -> None:
        for command in commands:
            assert await self.simulator.command(command), command

    async def error(self, error: str) -> None:
        await until(lambda: self.scale.view().error == error)

    async def weigh(self, tare_g: int = 0) -> Outcome:
        return await self.scale.weigh(Order(1490, tare_g))

    async def settles(self, wanted: Outcome) -> None:
        """Weigh until it is so: after a fault the line may not stand again yet."""
        async with asyncio.timeout(30):
            while (await self.weigh()) != wanted:
                await asyncio.sleep(0.05)

    async def weighed_anew(self) -> None:
        """The goods are lifted and put back: a Dialog 06 whose answer was lost says it only then again."""
        await self.does("load 0")
        await until(lambda: self.scale.view().error == "")
        async with asyncio.timeout(30):
            while not isinstance(await self.weigh(), NoReading):
                await asyncio.sleep(0.05)
        await self.does("load 500")
        await self.settles(Reading(500))

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.simulator.stop()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """How long an answer may take from now on: little where none is to come, and much where a busy machine gives it."""

    def be(answer_s: float) -> None:
        monkeypatch.setattr(device, "ANSWER_S", answer_s)

    return be


@pytest.fixture(params=[f"{sort} {wire}" for sort in SORTS for wire in ("tcp", "pty")])
async def counter(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Counter]:
    monkeypatch.setattr(device, "PATIENCE_S", 0.1)
    monkeypatch.setattr(device, "ANSWER_S", 20)
    monkeypatch.setattr(device, "LOOK_S", 0.05)
    monkeypatch.setattr(device, "QUIET_S", 0.02)
    monkeypatch.setattr(device, "AGAIN_S", 0.02)
    sort, wire = str(request.param).split()
    simulator = Simulator(SORTS[sort].machine())
    if wire == "tcp":
        address = f"127.0.0.1:{await simulator.start_tcp()}"
    else:
        address = str(tmp_path / "scale")
        await simulator.start_pty(Path(address))
    counter = Counter(simulator, address, SORTS[sort], Claims(tmp_path / "claims"))
    await counter.stands()
    yield counter
    await counter.stop()


async def test_what_lies_on_the_plate_is_weighed_with_and_without_tare(counter: Counter) -> None:
    await counter.does("load 1250")
    assert await counter.weigh() == Reading(1250)
    await counter.does("load 0")
    await counter.settles(NoReading("empty" if counter.sort is SORTS["mettler8217"] else "below_minimum"))
    await counter.does("load 1250")
    outcome = await counter.weigh(tare_g=750)
    assert outcome == Reading(500, 750)
    assert outcome.gross_g == 1250


async def test_goods_that_are_put_on_while_it_waits_are_weighed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "PATIENCE_S", 60)
    told = asyncio.Event()
    weighing = asyncio.create_task(counter.scale.weigh(Order(1490), told.set))
    await told.wait()
    await counter.does("load 600", "motion")
    before = counter.machine.asked_for_weight
    await until(lambda: counter.machine.asked_for_weight > before)
    await counter.does("still")
    assert await weighing == Reading(600)


async def test_motion_is_tried_again_and_then_told(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PATIENCE_S <= 3
    monkeypatch.setattr(device, "PATIENCE_S", 0.3)
    await counter.does("load 600", "motion")
    before = counter.machine.asked_for_weight
    assert await counter.weigh() == NoReading("motion")
    assert counter.machine.asked_for_weight > before + 1
    await counter.does("still")
    assert await counter.weigh() == Reading(600)


async def test_a_weighing_can_be_given_up(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "PATIENCE_S", 60)
    told = asyncio.Event()
    weighing = asyncio.create_task(counter.scale.weigh(Order(1490), told.set))
    await told.wait()
    assert await counter.weigh() == NoReading("busy")
    assert counter.scale.view().state == "BUSY"
    counter.scale.give_up()
    assert await weighing == NoReading("cancelled")
    await counter.stands()
    await counter.does("load 600")
    assert await counter.weigh() == Reading(600)


@pytest.mark.parametrize(
    ("load", "reasons"),
    [("15001", {"overload"}), ("-100", {"under_zero"}), ("0", {"empty", "below_minimum"})],
)
async def test_overload_under_zero_and_nothing_are_no_weight(counter: Counter, load: str, reasons: set[str]) -> None:
    await counter.does(f"load {load}")
    outcome = await counter.weigh()
    assert isinstance(outcome, NoReading)
    assert outcome.reason in reasons
    await counter.does("load 500")
    assert await counter.weigh() == Reading(500)


async def test_a_tare_above_the_goods_is_no_weight(counter: Counter) -> None:
    await counter.does("load 500")
    outcome = await counter.weigh(tare_g=501)
    assert isinstance(outcome, NoReading)
    assert outcome.reason in {"below_tare", "below_minimum"}
    assert await counter.weigh() == Reading(500), "the tare holds for one weighing"


async def test_the_same_reading_needs_a_new_weighing(counter: Counter) -> None:
    await counter.does("load 500")
    assert await counter.weigh() == Reading(500)
    assert await counter.weigh() == NoReading("same_reading")
    await counter.does("drop")
    await counter.settles(NoReading("same_reading"))
    if counter.sort is SORTS["mettler8217"]:
        await counter.does("load 502")
        assert await counter.weigh() == NoReading("same_reading"), "it has only wandered"
    await counter.does("load 0")
    if counter.sort is SORTS["mettler8217"]:
        before = counter.machine.asked_for_weight
        await until(lambda: counter.machine.asked_for_weight > before + 2)
    await counter.does("load 500")
    assert await counter.weigh() == Reading(500)


async def test_wrong_parity_is_a_failure_and_never_a_weight(counter: Counter, hasty: Callable[[float], None]) -> None:
    hasty(0.08)
    await counter.does("load 500", "wrong_parity")
    await counter.error("FAILURE")
    outcome = await counter.weigh()
    assert isinstance(outcome, NoReading)
    assert outcome.reason in {"garbled", "silent"}
    await counter.does("right_parity")
    hasty(20)
    await counter.stands()
    await counter.weighed_anew()


@pytest.mark.parametrize("fault", ["half", "garbage", "slip"])
async def test_half_a_frame_garbage_or_a_wrong_digit_is_never_a_weight(
    counter: Counter, fault: str, hasty: Callable[[float], None]
) -> None:
    hasty(0.08)
    await counter.does("load 500")
    weighing = asyncio.create_task(counter.weigh())
    await counter.does(fault)
    outcome = await weighing
    assert isinstance(outcome, NoReading) or outcome == Reading(500)
    if isinstance(outcome, NoReading):
        assert outcome.reason in {"garbled", "silent", "motion"}
    hasty(20)
    await counter.weighed_anew()


async def test_a_scale_that_is_off_is_told_and_comes_back(counter: Counter, hasty: Callable[[float], None]) -> None:
    hasty(0.08)
    await counter.does("load 500", "silent")
    await counter.error("TIMEOUT")
    assert counter.scale.view().power == "OFFLINE"
    assert await counter.weigh() == NoReading("silent")
    await counter.does("answering")
    hasty(20)
    await counter.stands()
    assert await counter.weigh() == Reading(500)


async def test_a_scale_that_does_not_believe_the_program_says_so_until_it_does(counter: Counter) -> None:
    if counter.sort is not SORTS["dialog06"]:
        pytest.skip("it believes everybody")
    await counter.does("load 500", "secret 1234 1021")
    assert await counter.scale.test() == "FAILURE"
    assert await counter.weigh() == NoReading("checksum_missing")
    before = counter.machine.asked
    await until(lambda: counter.machine.asked > before + 2)
    assert counter.scale.view().error == "FAILURE"
    await counter.does("no_secret")
    assert await counter.weigh() == Reading(500)
    assert counter.scale.view().error == ""


@pytest.mark.parametrize("fault", ["drop", "reset"])
async def test_a_line_that_is_cut_stands_again(counter: Counter, fault: str) -> None:
    await counter.does("load 500", fault)
    await counter.settles(Reading(500))


async def test_unplugged_and_plugged_in_under_a_new_name_it_comes_back(counter: Counter) -> None:
    await counter.does("load 500", "unplug")
    await counter.error("NOHARDWARE")
    assert await counter.weigh() == NoReading("silent")
    await counter.does("plug")
    await counter.settles(Reading(500))


async def test_the_second_process_gets_claimed(counter: Counter) -> None:
    second = counter.run("second")
    await until(lambda: second.view().error == "CLAIMED")
    assert await second.weigh(Order(1490)) == NoReading("silent")
    assert counter.scale.view().error == ""


async def test_a_weighing_right_after_the_start_waits_for_the_line(counter: Counter) -> None:
    for task in counter.tasks:
        task.cancel()
    await asyncio.gather(*counter.tasks, return_exceptions=True)
    await counter.does("load 500")
    again = counter.run("again")
    assert again.view().error == "CLOSED"
    assert await again.weigh(Order(1490)) == Reading(500)


async def test_trying_it_out_asks_the_scale_and_sells_nothing(counter: Counter, hasty: Callable[[float], None]) -> None:
    before = counter.machine.asked
    assert await counter.scale.test() == ""
    assert counter.machine.asked > before
    await counter.does("load 500")
    if counter.sort is SORTS["mettler8217"]:
        assert await counter.scale.test() == ""
        assert await counter.weigh() == Reading(500)
    await counter.does("load 16000")
    assert await counter.scale.test() == "overweight"
    hasty(0.08)
    await counter.does("load 0", "silent")
    assert await counter.scale.test() == "TIMEOUT"


async def test_a_scale_that_is_not_there_says_so(tmp_path: Path) -> None:
    scale = Scale(
        "counter", str(tmp_path / "none"), Line(), Mettler8217(), claims=Claims(tmp_path / "c"), rng=random.Random(7)
    )
    task = asyncio.create_task(scale.run())
    await until(lambda: scale.view().error == "NOHARDWARE")
    assert await scale.weigh(Order()) == NoReading("silent")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_late_answer_is_not_taken_for_that_of_the_next_question(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, hasty: Callable[[float], None]
) -> None:
    if counter.sort is not SORTS["mettler8217"]:
        pytest.skip("its price record is acknowledged before a weight can come")
    hasty(0.08)
    monkeypatch.setattr(device, "QUIET_S", 0.12)
    counter.tasks[0].cancel()
    await asyncio.gather(*counter.tasks, return_exceptions=True)
    loop = asyncio.get_running_loop()
    take = counter.simulator.machine.receive
    held = [(9_000, 0.1), (9_000, 0.03), (500, 0.03)]
    """Grams, and after how long they are told: the first when nobody waits for them any more."""

    def receive(data: bytes) -> None:
        if not held:
            take(data)
            return
        counter.machine.load_g, late_s = held.pop(0)
        take(data)
        counter.machine.load_g = 500
        loop.call_later(late_s, counter.simulator._send, counter.machine.take_replies())

    monkeypatch.setattr(counter.simulator.machine, "receive", receive)
    wire = await open_wire(counter.address, claims=counter.claims)
    exchange = Exchange(wire, Mettler8217())
    listening = asyncio.create_task(exchange.listen())
    outcomes: list[Outcome] = []
    async with asyncio.timeout(30):
        while not any(isinstance(each, Reading) for each in outcomes):
            outcomes.append(await exchange.held(Mettler8217().weigh(Order())))
    assert outcomes[0] == NoReading("silent")
    assert outcomes[-1] == Reading(500)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await wire.close()
