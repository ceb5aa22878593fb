"""Scanner and badge reader as programs of their own, at a till that is one: what they read reaches whoever sells."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.engine import detached
from app.engine.remote import RemoteEngine
from app.home import Home
from app.till.ports import BADGE_READER, MISREAD, SCANNER, Heard, heard_of
from tests.driving import ROOT, DriveTill
from tests.peripherals.echoing import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

EAN, BADGE = "4006381333931", "04A1B2C3"
DEVICES = """
[devices.hand]
kind = "scanner"
address = "{folder}/hand"

[devices.desk]
kind = "badge_reader"
address = "{folder}/desk"
last_byte_first = true
"""


@contextmanager
def machine(kind: str, *options: str) -> Iterator[Callable[[str], None]]:
    """A simulated device; what to do is told to it on its input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "simulators", kind, "--json", "--lang", "en", *options],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "ready"

    def does(command: str) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{command}\n")
        process.stdin.flush()

    try:
        yield does
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def till(tmp_path: Path, founded: Callable[[Path], DriveTill]) -> DriveTill:
    made = founded(tmp_path / "one")
    settings = made.home / "till.toml"
    before = settings.read_text("utf-8") if settings.exists() else ""
    settings.write_text(before + DEVICES.format(folder=tmp_path), encoding="utf-8")
    return made


def stand(till: DriveTill) -> None:
    """Wait until the lines to all devices are open."""
    give_up = time.monotonic() + 60
    while not all(device["state"] == "IDLE" for device in till.ask("status")["devices"]):
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_what_devices_read_is_told_to_the_program_that_drives_the_till(till: DriveTill, tmp_path: Path) -> None:
    with (
        machine("scanner", "--pty", str(tmp_path / "hand"), "--aim", "]E0", "--end", "crlf") as scanner,
        machine("badge-reader", "--pty", str(tmp_path / "desk"), "--last-byte-first") as reader,
    ):
        till.start()
        stand(till)
        told: list[dict[str, Any]] = []
        for does, command in ((scanner, f"scan {EAN}"), (scanner, f"misread {EAN}"), (reader, f"badge {BADGE}")):
            does(command)
            told.append(till._line())
        assert told == [
            {"event": "scan", "device": "hand", "code": EAN},
            {"event": "misread", "device": "hand", "reason": "check_digit"},
            {"event": "badge", "device": "desk", "badge": BADGE},
        ]
        scanner("unplug")
        while till.ask("status")["devices"][0]["power"] != "OFF":
            time.sleep(0.05)
        scanner("plug")
        stand(till)
        till.close()


async def test_what_devices_read_reaches_the_screens_of_an_engine(till: DriveTill, tmp_path: Path) -> None:
    with (
        machine("scanner", "--pty", str(tmp_path / "hand")) as scanner,
        machine("badge-reader", "--pty", str(tmp_path / "desk"), "--last-byte-first") as reader,
    ):
        client, process = await detached.joined(Home(till.home), ["--no-discovery", "--listen", "127.0.0.1:0"])
        engine = RemoteEngine(client)
        await engine.attach()
        heard: list[Heard] = []
        engine.on_change(lambda what: heard.append(one) if (one := heard_of(what)) else None)
        while not all(device["state"] == "IDLE" for device in (await engine.status())["devices"]):
            await asyncio.sleep(0.05)
        scanner(f"scan {EAN}")
        await until(lambda: heard)
        reader("noise")
        await until(lambda: len(heard) == 2)
        reader(f"lying {BADGE}")
        await until(lambda: len(heard) == 3)
        assert heard == [
            Heard(SCANNER, "hand", EAN),
            Heard(MISREAD, "desk", "badge_garbage"),
            Heard(BADGE_READER, "desk", BADGE),
        ]
        await client.call("leave")
        await client.ended()
        await client.close()
        assert process is not None
        assert await asyncio.to_thread(process.wait, 60) == 0
