"""Scanners and badge readers of the settings: wired, heard by name, and those that type left to the keyboard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from app import wiring_devices, wiring_setup
from app.config import Settings
from app.device_settings import BadgeReaderSettings, ScannerSettings, check
from app.home import Home
from app.screens.setup.services import SetupFailed
from app.till.ports import BADGE_READER, MISREAD, SCANNER, Heard
from peripherals import finding
from peripherals.claiming import Claims
from peripherals.simulators.badge_machine import BadgeMachine
from peripherals.simulators.scanner_machine import ScannerMachine
from peripherals.simulators.serving import Simulator
from tests.peripherals.echoing import until

EAN = "4006381333931"


async def test_what_devices_read_is_told_with_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring_devices, "device_claims", lambda: Claims(tmp_path / "claims"))
    scanner, reader = Simulator(ScannerMachine()), Simulator(BadgeMachine(last_byte_first=True))
    await scanner.start_pty(tmp_path / "scanner")
    await reader.start_pty(tmp_path / "reader")
    settings = msgspec.structs.replace(
        Settings(),
        devices={
            "hand": ScannerSettings(address=str(tmp_path / "scanner")),
            "desk": BadgeReaderSettings(address=str(tmp_path / "reader"), last_byte_first=True),
            "wedge": BadgeReaderSettings(address="keyboard"),
        },
    )
    heard: list[tuple[str, str, str]] = []
    async with wiring_devices.running(
        settings, lambda: None, lambda kind, name, text: heard.append((kind, name, text))
    ) as devices:
        await until(lambda: all(view["state"] == "IDLE" for view in devices.views()))
        assert [view["name"] for view in devices.views()] == ["hand", "desk"], "one that types has no line"
        for simulator, command in ((scanner, f"scan {EAN}"), (reader, "badge 04A1B2C3"), (scanner, f"misread {EAN}")):
            before = len(heard)
            await simulator.command(command)
            await until(lambda before=before: len(heard) > before)
        await reader.command("noise")
        await until(lambda: len(heard) == 4)
    assert heard == [
        (SCANNER, "hand", EAN),
        (BADGE_READER, "desk", "04A1B2C3"),
        (MISREAD, "hand", "check_digit"),
        (MISREAD, "desk", "badge_garbage"),
    ]
    await scanner.stop()
    await reader.stop()


@pytest.mark.parametrize("address", ["pcsc:", "pcsc:ACS ACR122", "keyboard", "/dev/ttyUSB0"])
def test_a_badge_reader_may_be_one_of_pcsc_or_type(address: str) -> None:
    check({"badge": BadgeReaderSettings(address=address)})


@pytest.mark.parametrize(
    ("settings", "about"),
    [
        (ScannerSettings(address="keyboard"), "keyboard"),
        (ScannerSettings(address="/dev/ttyUSB0", double_read_ms=-1), "double_read_ms"),
        (ScannerSettings(address="/dev/ttyUSB0", double_read_ms=60_000), "double_read_ms"),
        (BadgeReaderSettings(address="/dev/ttyUSB0", sends="decimal"), "uid_bytes"),
        (BadgeReaderSettings(address="/dev/ttyUSB0", uid_bytes=99), "uid_bytes"),
    ],
)
def test_what_no_reader_can_be_is_refused_with_the_key(
    settings: ScannerSettings | BadgeReaderSettings, about: str
) -> None:
    with pytest.raises(ValueError, match=rf"devices\.hand: .*{about}"):
        check({"hand": settings})


async def test_the_setup_assistant_hears_the_scanners_of_the_settings_and_lets_them_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = Claims(tmp_path / "claims")
    monkeypatch.setattr(wiring_devices, "device_claims", lambda: claims)
    simulator = Simulator(ScannerMachine())
    await simulator.start_pty(tmp_path / "scanner")
    home = Home(tmp_path / "home")
    home.make()
    home.settings.write_text(
        f'[devices.hand]\nkind = "scanner"\naddress = "{tmp_path}/scanner"\n'
        f'[devices.scale]\nkind = "scale"\naddress = "{tmp_path}/none"\n',
        encoding="utf-8",
    )
    heard: list[Heard] = []
    setup = wiring_setup.services(home, lambda settings: settings, asyncio.Event().wait)
    async with setup.listening(heard.append):
        async with asyncio.timeout(20):
            while not heard:
                await simulator.command(f"scan {EAN}")
                await asyncio.sleep(0.05)
    assert heard[0] == Heard(SCANNER, "hand", EAN)
    claims.claim(str(tmp_path / "scanner")).release()
    home.settings.write_text("[devices.hand]\nkind = 1\n", encoding="utf-8")
    async with setup.listening(heard.append):
        pass  # what is wrong with the settings is told when they are used
    await simulator.stop()


async def test_the_setup_assistant_offers_free_ports_tries_a_device_and_takes_it_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring_devices, "device_claims", lambda: Claims(tmp_path / "claims"))
    ports = [tmp_path / "lp0", tmp_path / "printer", tmp_path / "scanner"]
    monkeypatch.setattr(finding, "local_ports", lambda: ports)
    simulator = Simulator(ScannerMachine())
    await simulator.start_pty(ports[2])
    home = Home(tmp_path / "home")
    home.make()
    home.settings.write_text(f'[printer]\naddress = "{ports[1]}"\n', encoding="utf-8")
    setup = wiring_setup.services(home, lambda settings: settings, asyncio.Event().wait)
    assert await setup.ports() == [str(ports[2])]
    with pytest.raises(SetupFailed, match="kind"):
        await setup.use_device("hand", {"kind": "toaster", "address": "x:1"})
    await setup.use_device("hand", {"kind": "scanner", "address": str(ports[2]), "baud": 9600, "frame": "8N1"})
    assert await setup.ports() == []
    heard: list[Heard] = []
    async with setup.trial("hand", heard.append) as trial:
        await until(lambda: trial.view()["state"] == "IDLE")
        await simulator.command(f"scan {EAN}")
        await until(lambda: heard)
        assert await trial.test() == ""
    assert heard == [Heard(SCANNER, "hand", EAN)]
    await setup.use_device("hand", None)
    assert await setup.ports() == [str(ports[2])]
    await setup.use_device("wedge", {"kind": "badge_reader", "address": "keyboard"})
    async with setup.trial("wedge", heard.append) as trial:
        assert (trial.view()["error"], await trial.test()) == ("", "")
    await simulator.stop()
