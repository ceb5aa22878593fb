"""The setup assistant by keyboard: found, join with only what is free to choose from, practise; printer; protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from app import text
from app.device_settings import DeviceSettings, Wired, kind_of
from app.screens.setup.app import SetupApp
from app.screens.setup.assistant import Ended
from app.screens.setup.devices import FRAMES, USUAL_FRAME
from app.screens.setup.services import (
    Contents,
    FoundPrinter,
    Membership,
    Offer,
    Offers,
    SetupFailed,
    SetupServices,
    Trial,
)
from app.screens.tasks import showing
from app.screens.tasks.showing import Far
from app.till.ports import BADGE_READER, MISREAD, SCANNER, Heard
from tests.app.screens.walking import Walk, walk

GOOD = "ABCDE-FGHJK"


class Tried:
    """A device on trial."""

    def __init__(self) -> None:
        self.error = "NOHARDWARE"
        self.reason = ""

    def view(self) -> Mapping[str, Any]:
        return {"name": "hand", "kind": "scanner", "state": "IDLE", "error": self.error, "detail": ""}

    async def test(self) -> str:
        return self.reason


class World:
    """What the assistant did, and what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.did: list[tuple[Any, ...]] = []
        self.print_faults = [""]
        self.offers = (Offer(5, "Kasse 5", "Halle 7"), Offer(6, "Kasse 6", ""))
        self.found_ports: list[str] = []
        self.tried = Tried()
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    def services(self) -> SetupServices:
        return SetupServices(
            home=self.folder,
            clock=lambda: datetime(2026, 11, 21, 18, 37, tzinfo=UTC),
            speak=self.speak,
            found=self.found,
            offers=self.offered,
            join=self.join,
            provision=self.provision,
            practise=self.practise,
            printers=self.printers,
            use_printer=self.use_printer,
            test_print=self.test_print,
            write_protocol=self.write_protocol,
            listening=self.listening,
            ports=self.ports,
            use_device=self.use_device,
            trial=self.trial,
        )

    async def ports(self) -> Sequence[str]:
        return self.found_ports

    async def use_device(self, name: str, settings: Mapping[str, Any] | None) -> None:
        if settings is not None and settings["frame"] == "9X9":
            raise SetupFailed("a frame of '9X9'")
        self.did.append(("device", name, settings))

    @asynccontextmanager
    async def trial(self, name: str, hear: Callable[[Heard], None]) -> AsyncIterator[Trial]:
        self.hear_on_trial = hear
        yield self.tried

    @asynccontextmanager
    async def listening(self, hear: Callable[[Heard], None]) -> AsyncIterator[None]:
        self.hear, self.listens = hear, True
        try:
            yield
        finally:
            self.listens = False

    def speak(self, language: str) -> None:
        self.did.append(("speak", language))
        text.use(language)

    async def found(self, network: str, no: int, role: str, name: str, site: str) -> Membership:
        self.did.append(("found", network, no, role, name, site))
        return Membership(network, no)

    async def offered(self, code: str) -> Offers:
        if code != GOOD:
            raise SetupFailed("the enrolment code is mistyped")
        return Offers("Fair", self.offers)

    async def join(self, code: str, no: int) -> Membership:
        self.did.append(("join", code, no))
        return Membership("Fair", no)

    async def provision(self, far: Far) -> Contents:
        far(1, 4, "")
        await self.goes_on.wait()
        return Contents(complete=True, came={"articles": 31, "vouchers": 7})

    async def practise(self) -> None:
        self.did.append(("practise",))

    async def printers(self) -> Sequence[FoundPrinter]:
        return [FoundPrinter("192.0.2.7:9100", "TM-T88")]

    async def use_printer(self, address: str, simulated: bool, baud: int) -> None:
        self.did.append(("printer", address, simulated, *([baud] if baud else [])))

    async def test_print(self) -> str:
        return self.print_faults.pop(0)

    def write_protocol(self, protocol: str) -> Path:
        path = self.folder / "setup.txt"
        path.write_text(protocol, "utf-8")
        return path


def assistant(world: World) -> AbstractAsyncContextManager[Walk]:
    return walk(SetupApp(world.services()))


async def test_a_till_joins_as_one_of_those_that_are_free_and_says_what_it_got(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with assistant(world) as walking:
        await walking.press("2\r1\rWRONG\r")
        assert "mistyped" in walking.text
        await walking.press(f"{GOOD}\r")
        assert "Kasse 5" in walking.text
        assert "Halle 7" in walking.text
        await walking.press("2\r")
        assert world.did[-1] == ("join", GOOD, 6)
        await walking.press("1\r")
        assert world.did[-1] == ("printer", "192.0.2.7:9100", False)
        await walking.press("\r")
        assert "Articles" in walking.text
        assert "31" in walking.text
        await walking.press("\r")
        assert walking.app.ended is Ended.MEMBER  # type: ignore[attr-defined]
    kept = (tmp_path / "setup.txt").read_text("utf-8")
    assert "192.0.2.7:9100" in kept
    assert "Fair" in kept


async def test_a_scanner_of_the_settings_scans_the_code_and_is_let_go_at_the_end(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with assistant(world) as walking:
        world.hear(Heard(SCANNER, "hand", GOOD))
        await walking.press("2\r1\r")
        assert "Kasse 5" not in walking.text, "it was scanned where no code belonged"
        world.hear(Heard(SCANNER, "hand", GOOD))
        await walking.rest()
        assert "Kasse 5" in walking.text
        await walking.press("\x1b\x1b\x1b\x1b\x1b")
    assert not world.listens


async def test_a_scanner_on_a_port_is_found_tried_out_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LOOK_AGAIN_S", 0.01)
    world = World(tmp_path)
    world.found_ports = ["/dev/serial/by-id/usb-Hand-1"]
    async with assistant(world) as walking:
        await walking.press("2\r2\rBird fair\r\r\r\r\r4\r")
        assert "usb-Hand-1" in walking.text
        await walking.press("2\rscan\rhand\r\r\r9X9\r")
        assert "9X9" in walking.lines[-3], "what cannot be is refused, and the form is still there"
        await walking.press("\r\r\r\r8N1\r")
        written = {"kind": "scanner", "address": world.found_ports[0], "baud": 9600, "frame": "8N1"}
        assert world.did[-1] == ("device", "hand", written)
        assert "Scanner hand: not there" in walking.text
        world.tried.error = ""
        world.hear_on_trial(Heard(SCANNER, "hand", "4006381333931"))
        await shows(walking, "4006381333931")
        assert "ready" in walking.text
        world.tried.reason = "OFFLINE"
        await walking.press("<f2>")
        assert "broke off" in walking.lines[-3]
        await walking.press("\r\r")
        assert world.did[-1] == ("device", "hand", written)
        await walking.press("\r")
        assert "hand: Scanner, /dev/serial/by-id/usb-Hand-1" in walking.text
        await walking.press("\r")
    assert "hand: Scanner" in (tmp_path / "setup.txt").read_text("utf-8")


async def test_a_device_in_the_network_is_typed_at_the_end_and_one_that_does_not_work_is_taken_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "LOOK_AGAIN_S", 0.01)
    world = World(tmp_path)
    async with assistant(world) as walking:
        await walking.press("2\r2\rBird fair\r\r\r\r\r4\r")
        assert "set up" in walking.lines[0], "where nothing hangs on a port nothing is asked"
        await walking.press("<f2>2\rbadge\rdesk\r192.168.1.9:4001\r\r\r")
        assert world.did[-1][1] == "desk"
        world.hear_on_trial(Heard(MISREAD, "desk", "badge_garbage"))
        await shows(walking, "could not be read")
        world.hear_on_trial(Heard(BADGE_READER, "desk", "04A1B2C3"))
        await shows(walking, "********")
        assert "04A1B2C3" not in walking.text
        await walking.press("\r\x1b")
        assert world.did[-1] == ("device", "desk", None)
        await walking.press("1\r\r")
    assert "desk" not in (tmp_path / "setup.txt").read_text("utf-8")


async def shows(walking: Walk, said: str) -> None:
    async with asyncio.timeout(20):
        while said not in walking.text:
            await walking.rest()
            await asyncio.sleep(0.01)


async def test_fetching_shows_how_far_it_is_and_may_be_left_to_the_first_start(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.goes_on.clear()
    async with assistant(world) as walking:
        await walking.press(f"2\r1\r{GOOD}\r1\r")
        for _ in range(200):
            await walking.rest()
            if "25 %" in walking.text:
                break
            await asyncio.sleep(0.01)
        assert "25 %" in walking.text
        await walking.press("\x1b")
        await walking.press("4\r\r")
        kept = (tmp_path / "setup.txt").read_text("utf-8")
        assert "so far" in kept


async def test_a_founder_whose_printer_says_nothing_may_try_again_or_do_without(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.print_faults = ["The printer does not answer", ""]
    async with assistant(world) as walking:
        await walking.press("2\r2\rBird fair\r\r\r\r\r")
        assert world.did[-1] == ("found", "Bird fair", 1, "till", "Till 1", "")
        await walking.press("2\r192.0.2.9\r")
        assert "does not answer" in walking.text
        await walking.press("\x1b\r")
        assert "umlauts" in walking.text
        await walking.press("\r\r")
        assert world.did[-1] == ("printer", "192.0.2.9:9100", False)
        assert walking.app.ended is Ended.MEMBER  # type: ignore[attr-defined]


async def test_of_a_printer_on_a_serial_line_the_speed_is_asked_and_of_one_on_usb_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.print_faults = ["It answers with rubbish", ""]
    async with assistant(world) as walking:
        await walking.press("2\r2\rBird fair\r\r\r\r\r2\r/dev/ttyUSB0\r38400\r")
        assert world.did[-1] == ("printer", "/dev/ttyUSB0", False, 38_400)
        await walking.press("\x1b\x1b2\r/dev/usb/lp0\r")
        assert world.did[-1] == ("printer", "/dev/usb/lp0", False)


async def test_practice_is_one_key_away_and_esc_closes_only_after_a_question(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with assistant(world) as walking:
        await walking.press("1\r\x1b\x1b")
        assert walking.app.return_code is None
        await walking.press("3\r")
        assert world.did[-1] == ("practise",)
        assert walking.app.ended is Ended.PRACTISE  # type: ignore[attr-defined]
    other = World(tmp_path)
    async with assistant(other) as walking:
        await walking.press("2\r\x1b\r")
        assert walking.app.ended is Ended.CLOSED  # type: ignore[attr-defined]


async def test_a_scale_says_how_it_talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LOOK_AGAIN_S", 0.01)
    world = World(tmp_path)
    world.found_ports = ["/dev/serial/by-id/usb-Scale-1"]
    async with assistant(world) as walking:
        await walking.press("2\r2\rBird fair\r\r\r\r\r4\r")
        await walking.press("2\rscale\rcounter\r\r\r\r")
        assert "Checkout-Dialog 06" in walking.text
        await walking.press("2\r")
        written = {
            "kind": "scale",
            "address": world.found_ports[0],
            "baud": 9600,
            "frame": "7E1",
            "protocol": "dialog06",
        }
        assert world.did[-1] == ("device", "counter", written)


@pytest.mark.parametrize("settings", get_args(DeviceSettings))
def test_the_usual_frame_of_a_device_is_the_one_that_its_settings_have(settings: type[Wired]) -> None:
    usual = settings(address="1.2.3.4:1")
    assert FRAMES.get(kind_of(usual), USUAL_FRAME) == usual.frame
