"""What every LineDisplay does, over TCP and over a device file: the rows of the failure matrix."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from peripherals import supervision
from peripherals.claiming import Claims
from peripherals.display import device as display
from peripherals.display.codec import CommandSet, codec
from peripherals.display.device import LineDisplay
from peripherals.display.text import COLUMNS, Lines
from peripherals.line import Line
from peripherals.simulators.display_machine import DisplayMachine
from peripherals.wire import Wire
from tests.contracts.standing import OnWire, running
from tests.peripherals.echoing import until

BLANK = (" " * COLUMNS, " " * COLUMNS)
FAREWELL: Lines = (("Kasse geschlossen", ""), ("", ""))
FAST = Line(baud=4_000_000)


class Stand(OnWire):
    """A display on its wire."""

    def __init__(self, folder: Path, command_set: CommandSet = "epson") -> None:
        self.seen: list[tuple[str, str]] = []
        self.machine = DisplayMachine(command_set, self.seen.append)
        super().__init__(folder, self.machine)
        self.command_set: CommandSet = command_set

    def device(self, line: Line = FAST) -> LineDisplay:
        return LineDisplay(
            "customer", self.address, line, codec=codec(self.command_set), claims=self.claims, rng=random.Random(1),
            farewell=FAREWELL,
        )  # fmt: skip

    def shows(self, text: str) -> Callable[[], bool]:
        return lambda: self.machine.lines[0].strip() == text


@pytest.fixture(params=["tcp", "pty"])
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    made = Stand(tmp_path)
    await made.start(request.param)
    yield made
    await made.simulator.stop()


def rung(name: str) -> Lines:
    return (name, "1,00"), ("SUMME EUR", "1,00")


async def test_it_shows_the_latest_text_and_says_farewell(stand: Stand) -> None:
    device = stand.device()
    device.show(rung("vorher"))
    assert device.view().state == "CLOSED"
    async with running(device):
        await until(stand.shows("vorher          1,00"))
        assert (device.view().state, device.view().power) == ("IDLE", "ONLINE")
        device.show(rung("Käse"))
        await until(stand.shows("Käse            1,00"))
        device.clear()
        await until(lambda: stand.machine.lines == BLANK)
    await until(stand.shows("Kasse geschlossen"))
    assert stand.machine.unknown == []
    assert stand.machine.scrolled == 0


async def test_unplugged_it_takes_nothing_from_the_sale_and_has_the_latest_text_on_return(stand: Stand) -> None:
    device = stand.device()
    async with running(device):
        await until(lambda: device.view().state == "IDLE")
        await stand.simulator.command("unplug")
        await until(lambda: device.view().power == "OFF")
        assert device.view().error in ("OFFLINE", "NOHARDWARE")
        for number in range(1000):
            device.show(rung(f"Artikel {number}"))
        await stand.simulator.command("plug")
        await until(stand.shows("Artikel 999     1,00"))
        assert device.view().state == "IDLE"


async def test_unplug_and_replug_under_a_new_name_is_found_by_its_stable_name(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    await stand.start("pty")
    device = stand.device()
    async with running(device):
        await until(lambda: device.view().state == "IDLE")
        before = Path(stand.address).resolve()
        taken = await asyncio.to_thread(open, before, "rb", 0)  # the old name stays somebody's, so the new one differs
        await stand.simulator.command("unplug")
        await until(lambda: device.view().power == "OFF")
        await stand.simulator.command("plug")
        device.show(rung("wieder da"))
        await until(stand.shows("wieder da       1,00"))
        assert Path(stand.address).resolve() != before
        taken.close()
    await stand.simulator.stop()


@pytest.mark.parametrize("fault", ["drop", "reset", "garbage"])
async def test_a_line_that_is_cut_or_noisy_shows_again(stand: Stand, fault: str) -> None:
    device = stand.device()
    async with running(device):
        device.show(rung("eins"))
        await until(stand.shows("eins            1,00"))
        await stand.simulator.command(fault)
        device.show(rung("zwei"))
        await until(stand.shows("zwei            1,00"))
        await until(lambda: device.view().state == "IDLE")


async def test_two_processes_the_second_gets_claimed_and_the_display_when_the_first_ends(stand: Stand) -> None:
    first, second = stand.device(), stand.device()
    second.show(rung("zweiter"))
    async with running(first):
        await until(lambda: first.view().state == "IDLE")
        async with running(second):
            await until(lambda: second.view().error == "CLAIMED")
            first.show(rung("erster"))
            await until(stand.shows("erster          1,00"))
    async with running(second):
        await until(stand.shows("zweiter         1,00"))


async def test_switched_off_and_on_it_gets_its_text_again_by_itself(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "AGAIN_S", 0.05)
    device = stand.device()
    device.show(rung("Kaese"))
    async with running(device):
        await until(stand.shows("Kaese           1,00"))
        await stand.simulator.command("off")
        assert stand.machine.lines == BLANK
        await stand.simulator.command("on")
        await until(stand.shows("Kaese           1,00"))


async def test_tried_out_it_shows_all_sorts_of_characters_and_then_the_latest_text_again(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "TEST_S", 0.05)
    device = stand.device()
    assert await device.test() == "CLOSED"
    async with running(device):
        await until(lambda: device.view().state == "IDLE")
        trying = asyncio.ensure_future(device.test())
        device.show(rung("Butter"))
        assert await trying == ""
        await until(stand.shows("Butter          1,00"))
    assert ("ABCDEFGHIJKLMNOPQRST", "äöüÄÖÜß € 0123456789") in stand.seen


async def test_on_a_slow_line_what_was_overtaken_is_never_sent(stand: Stand) -> None:
    device = stand.device(Line(baud=9600))
    async with running(device):
        await until(lambda: device.view().state == "IDLE")
        before = stand.machine.written
        for number in range(200):
            device.show(rung(f"Artikel {number}"))
            await asyncio.sleep(0)
        await until(stand.shows("Artikel 199     1,00"))
        assert stand.machine.written - before < 20


async def test_a_device_that_is_not_there_or_no_device_is_told_plainly(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    stand.address = str(tmp_path / "nothing")
    async with running(stand.device()) as device:
        await until(lambda: device.view().error == "NOHARDWARE")
    Path(stand.address).write_text("a file", encoding="utf-8")
    async with running(stand.device()) as device:
        await until(lambda: device.view().error == "FAILURE")


class Stuck(Wire):
    """A port whose flow has been stopped: it takes bytes, and none leave."""

    written = b""

    async def read(self) -> bytes:
        await asyncio.Event().wait()
        return b""

    def write(self, data: bytes) -> None:
        self.written += data

    async def drain(self, timeout_s: float) -> None:
        await asyncio.sleep(0)
        raise TimeoutError

    async def _close(self) -> None:
        pass


async def test_a_display_that_takes_nothing_is_offline_and_gets_no_pile_of_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand, opened = Stand(tmp_path), list[Stuck]()
    stand.address = "127.0.0.1:1"

    async def open_stuck(address: str, _line: Line, *, claims: Claims) -> Wire:
        opened.append(Stuck(claims.claim(address)))
        return opened[-1]

    monkeypatch.setattr(supervision, "open_wire", open_stuck)
    device = stand.device()
    async with running(device):
        for number in range(1000):
            device.show(rung(f"Artikel {number}"))
        await until(lambda: device.view().error == "OFFLINE")
    assert len(opened[0].written) < 100
