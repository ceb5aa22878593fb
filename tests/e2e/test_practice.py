"""The practice network: made when first wanted, its tills joined to till 1 whether that is open or not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import wiring
from app.cli import practice
from app.config import Settings, load
from app.engine.control import Refused
from app.home import Home
from app.till.ports import heard_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TILLMESH_HOME", str(tmp_path))
    network = msgspec.structs.replace(Settings().network, discovery=False, listen="127.0.0.1:0")
    return msgspec.structs.replace(Settings(), network=network)


async def members_of(home: Home, settings: Settings) -> list[int]:
    async with wiring.opened(home, settings, network=False) as parts:
        return [member["till_no"] for member in await parts.operations["members"]({})]


async def test_till_one_founds_the_network_with_the_sample_catalogue(settings: Settings) -> None:
    home = await practice.prepare(1, settings)
    assert load(home.settings).printer.simulated
    assert load(home.settings).receipt.head
    async with wiring.opened(home, settings, network=False) as parts:
        assert len(await parts.operations["export"]({"what": "articles"})) >= 200
    before = (home.path / "identity" / "network.json").read_bytes()
    assert await practice.prepare(1, settings) == home
    assert (home.path / "identity" / "network.json").read_bytes() == before


async def test_till_two_joins_a_network_whose_till_one_nobody_has_open(settings: Settings) -> None:
    await practice.prepare(2, settings)
    assert await members_of(await practice.prepare(1, settings), settings) == [1, 2]


async def test_till_two_joins_through_the_till_one_that_is_open(settings: Settings) -> None:
    first = await practice.prepare(1, settings)
    async with wiring.opened(first, settings, network=True) as parts:
        await practice.prepare(2, settings)
        assert [member["till_no"] for member in await parts.operations["members"]({})] == [1, 2]
    second = await practice.prepare(2, settings)
    assert not (await asyncio.to_thread(load, second.settings)).printer.address


async def test_a_practice_receipt_lands_on_the_simulated_paper(settings: Settings, wait_until: Any) -> None:
    home = await practice.prepare(1, settings)
    mine = load(home.settings)
    both = msgspec.structs.replace(mine, network=settings.network)
    async with wiring.opened(home, both, network=True) as parts:
        runner = await wiring.runner(parts, both)
        article = (await parts.operations["export"]({"what": "articles"}))[0]
        await runner.run(practice_scan(article["ident_no"]))
        done = await runner.run(practice_pay())
        await asyncio.to_thread(wait_until, lambda: home.paper.exists() and "SUMME" in home.paper.read_text("utf-8"))
        assert done.fields["receipt_no"] in home.paper.read_text("utf-8")  # type: ignore[union-attr]


def practice_scan(code: str) -> Any:
    from app.till.commands import Scan

    return Scan(code)


def practice_pay() -> Any:
    from app.till.commands import Pay

    return Pay()


def test_screens_without_a_terminal_are_refused_with_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "practice", "--no-discovery"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TILLMESH_HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "drive" in done.stderr


def test_the_simulated_printer_is_a_command_of_its_own(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    simulator = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "app",
            "simulators",
            "printer",
            "--listen",
            "127.0.0.1:0",
            "--paper",
            str(paper),
            "--json",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with simulator:
        assert simulator.stdout is not None
        ready = msgspec.json.decode(simulator.stdout.readline())
        host, _, port = ready["listen"].partition(":")

        async def print_a_line() -> None:
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"\x1b@Guten Tag\n\x1dV\x00")
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        asyncio.run(print_a_line())
        give_up = time.monotonic() + 40
        while not (paper.exists() and "Guten Tag" in paper.read_text("utf-8")):
            assert time.monotonic() < give_up
            time.sleep(0.02)
        simulator.terminate()
        assert simulator.wait(10) == 0


async def test_the_machines_of_a_practice_till_do_what_they_are_told(settings: Settings) -> None:
    """A code that the simulated scanner reads comes through its wire and driver to whoever sells."""
    home = await practice.prepare(1, settings)
    both = msgspec.structs.replace(load(home.settings), network=settings.network)
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with wiring.opened(home, both, network=True) as parts:
        parts.engine.on_change(heard.put_nowait)
        known = {each["name"]: each["commands"] for each in await parts.operations["simulated"]({})}
        assert {"printer", "display", "scanner", "scale", "badge-reader", "card-terminal"} == set(known)
        assert all("unplug" in commands for commands in known.values())
        while any(device["state"] != "IDLE" for device in (await parts.engine.status())["devices"]):
            await asyncio.sleep(0.01)
        await parts.operations["practise"]({"name": "scanner", "command": "scan 4006381333931"})
        while (read := heard_of(await heard.get())) is None:
            pass
        assert (read.device, read.text) == ("scanner", "4006381333931")
        for name, command, code in (("toaster", "plug", "unknown_device"), ("scanner", "burn", "unknown_fault")):
            with pytest.raises(Refused) as refused:
                await parts.operations["practise"]({"name": name, "command": command})
            assert refused.value.code == code
