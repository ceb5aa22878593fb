"""A scale of the settings, weighed by a session in this process and over the home's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import wiring, wiring_devices
from app.config import NetworkSettings, Settings
from app.device_settings import ScaleSettings
from app.engine.remote import Client, RemoteEngine
from app.home import Home
from app.till.commands import Command, Pay, Scan, SetTare
from app.till.effects import Refuse, Reply
from app.till.ports import WEIGHING, Weight
from app.till.runner import Runner
from peripherals.claiming import Claims
from peripherals.scale import device
from peripherals.simulators.scale_machine import MettlerMachine
from peripherals.simulators.serving import Simulator
from tests.peripherals.echoing import until

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))
CSV = "ident_no,barcode,name,price,vat_key,unit\n4711,,Sittichmischung lose,7.90,2,kg\n"


@pytest.fixture
async def scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulator]:
    monkeypatch.setattr(wiring_devices, "device_claims", lambda: Claims(tmp_path / "claims"))
    monkeypatch.setattr(device, "ANSWER_S", 20)
    monkeypatch.setattr(device, "PATIENCE_S", 0.3)
    simulator = Simulator(MettlerMachine(500))
    await simulator.start_pty(tmp_path / "scale")
    yield simulator
    await simulator.stop()


async def done(runner: Runner, command: Command) -> dict[str, Any]:
    answer = await runner.run(command)
    assert isinstance(answer, Reply), answer
    return answer.fields


async def test_a_session_weighs_here_and_screens_weigh_from_afar(
    tmp_path: Path, scale: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "till")
    await wiring.found(home, SETTINGS, "Messe", 1, "till")
    settings = msgspec.structs.replace(SETTINGS, devices={"counter": ScaleSettings(address=str(tmp_path / "scale"))})
    async with wiring.opened(home, settings, network=True) as parts:
        await parts.operations["imports"]({"what": "articles", "text": CSV})
        await until(lambda: parts.engine.devices.views()[0]["state"] == "IDLE")
        status = await parts.engine.status()
        assert [(each["name"], each["kind"], each["error"]) for each in status["devices"]] == [("counter", "scale", "")]
        runner = await wiring.runner(parts, settings)
        await done(runner, SetTare(grams="12"))
        assert (await done(runner, Scan("4711")))["quantity"] == "0.488"
        refused = await runner.run(Scan("4711"))
        assert isinstance(refused, Refuse)
        assert refused.code == "scale_same_reading"
        await done(runner, Scan("4711", "0.25"))
        await done(runner, Pay())
        assert runner.session.view().last is not None
        text = runner.receipt_text(runner.session.view().last)  # type: ignore[arg-type]
        assert "Tara 0,012 kg" in text
        assert text.count("Handeingabe") == 1

        client, heard = await Client.connect(home), list[str]()
        remote = RemoteEngine(client)
        await remote.attach()
        remote.on_change(heard.append)
        assert await scale.command("load 9000")
        assert await remote.weigh(790, 0) == Weight(9000)
        monkeypatch.setattr(device, "PATIENCE_S", 60)
        weighing = asyncio.create_task(remote.weigh(790, 0))
        await until(lambda: WEIGHING in heard)
        await remote.cancel_weighing()
        assert await weighing == Weight(reason="cancelled")
        await client.close()


async def test_a_scale_without_a_line_has_its_weights_typed(tmp_path: Path) -> None:
    home = Home(tmp_path / "till")
    await wiring.found(home, SETTINGS, "Messe", 1, "till")
    settings = msgspec.structs.replace(SETTINGS, devices={"typed": ScaleSettings(protocol="manual")})
    async with wiring.opened(home, settings, network=True) as parts:
        await parts.operations["imports"]({"what": "articles", "text": CSV})
        runner = await wiring.runner(parts, settings)
        refused = await runner.run(Scan("4711"))
        assert isinstance(refused, Refuse)
        assert refused.code == "weight_needed"
        assert (await done(runner, Scan("4711", "0.25")))["weighed"] == "manual"
        await parts.engine.cancel_weighing()
