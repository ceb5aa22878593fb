"""Displays, scales, gates … on the screens: the alarm on the status line, what to do, and a test of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import text
from app.screens import device_words
from app.screens.till.app import TillApp
from app.till.commands import OpenGate
from app.till.drive import event_of
from app.till.ports import BADGE_READER, NOT_OPENED, SCANNER, JournalRefused, heard
from peripherals.supervision import DeviceView
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import walk

KINDS = ("display", "scale", "scanner", "badge_reader", "card_terminal", "gate")
ROOM = 50
"""Characters beside a device in the list on 80 columns."""
READY = {"state": "IDLE", "power": "ONLINE", "error": "", "detail": ""}


class Engine:
    """What the engine tells of devices, and does with them."""

    def __init__(self, shop: Shop) -> None:
        self.tried: list[str] = []
        self.fault = ""
        self.practises = False
        self.told: list[str] = []
        self.devices: list[dict[str, Any]] = [{"name": f"my-{kind}", "kind": kind, **READY} for kind in KINDS]
        shop.status_now["devices"] = self.devices

    def fails(self, name: str, error: str, detail: str = "") -> None:
        for device in self.devices:
            if device["name"] == name:
                device.update(state="CLOSED", power="OFF", error=error, detail=detail)

    async def simulated(self) -> list[dict[str, Any]]:
        return [{"name": "my-scanner", "commands": ["scan CODE", "unplug"]}] if self.practises else []

    async def practise(self, name: str, command: str) -> None:
        self.told.append(f"{name}: {command}")

    async def test(self, name: str) -> str:
        if self.fault == "gone":
            raise JournalRefused("engine_gone")
        self.tried.append(name)
        return self.fault


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.till.engine.gates = ("my-gate",)
    shop.till = shop.till.restarted()
    yield shop
    shop.close()


@pytest.fixture
def engine(shop: Shop) -> Engine:
    return Engine(shop)


@pytest.fixture
def app(shop: Shop, engine: Engine) -> TillApp:
    text.use("en")
    return TillApp(replace(services(shop), devices=engine))  # type: ignore[arg-type]


async def test_a_device_in_trouble_is_on_the_status_line_beside_the_network_and_goes_when_it_is_back(
    shop: Shop, engine: Engine, app: TillApp
) -> None:
    engine.fails("my-display", "NOHARDWARE")
    async with walk(app) as till:
        await till.rest()
        assert " ONLINE 2 " in till.lines[0]
        assert "my-display!" in till.lines[0]
        engine.fails("my-scale", "FAILURE")
        await app._ask_status()
        app._sale.stand(app._standing())
        await till.rest()
        assert "my-display! +1" in till.lines[0]
        for device in engine.devices:
            device.update(READY)
        await app._ask_status()
        app._sale.stand(app._standing())
        await till.rest()
        assert "!" not in till.lines[0]
        assert "Neumann" in till.lines[0]


async def test_every_device_is_listed_with_its_state_and_what_to_do(engine: Engine, app: TillApp) -> None:
    engine.fails("my-scale", "FAILURE", "what it answers cannot be read")
    async with walk(app) as till:
        await till.press("/61\r")
        for kind in KINDS:
            assert f"{device_words.KINDS[kind]} my-{kind}"[:22] in till.text
        assert "not understood: check baud, frame in till.toml" in till.text
        await till.press("3\r")
        assert "what it answers cannot be read" in till.text
        assert "tried again by itself" in till.text


async def test_displays_scales_and_terminals_are_tried_by_the_engine(engine: Engine, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("/61\r<down><f2>")
        assert engine.tried == ["my-display"]
        assert "is it whole?" in till.lines[-3]
        await till.press("<down><down><f2>")
        assert engine.tried[1:] == ["my-scale"]
        engine.fault = "TIMEOUT"
        await till.press("<down><down><down><down><down><f2>")
        assert engine.tried[2:] == ["my-card_terminal"]
        assert "is it switched on?" in till.lines[-3]
        engine.fault = "gone"
        await till.press("<down><f2>")
        assert engine.tried[3:] == []
        assert till.app.router.step is not None


async def test_a_device_is_tried_by_its_number_too(engine: Engine, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("/61\r3<f2>")
        assert engine.tried == ["my-scale"]
        await till.press("99<f2>")
        assert engine.tried == ["my-scale"]
        assert "There is no line 99." in till.lines[-3], "nobody meant the printer, which is marked"


async def test_a_gate_is_tried_as_it_is_opened_by_right_and_says_when_it_cannot_be(
    shop: Shop, engine: Engine, app: TillApp
) -> None:
    async with walk(app) as till:
        await till.press("/61\r<down><down><down><down><down><down><f2>")
        assert shop.commands[-1] == OpenGate("my-gate", "Test")
        assert "told to open" in till.lines[-3]
        await till.press("\x1bLieferant/28\r")
        assert shop.commands[-1] == OpenGate("", "Lieferant")
        shop.till.engine.gate_fault = "offline"
        await till.press("/28\r")
        assert "my-gate: connection broke off" in till.lines[-3]
        engine.devices.append({"name": "door", "kind": "gate", **READY})
        shop.till.engine.gates = ("my-gate", "door")
        await till.press("/28\r")
        assert "door" in till.text
        await till.press("\x1b")
        assert shop.commands[-1] == OpenGate("", "")


async def test_a_gate_that_did_not_open_for_a_ticket_is_told_with_what_to_do(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        app._changed(heard(NOT_OPENED, "my-gate", "3-000123"))
        await till.rest()
        assert "my-gate did not open" in till.lines[-3]
        assert "/28" in till.lines[-3]
    assert event_of(heard(NOT_OPENED, "my-gate", "3-000123")) == (
        '{"event":"not_opened","device":"my-gate","receipt_no":"3-000123"}'
    )


async def test_scanners_and_badge_readers_are_tried_by_reading_and_sell_nothing_meanwhile(
    shop: Shop, app: TillApp
) -> None:
    async with walk(app) as till:
        await till.press("/61\r<down><down><down><f2>")
        app._changed(heard(SCANNER, "my-scanner", BIRD_SEED))
        await till.rest()
        assert BIRD_SEED in till.text
        await till.press("\x1b<down><down><down><down><f2>")
        app._changed(heard(BADGE_READER, "my-badge_reader", "04A1B2"))
        await till.rest()
        assert "******" in till.text
        assert "04A1B2" not in till.text, "a badge's number is nobody's business"
        await till.press("\x1b\x1b")
        assert shop.commands == []


def test_every_kind_and_error_of_a_device_has_words() -> None:
    text.use("en")
    errors = ("CLOSED", "CLAIMED", "NOHARDWARE", "OFFLINE", "FAILURE", "TIMEOUT", "BUSY", "overweight", "under_zero")
    for error in errors:
        assert device_words.trouble(error) != error
    assert max(map(len, device_words.TROUBLES.values())) <= ROOM
    view = DeviceView("hand", "scanner", "IDLE", "ONLINE")
    device = {field: getattr(view, field) for field in view.__struct_fields__}
    assert device_words.state(device) == "ready"
    assert device_words.state({**device, "state": "BUSY"}) == "at work"
    assert not device_words.alarms({"devices": [device, {**device, "error": "CLOSED"}]})
    assert device_words.alarms({"printer": {"device": {"trouble": "paper_out"}}}) == ["Printer!"]


async def test_simulated_devices_are_told_what_to_do_and_real_ones_cannot_be(
    shop: Shop, engine: Engine, app: TillApp
) -> None:
    async with walk(app) as walking:
        await walking.press("/61\r")
        assert "Practise" not in walking.text
        engine.practises = True
        await walking.press("<f9>")
        assert "Practise" in walking.text
        await walking.press(f"<f8>1\r2\r1\r{BIRD_SEED}\r")
        assert engine.told == ["my-scanner: unplug", f"my-scanner: scan {BIRD_SEED}"]
