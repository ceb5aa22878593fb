"""What holds for every scanner and badge reader, over TCP and on a device file: rows of the failure matrix.

The simulated machines send what real ones do; the drivers are the real ones, on their real wire.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.domain.user import BADGES
from app.facts.sales import AuditLogged
from app.till.commands import LoginBadge
from peripherals.badge.codec import BadgeFormat, Presented
from peripherals.badge.device import BadgeReader
from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.scanner.codec import Dropped, Scanned
from peripherals.scanner.device import BarcodeScanner
from peripherals.simulators.badge_machine import BadgeMachine
from peripherals.simulators.scanner_machine import ScannerMachine
from peripherals.simulators.serving import Simulator
from peripherals.supervision import Device
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeNetwork, make_till, user_set
from tests.peripherals.echoing import until

EAN, OTHER_EAN = "4006381333931", "73513537"
BADGE = "04A1B2C3"


class Counter:
    """A place at a till where a machine stands, and what the device there has read."""

    def __init__(self, simulator: Simulator, address: str, claims: Claims) -> None:
        self.simulator = simulator
        self.address = address
        self.claims = claims
        self.heard: list[Any] = []
        self._tasks: list[asyncio.Task[None]] = []

    def run(self, kind: Callable[..., Device], **settings: Any) -> Device:
        """A device of this kind, running."""
        hear = self.heard.append
        device = kind("hand", self.address, Line(), hear=hear, claims=self.claims, rng=random.Random(7), **settings)
        self._tasks.append(asyncio.create_task(device.run()))
        return device

    async def stands(self, kind: Callable[..., Device], **settings: Any) -> Device:
        """The same, once its line is open and the machine has it."""
        device = self.run(kind, **settings)
        simulator = self.simulator
        await until(lambda: device.view().state == "IDLE" and (simulator._pty or simulator._writers))
        return device

    async def does(self, command: str) -> None:
        assert await self.simulator.command(command)

    async def hears(self, command: str, heard: Any) -> None:
        """Do it until this is heard: the line may not stand yet, and after a torn code its rest is waited for."""
        async with asyncio.timeout(20):
            while heard not in self.heard:
                await self.does(command)
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.simulator.stop()


class Sort(NamedTuple):
    """A sort of reader with its machine, something to read, and what is heard of it."""

    machine: Callable[[], Any]
    device: Callable[..., Device]
    command: str
    heard: Any
    torn: str


SORTS = {
    "scanner": Sort(ScannerMachine, BarcodeScanner, f"scan {EAN}", Scanned(EAN), f"partial {EAN}"),
    "badge": Sort(BadgeMachine, BadgeReader, f"badge {BADGE}", Presented(BADGE), f"partial {BADGE}"),
}


@pytest.fixture(params=["tcp", "pty"])
async def counter(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[[Any], Any]]:
    """Puts a machine there."""
    counters: list[Counter] = []

    async def place(machine: Any) -> Counter:
        simulator = Simulator(machine)
        if request.param == "tcp":
            address = f"127.0.0.1:{await simulator.start_tcp()}"
        else:
            address = str(tmp_path / "reader")
            await simulator.start_pty(Path(address))
        counters.append(Counter(simulator, address, Claims(tmp_path / "claims")))
        return counters[-1]

    yield place
    for each in counters:
        await each.stop()


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
async def test_any_unplugged_and_put_back_under_a_new_name_it_recovers_by_its_stable_name(
    sort: Sort, counter: Any
) -> None:
    at = await counter(sort.machine())
    device = await at.stands(sort.device)
    await at.does("unplug")
    await until(lambda: device.view().power == "OFF")
    assert device.view().error in ("OFFLINE", "NOHARDWARE")
    await at.does("plug")
    await at.hears(sort.command, sort.heard)
    assert device.view().state == "IDLE"


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
async def test_any_two_owners_the_second_gets_claimed(sort: Sort, counter: Any) -> None:
    at = await counter(sort.machine())
    first = await at.stands(sort.device)
    second = at.run(sort.device)
    await until(lambda: second.view().error == "CLAIMED")
    assert first.view().state == "IDLE"
    assert second.view().state == "CLOSED"


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
async def test_any_wrong_baud_or_garbage_is_a_fault_until_something_readable_comes(sort: Sort, counter: Any) -> None:
    at = await counter(sort.machine())
    device = await at.stands(sort.device)
    await at.does("noise")
    await until(lambda: at.heard)
    assert at.heard[0].reason == "garbage"
    view = device.view()
    assert (view.state, view.power, view.error) == ("ERROR", "ONLINE", "FAILURE")
    assert "baud" in view.detail
    await at.does("garbage")  # without an end: it is dropped when nothing follows
    await until(lambda: len(at.heard) == 2)
    await at.hears(sort.command, sort.heard)
    assert device.view().state == "IDLE"
    assert [each for each in at.heard if isinstance(each, Scanned | Presented)] == [sort.heard]


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
async def test_any_a_line_that_babbles_is_not_told_over_and_over(sort: Sort, counter: Any) -> None:
    at = await counter(sort.machine())
    device = await at.stands(sort.device)
    for _ in range(500):
        assert at.simulator.machine.fault("noise")
    at.simulator.happened()
    await until(lambda: device.view().error == "FAILURE")
    await at.hears(sort.command, sort.heard)
    assert 1 <= len([each for each in at.heard if each != sort.heard]) < 50


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
async def test_any_a_code_that_does_not_come_whole_is_dropped_and_so_is_what_a_cut_line_began(
    sort: Sort, counter: Any
) -> None:
    at = await counter(sort.machine())
    await at.stands(sort.device)
    await at.does(sort.torn)
    await until(lambda: at.heard)
    assert at.heard[0].reason == "partial"
    at.heard.clear()
    await at.hears(sort.command, sort.heard)
    assert all(each == sort.heard or each.reason in ("partial", "double") for each in at.heard)


@pytest.mark.parametrize("sort", SORTS.values(), ids=list(SORTS))
async def test_any_a_code_in_which_the_line_was_lost_is_told_and_never_goes_on(sort: Sort, counter: Any) -> None:
    at = await counter(sort.machine())
    await at.stands(sort.device)
    assert at.simulator.machine.fault(sort.torn)
    await at.does("reset")  # carries what the machine has to say, and cuts
    await at.hears(sort.command, sort.heard)
    assert all(each == sort.heard or each.reason in ("partial", "double") for each in at.heard)


async def test_scanner_partial_bad_check_digit_double_read_no_line(counter: Any) -> None:
    at = await counter(ScannerMachine())
    await at.stands(BarcodeScanner, double_read_ms=10_000)
    await at.does(f"double {EAN}")
    await until(lambda: len(at.heard) == 2)
    assert at.heard == [Scanned(EAN), Dropped("double", EAN)]
    await at.does(f"misread {EAN}")
    await until(lambda: len(at.heard) == 3)
    assert at.heard[2] == Dropped("check_digit", "4006381333932")
    await at.does(f"partial {OTHER_EAN}")
    await until(lambda: len(at.heard) == 4)
    assert at.heard[3].reason == "partial"
    assert [each for each in at.heard if isinstance(each, Scanned)] == [Scanned(EAN)]


async def test_scanner_gs1_comes_whole_and_an_endless_code_is_no_code(counter: Any) -> None:
    at = await counter(ScannerMachine(aim="]C1", end="crlf"))
    await at.stands(BarcodeScanner, aim_ids=True)
    await at.does("scan 0104006381333931~10AB-7")
    await until(lambda: at.heard)
    assert at.heard == [Scanned("0104006381333931\x1d10AB-7", "gs1_128")]
    await at.does("endless")
    await until(lambda: len(at.heard) == 2)
    assert at.heard[1].reason == "too_long"


async def test_badge_lying_on_its_reader_is_presented_once_whatever_the_reader_writes(counter: Any) -> None:
    at = await counter(BadgeMachine(decimal=True, last_byte_first=True))
    await at.stands(BadgeReader, form=BadgeFormat(sends="decimal", last_byte_first=True, uid_bytes=4))
    await at.does(f"lying {BADGE}")
    await at.does("badge 0A0B0C0D")
    await until(lambda: len(at.heard) == 2)
    assert at.heard == [Presented(BADGE), Presented("0A0B0C0D")]


async def test_badge_unknown_or_blocked_is_refused_and_logged(counter: Any, tmp_path: Path) -> None:
    till = make_till(FakeNetwork(), tmp_path)
    for user, badge, ended in (("anna", BADGE, ""), ("alt", "0A0A0A0A", "2026-11-20")):
        keyed = till.books.keyed(BADGES, badge)
        assert keyed is not None
        till.engine.say([user_set(till.engine.network, user, user, ("cashier",), badge_hash=keyed, valid_until=ended)])
    at = await counter(BadgeMachine())
    await at.stands(BadgeReader)
    for badge, code in (("0BADBAD0", "badge_unknown"), ("0A0A0A0A", "user_expired")):
        at.heard.clear()
        await at.hears(f"badge {badge}", Presented(badge))
        assert await refused(till, LoginBadge(at.heard[0].number)) == code
        assert till.session.user == ""
    logged = [record.body for record in till.engine.written if record.kind == AuditLogged.kind]
    assert [(body["action"], body["user"]) for body in logged] == [("login_failed", ""), ("login_failed", "alt")]
    at.heard.clear()
    await at.hears(f"badge {BADGE}", Presented(BADGE))
    assert (await done(till, LoginBadge(at.heard[0].number)))["user"] == "anna"
