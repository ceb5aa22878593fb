"""What every Gate does, over TCP and over a device file: rows of the failure matrix, and that it never stays open."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from peripherals.gate.codec import MAX_PULSE_S, board
from peripherals.gate.device import MAX_WAITING, Gate
from peripherals.line import Line
from peripherals.simulators.gate_machine import GateMachine
from tests.contracts.standing import OnWire, running
from tests.peripherals.echoing import until


class Stand(OnWire):
    """A relay board on its wire."""

    def __init__(self, folder: Path) -> None:
        self.machine = GateMachine()
        super().__init__(folder, self.machine)

    def device(self, *, pulse_s: float = 0.01) -> Gate:
        return Gate(
            "turnstile", self.address, Line(), strokes=board(1), pulse_s=pulse_s, pause_s=0.01, claims=self.claims,
            rng=random.Random(1),
        )  # fmt: skip

    def barred(self) -> bool:
        return not self.machine.closed


async def ready(device: Gate) -> None:
    await until(lambda: device.view().state == "IDLE")


@pytest.fixture(params=["tcp", "pty"])
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    made = Stand(tmp_path)
    await made.start(request.param)
    yield made
    await made.simulator.stop()


async def test_a_pulse_lets_through_once_and_bars_again(stand: Stand) -> None:
    async with running(stand.device()) as device:
        await ready(device)
        assert await device.open() == ""
        await until(lambda: stand.machine.passed == 1)
        await until(stand.barred)
        await ready(device)


async def test_several_tickets_are_as_many_pulses_one_after_the_other(stand: Stand) -> None:
    async with running(stand.device()) as device:
        await ready(device)
        assert await asyncio.gather(*(device.open() for _ in range(4))) == [""] * 4
        await until(lambda: stand.machine.passed == 4)
        await until(stand.barred)


async def test_more_than_can_pass_is_refused_and_not_remembered(stand: Stand) -> None:
    async with running(stand.device()) as device:
        await ready(device)
        ends = await asyncio.gather(*(device.open() for _ in range(MAX_WAITING + 3)))
        assert ends.count("busy") == 3
        await until(lambda: stand.machine.passed == MAX_WAITING)


async def test_off_it_is_told_at_once_and_does_not_open_by_itself_later(stand: Stand) -> None:
    device = stand.device()
    assert await device.open() == "offline"
    async with running(device):
        await ready(device)
        await stand.simulator.command("unplug")
        await until(lambda: device.view().power == "OFF")
        assert await device.open() == "offline"
        await stand.simulator.command("plug")
        await ready(device)
        assert await device.open() == ""
        await until(lambda: stand.machine.passed == 1)


@pytest.mark.parametrize("fault", ["drop", "reset", "unplug"])
async def test_a_line_that_is_cut_in_the_middle_of_a_pulse_bars_when_it_stands_again(stand: Stand, fault: str) -> None:
    async with running(stand.device(pulse_s=MAX_PULSE_S)) as device:
        await ready(device)
        assert await device.open() == ""
        await until(lambda: not stand.barred())
        waiting = asyncio.ensure_future(device.open())
        await asyncio.sleep(0)
        await stand.simulator.command(fault)
        assert await waiting == "offline"
        await until(lambda: device.view().power == "OFF")
        stand.machine.closed.add(1)  # the last stroke may have come through
        await stand.simulator.command("plug")
        await until(stand.barred)
        await ready(device)
        assert stand.machine.passed == 1


async def test_a_till_that_ends_in_the_middle_of_a_pulse_bars(stand: Stand) -> None:
    async with running(stand.device(pulse_s=MAX_PULSE_S)) as device:
        await ready(device)
        assert await device.open() == ""
        await until(lambda: not stand.barred())
    await until(stand.barred)


async def test_a_till_that_was_killed_bars_when_it_is_back(stand: Stand) -> None:
    stand.machine.receive(board(1).on)
    assert not stand.barred()
    async with running(stand.device()):
        await until(stand.barred)


async def test_two_processes_the_second_gets_claimed(stand: Stand) -> None:
    async with running(stand.device()) as first:
        await ready(first)
        async with running(stand.device()) as second:
            await until(lambda: second.view().error == "CLAIMED")
            assert await second.open() == "offline"
            assert await first.open() == ""


async def test_unplug_and_replug_under_a_new_name_is_found_by_its_stable_name(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    await stand.start("pty")
    async with running(stand.device()) as device:
        await ready(device)
        before = Path(stand.address).resolve()
        taken = await asyncio.to_thread(open, before, "rb", 0)
        await stand.simulator.command("unplug")
        await until(lambda: device.view().power == "OFF")
        await stand.simulator.command("plug")
        await ready(device)
        assert Path(stand.address).resolve() != before
        assert await device.open() == ""
        await until(lambda: stand.machine.passed == 1)
        taken.close()
    await stand.simulator.stop()


async def test_garbage_from_the_board_changes_nothing(stand: Stand) -> None:
    async with running(stand.device()) as device:
        await ready(device)
        await stand.simulator.command("garbage")
        assert await device.open() == ""
        await until(lambda: stand.machine.passed == 1)
        await until(stand.barred)


@pytest.mark.parametrize("pulse_s", [0.0, -1.0, MAX_PULSE_S + 0.1])
def test_a_pulse_that_is_none_or_too_long_is_refused(tmp_path: Path, pulse_s: float) -> None:
    with pytest.raises(ValueError, match="a pulse of"):
        Stand(tmp_path).device(pulse_s=pulse_s)
