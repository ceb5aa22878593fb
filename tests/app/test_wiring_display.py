"""A till with a customer display and a turnstile, through its real engine, drivers and wires."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from app import wiring, wiring_devices
from app.config import NetworkSettings, Settings
from app.device_settings import DisplaySettings, GateSettings
from app.facts.master import ArticleSet
from app.home import Home
from app.till import commands as do
from app.till import customer_lines
from app.till.customer_lines import Lines
from app.till.effects import Refuse
from app.till.ports import NOT_OPENED, heard
from app.till.runner import Runner
from app.wiring_session import customer_words
from peripherals.claiming import Claims
from peripherals.simulators.display_machine import DisplayMachine
from peripherals.simulators.gate_machine import GateMachine
from peripherals.simulators.serving import Simulator
from tests.peripherals.echoing import until

LOOPBACK = NetworkSettings(listen="127.0.0.1:0", discovery=False)
TICKET = ArticleSet("1", "Tageskarte Käsehalle", 1250, "EUR", "1", article_groups=("Eintritt",))
PEN = ArticleSet("2", "Kugelschreiber", 89, "EUR", "1")


class Stall:
    """A till whose display and gate are simulated ones, plugged in."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "till")
        self.display, self.gate = DisplayMachine("epson"), GateMachine()
        self.wires = {"customer": Simulator(self.display), "turnstile": Simulator(self.gate)}
        self.settings = Settings(
            network=LOOPBACK,
            devices={
                "customer": DisplaySettings(
                    address=str(folder / "customer"), baud=115_200, greeting=("Zoo", "Halle 7")
                ),
                "turnstile": GateSettings(
                    address=str(folder / "turnstile"), pulse_ms=1, opens_for=("Eintritt",), each=True
                ),
            },
        )
        self.folder = folder

    async def plug_in(self) -> None:
        for name, simulator in self.wires.items():
            await simulator.start_pty(self.folder / name)

    async def pull(self) -> None:
        for simulator in self.wires.values():
            await simulator.stop()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[wiring.Parts, Runner]]:
        async with wiring.opened(self.home, self.settings, network=True, session_taken=True) as parts:
            await until(lambda: all(view["state"] == "IDLE" for view in parts.engine.devices.views()))
            yield parts, await wiring.runner(parts, self.settings)

    async def shows(self, upper: str, lower: str) -> None:
        await until(lambda: [line.split() for line in self.display.lines] == [upper.split(), lower.split()])


@pytest.fixture
async def stall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stall]:
    monkeypatch.setattr(wiring_devices, "device_claims", lambda: Claims(tmp_path / "claims"))
    made = Stall(tmp_path)
    await wiring.found(made.home, Settings(network=LOOPBACK), "Messe", 1, "till")
    await made.plug_in()
    yield made
    await made.pull()


async def done(runner: Runner, command: do.Command) -> None:
    answer = await runner.run(command)
    assert not isinstance(answer, Refuse), answer


async def test_the_customer_follows_the_sale_and_tickets_open_the_turnstile(stall: Stall) -> None:
    async with stall.opened() as (parts, runner):
        await parts.engine.append([TICKET, PEN], keep=None)
        await stall.shows("Zoo", "Halle 7")
        await done(runner, do.Scan("1", quantity="3"))
        await stall.shows("3x Tageskarte 37,50", "SUMME EUR 37,50")
        await done(runner, do.Pay("cash", "50.00"))
        await stall.shows("Gegeben 50,00", "Rückgeld EUR 12,50")
        await until(lambda: stall.gate.passed == 3)
        await done(runner, do.Scan("2"))
        await done(runner, do.Pay("cash"))
        await stall.shows("SUMME EUR 0,89", "Vielen Dank!")
        await done(runner, do.VoidReceipt())
        await done(runner, do.Scan("2"))
        await stall.shows("Kugelschreiber 0,89", "SUMME EUR 0,89")
    await stall.shows("Kasse geschlossen", "")
    assert stall.gate.passed == 3, "pens, and what is taken back, open nothing"
    assert stall.display.scrolled == 0
    async with stall.opened():
        await stall.shows("Kugelschreiber 0,89", "SUMME EUR 0,89")


async def test_without_its_devices_a_till_sells_as_ever_and_the_latest_is_shown_on_return(stall: Stall) -> None:
    async with stall.opened() as (parts, runner):
        await parts.engine.append([TICKET, PEN], keep=None)
        for simulator in stall.wires.values():
            await simulator.command("unplug")
        await until(lambda: all(view["power"] == "OFF" for view in parts.engine.devices.views()))
        told: list[str] = []
        parts.engine.changes.listen(told.append)
        for command in (do.Scan("1"), do.Pay("cash"), do.Scan("2")):
            await done(runner, command)
        await until(lambda: heard(NOT_OPENED, "turnstile", "1-000001") in told)
        views = (await parts.engine.status())["devices"]
        assert [view["name"] for view in views] == ["customer", "turnstile"]
        assert {view["error"] for view in views} <= {"OFFLINE", "NOHARDWARE"}
        for simulator in stall.wires.values():
            await simulator.command("plug")
        await stall.shows("Kugelschreiber 0,89", "SUMME EUR 0,89")
        await until(lambda: all(view["state"] == "IDLE" for view in parts.engine.devices.views()))
        assert stall.gate.passed == 0, "a gate that opens later lets somebody else in"


async def test_screens_that_are_left_close_the_till_for_customers(stall: Stall) -> None:
    async with stall.opened() as (parts, runner):
        await stall.shows("Zoo", "Halle 7")
        await runner.idle()
        parts.control.detach()
        await stall.shows("Kasse geschlossen", "")


def test_the_panel_greets_as_the_display_does(stall: Stall) -> None:
    assert customer_words(stall.settings).greeting == ("Zoo", "Halle 7")
    assert customer_words(msgspec.structs.replace(stall.settings, devices={})).greeting[0] == "Herzlich willkommen"


async def test_a_display_that_cannot_be_told_makes_no_sale_fail(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Lines:
        raise ZeroDivisionError

    async with stall.opened() as (parts, runner):
        await parts.engine.append([TICKET, PEN], keep=None)
        monkeypatch.setattr(customer_lines, "rung", broken)
        monkeypatch.setattr(customer_lines, "finished", broken)
        await done(runner, do.Scan("1"))
        await done(runner, do.Pay("cash"))
        await until(lambda: stall.gate.passed == 1)
        monkeypatch.undo()
        await done(runner, do.Scan("2"))
        await stall.shows("Kugelschreiber 0,89", "SUMME EUR 0,89")
