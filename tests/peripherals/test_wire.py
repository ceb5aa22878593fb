"""Lines to devices: what goes in comes out, on each of them; what cannot be opened says why."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from serial import serial_for_url

from peripherals.claiming import Claims
from peripherals.device_file import check_parity
from peripherals.line import Line
from peripherals.opening import open_wire
from peripherals.simulators.serving import Simulator
from peripherals.supervision import Device
from peripherals.wire import MAX_UNSENT_BYTES, Wire, WireError, WireFull
from tests.peripherals.echoing import Asking, Echo, until
from tests.peripherals.far_port import far_port


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    return Claims(tmp_path / "claims")


@pytest.fixture(params=["tcp", "pty"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Simulator, str]]:
    """An echoing machine and where it is."""
    simulator = Simulator(Echo())
    if request.param == "tcp":
        address = f"127.0.0.1:{await simulator.start_tcp()}"
    else:
        address = str(tmp_path / "device")
        await simulator.start_pty(Path(address))
    yield simulator, address
    await simulator.stop()


async def heard(wire: Wire, length: int) -> bytes:
    data = b""
    async with asyncio.timeout(20):
        while len(data) < length:
            data += await wire.read()
    return data


async def test_all_bytes_go_both_ways(place: tuple[Simulator, str], claims: Claims) -> None:
    wire = await open_wire(place[1], claims=claims)
    every = bytes(range(256))
    wire.write(every)
    await wire.drain(20)
    assert await heard(wire, 512) == every * 2
    await wire.close()


async def test_a_line_that_is_cut_ends_and_stands_again(place: tuple[Simulator, str], claims: Claims) -> None:
    simulator, address = place
    for fault in ("drop", "reset", "hang_up"):
        wire = await open_wire(address, claims=claims)
        wire.write(b"a")
        assert await heard(wire, 2) == b"aa"
        assert await simulator.command(fault)
        with contextlib.suppress(OSError):
            async with asyncio.timeout(20):
                assert await wire.read() == b""
        await wire.close()


async def test_a_machine_may_be_late_mute_or_noisy(place: tuple[Simulator, str], claims: Claims) -> None:
    simulator, address = place
    assert not await simulator.command("explode")
    wire = await open_wire(address, claims=claims)
    await simulator.command("late")
    wire.write(b"ab")
    assert await heard(wire, 4) == b"abab"
    await simulator.command("garbage")
    assert len(await heard(wire, 16)) == 16
    await simulator.command("mute")
    wire.write(b"nobody hears this")
    machine = simulator.machine
    assert isinstance(machine, Echo)
    await until(lambda: machine.received.endswith(b"this") and not machine.wakes_in_s)
    await simulator.command("unmute")
    wire.write(b"x")
    assert await heard(wire, 2) == b"xx"
    await wire.close()


async def test_what_nobody_takes_is_refused_and_not_kept(tmp_path: Path, claims: Claims) -> None:
    near, far = os.openpty()
    wire = await open_wire(os.ttyname(far), claims=claims)
    wire.write(b"x" * MAX_UNSENT_BYTES)
    with pytest.raises(WireFull):
        wire.write(b"x" * MAX_UNSENT_BYTES)
    with pytest.raises(TimeoutError):
        await wire.drain(0.05)
    await wire.close()
    os.close(near)
    os.close(far)


async def test_seven_bits_on_a_pseudo_terminal(tmp_path: Path, claims: Claims) -> None:
    simulator = Simulator(Echo())
    await simulator.start_pty(tmp_path / "device")
    wire = await open_wire(str(tmp_path / "device"), Line(frame="7E1"), claims=claims)
    wire.write(b"\xc1")
    assert await heard(wire, 2) == b"AA"
    await wire.close()
    await simulator.stop()


def test_a_port_with_parity_looks_at_it() -> None:
    near, far = os.openpty()  # knows no parity, and keeps the flags all the same
    with serial_for_url(os.ttyname(far), 9600, exclusive=None):
        assert not termios.tcgetattr(far)[0] & termios.INPCK, "pyserial does not"
        check_parity(far)
        assert termios.tcgetattr(far)[0] & (termios.INPCK | termios.IGNPAR | termios.PARMRK) == termios.INPCK
    os.close(near)
    os.close(far)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("127.0.0.1:1", "NOHARDWARE"),
        ("/dev/serial/by-id/nothing", "NOHARDWARE"),
        (__file__, "FAILURE"),
        ("rfc2217://127.0.0.1:1", "NOHARDWARE"),
    ],
)
async def test_what_cannot_be_opened_says_why(address: str, code: str, claims: Claims) -> None:
    for _twice in range(2):  # the claim is given back
        with pytest.raises(WireError) as refused:
            await open_wire(address, claims=claims, timeout_s=20)
        assert refused.value.code == code
        assert refused.value.reason


@pytest.mark.parametrize("line", [Line(0), Line(9600, "9X1")])
async def test_a_line_that_no_port_can_be_set_to(line: Line, claims: Claims) -> None:
    with pytest.raises(ValueError, match=r"baud|frame"):
        line.check()


async def test_the_second_gets_claimed(place: tuple[Simulator, str], claims: Claims, tmp_path: Path) -> None:
    """In this process, in another, and by another name of the same device; not any more when the first has closed."""
    address = place[1]
    wire = await open_wire(address, claims=claims)
    names = [address]
    if address.startswith("/"):
        (tmp_path / "other name").symlink_to(address)
        names.append(str(tmp_path / "other name"))
    for name in names:
        with pytest.raises(WireError) as refused:
            await open_wire(name, claims=claims)
        assert refused.value.code == "CLAIMED"
    script = "import sys, pathlib, peripherals.claiming as c; c.Claims(pathlib.Path(sys.argv[1])).claim(sys.argv[2])"
    command = [sys.executable, "-c", script, str(tmp_path / "claims"), address]
    other = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert "Claimed" in other.stderr
    await wire.close()
    again = await open_wire(address, claims=claims)
    await again.close()


@pytest.fixture
def port_server() -> Iterator[tuple[str, list[str]]]:
    """An RFC 2217 server with a looped port behind it; its address, and the settings that it was given."""
    with far_port(bytes) as found:
        yield found


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial's
async def test_a_port_in_the_network_gets_its_settings(port_server: tuple[str, list[str]], claims: Claims) -> None:
    address, settings = port_server
    wire = await open_wire(address, Line(4800, "7E1"), claims=claims, timeout_s=20)
    wire.write(b"hello")
    await wire.drain(20)
    assert await heard(wire, 5) == b"hello"
    assert settings == ["4800 7E1"]
    await wire.close()


async def test_a_device_comes_back_under_a_new_name(place: tuple[Simulator, str], claims: Claims) -> None:
    """Unplugged and plugged in again: found by its stable name, within the pauses between tries."""
    simulator, address = place
    told: list[str] = []
    device: Device = Asking(
        "desk", "test", address, claims=claims, rng=random.Random(1), on_change=lambda: told.append("")
    )
    running = asyncio.create_task(device.run())
    await until(lambda: device.view().state == "IDLE")
    await simulator.command("unplug")
    await until(lambda: device.view().error == "NOHARDWARE")
    assert (device.view().state, device.view().power) == ("CLOSED", "OFF")
    await simulator.command("plug")
    await until(lambda: device.view().state == "IDLE")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert told


async def test_a_device_whose_driver_fails_is_tried_again(place: tuple[Simulator, str], claims: Claims) -> None:
    class Failing(Asking):
        tries = 0

        async def serve(self, wire: Wire) -> None:
            self.tries += 1
            if self.tries == 1:
                raise KeyError("a mistake of ours")
            await super().serve(wire)

    device = Failing("desk", "test", place[1], claims=claims, rng=random.Random(1))
    running = asyncio.create_task(device.run())
    await until(lambda: device.view().state == "IDLE")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert device.tries == 2
