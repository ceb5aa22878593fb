"""What holds for devices of every kind, over TCP and over a device file: the matrix's rows "any", and bad input.

What is special in a kind has a suite of its own; here each is only a device that is wanted, and is there or not.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from peripherals import supervision
from peripherals.badge.device import BadgeReader
from peripherals.card_terminal import exchange
from peripherals.card_terminal.device import CardTerminal
from peripherals.card_terminal.device import Timings as CardTimings
from peripherals.claiming import Claims
from peripherals.display.codec import codec
from peripherals.display.device import LineDisplay
from peripherals.gate.codec import board
from peripherals.gate.device import Gate
from peripherals.line import Line
from peripherals.printer import PosPrinter
from peripherals.scale import device as scale
from peripherals.scale.device import Scale
from peripherals.scale.mettler import Mettler8217
from peripherals.scanner.device import BarcodeScanner
from peripherals.simulators.badge_machine import BadgeMachine
from peripherals.simulators.card_terminal_machine import CardTerminalMachine
from peripherals.simulators.display_machine import DisplayMachine
from peripherals.simulators.gate_machine import GateMachine
from peripherals.simulators.printer_machine import PrinterMachine
from peripherals.simulators.scale_machine import MettlerMachine
from peripherals.simulators.scanner_machine import ScannerMachine
from peripherals.simulators.serving import Machine, Simulator
from peripherals.supervision import Device
from tests.peripherals.echoing import until


class Kind(NamedTuple):
    """A device of one kind, with its machine."""

    machine: Callable[[], Machine]
    device: Callable[..., Device]
    options: dict[str, Any] = {}


KINDS = {
    "printer": Kind(PrinterMachine, PosPrinter),
    "display": Kind(DisplayMachine, LineDisplay, {"codec": codec("epson")}),
    "scanner": Kind(ScannerMachine, BarcodeScanner, {"hear": print}),
    "badge reader": Kind(BadgeMachine, BadgeReader, {"hear": print}),
    "scale": Kind(MettlerMachine, Scale, {"protocol": Mettler8217()}),
    "card terminal": Kind(
        CardTerminalMachine,
        CardTerminal,
        {"password": "000000", "currency": "EUR", "serial": False, "timings": CardTimings(half_s=0.1)},
    ),
    "gate": Kind(GateMachine, Gate, {"strokes": board(1), "pulse_s": 0.1}),
}
HEARD = ("printer", "scale", "card terminal")
"""They answer, so that a line of the wrong speed is known before anybody wants something of them."""


class Place:
    """Where one is to stand."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind = kind
        self.simulator = Simulator(kind.machine())
        self.folder = folder
        self.address = ""
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, wire: str) -> None:
        if wire == "tcp":
            self.address = f"127.0.0.1:{await self.simulator.start_tcp()}"
        else:
            self.address = str(self.folder / "device")
            await self.simulator.start_pty(Path(self.address))

    def run(self) -> Device:
        """A driver of its own, as another program would have it."""
        options = {
            "claims": Claims(self.folder / "claims"),
            "rng": random.Random(1),
            "line": Line(),
            **self.kind.options,
        }
        if self.kind.device is not PosPrinter:
            options["name"] = "counter"
        device = self.kind.device(address=self.address, **options)
        self._tasks.append(asyncio.create_task(device.run()))
        return device

    async def does(self, command: str) -> None:
        assert await self.simulator.command(command), command

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.simulator.stop()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries are short, and so is the patience with a line that brings nothing but noise."""
    pause_s = supervision.Backoff.pause_s
    monkeypatch.setattr(supervision.Backoff, "pause_s", lambda *given: pause_s(*given) / 25)
    monkeypatch.setattr(exchange, "ACCEPT_S", 0.3)
    monkeypatch.setattr(scale, "QUIET_S", 0.05)
    monkeypatch.setattr(scale, "QUIET_WITHIN_S", 0.1)
    monkeypatch.setattr(scale, "LOOK_S", 0.05)


@pytest.fixture(params=["tcp", "pty"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[[str], Any]]:
    places: list[Place] = []

    async def stand(kind: str, wire: str = request.param) -> Place:
        places.append(Place(KINDS[kind], tmp_path))
        await places[-1].start(wire)
        return places[-1]

    yield stand
    for each in places:
        await each.stop()


@pytest.mark.parametrize("kind", KINDS)
async def test_configured_and_not_there_is_told_and_it_is_used_as_soon_as_it_is_there(kind: str, place: Any) -> None:
    at = await place(kind)
    await at.does("unplug")
    device = at.run()
    await until(lambda: device.view().error == "NOHARDWARE")
    view = device.view()
    assert (view.state, view.power) == ("CLOSED", "OFF")
    assert view.detail, "what the system said"
    await at.does("plug")
    await until(lambda: device.view().state == "IDLE")
    assert (device.view().power, device.view().error) == ("ONLINE", "")


@pytest.fixture
def other_names() -> Iterator[Callable[[str], None]]:
    """The kernel does not give a pseudo-terminal's name again as long as somebody has it open."""
    taken: list[int] = []
    yield lambda name: taken.append(os.open(name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    for each in taken:
        os.close(each)


@pytest.mark.parametrize("place", ["pty"], indirect=True)
@pytest.mark.parametrize("kind", KINDS)
async def test_any_unplug_and_replug_under_a_new_name(
    kind: str, place: Any, other_names: Callable[[str], None]
) -> None:
    at = await place(kind)
    device = at.run()
    await until(lambda: device.view().state == "IDLE")
    before = str(Path(at.address).resolve())
    other_names(before)
    await at.does("unplug")
    await until(lambda: device.view().power == "OFF")
    await at.does("plug")
    await until(lambda: device.view().state == "IDLE")
    assert str(Path(at.address).resolve()) != before


@pytest.mark.parametrize("kind", KINDS)
async def test_any_two_processes(kind: str, place: Any) -> None:
    """Two owners, each with claims of its own: ``tests/peripherals/test_wire.py`` has the second as a process."""
    at = await place(kind)
    first = at.run()
    await until(lambda: first.view().state == "IDLE")
    second = at.run()
    await until(lambda: second.view().error == "CLAIMED")
    assert (second.view().state, second.view().power) == ("CLOSED", "OFF")
    assert first.view().state == "IDLE"


@pytest.mark.parametrize("kind", HEARD)
async def test_wrong_baud_or_parity_is_a_fault_from_the_start_until_it_is_set_right(kind: str, place: Any) -> None:
    """Whatever is asked, noise comes."""
    at = await place(kind)
    await at.does("mute")
    device, seen = at.run(), set[tuple[str, str]]()

    async def noise() -> None:
        while True:
            await at.simulator.command("garbage")
            seen.add((device.view().state, device.view().error))
            await asyncio.sleep(0.01)

    noisy = asyncio.create_task(noise())
    await until(lambda: {error for _, error in seen} & {"FAILURE", "OFFLINE"})
    noisy.cancel()
    assert "IDLE" not in {state for state, _ in seen}
    await at.does("unmute")
    await until(lambda: device.view().state == "IDLE")
