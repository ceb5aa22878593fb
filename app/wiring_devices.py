"""Wiring's half for devices: those that ``[devices.NAME]`` of the settings names, running.

A practice device (``simulated = true``) is a simulated machine on loopback: the same wire and driver as the real one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.config import CURRENCY, Settings
from app.device_settings import (
    BadgeReaderSettings,
    CardTerminalSettings,
    DeviceSettings,
    DisplaySettings,
    GateSettings,
    ScaleSettings,
    ScannerSettings,
    Wired,
    kind_of,
)
from app.engine.charging import Charging
from app.engine.control import LEFT
from app.engine.customer_side import CustomerSide
from app.engine.devices import Devices
from app.engine.gates import Gates, OpensFor
from app.engine.local import Changes, Witness
from app.till import customer_lines
from app.till.customer_lines import words_for
from app.till.ports import BADGE_READER, MISREAD, NOT_OPENED, SCANNER, heard
from peripherals.badge.codec import Presented, Unreadable
from peripherals.badge.device import BadgeReader
from peripherals.card_terminal.device import CardTerminal
from peripherals.claiming import Claims
from peripherals.display.codec import codec
from peripherals.display.device import LineDisplay
from peripherals.gate.device import Gate
from peripherals.scale.device import Scale
from peripherals.scale.dialog import Dialog06
from peripherals.scale.mettler import Mettler8217
from peripherals.scanner.codec import Dropped, Scanned
from peripherals.scanner.device import BarcodeScanner
from peripherals.simulators.serving import Simulator
from peripherals.supervision import Device


class Ground(NamedTuple):
    """What every device is made with."""

    claims: Claims
    rng: random.Random
    changed: Callable[[], None]
    heard: Callable[[str, str, str], None]
    """Told of kind, name and text of what a device has read (a scan, a badge)."""
    language: str
    """In which the shop speaks to its customers."""


Maker = Callable[[str, Any, Ground], Device | None]
"""A device of its stable name and settings; None if it takes none to hear of it."""


def _scanner(name: str, settings: ScannerSettings, ground: Ground) -> Device:
    def hear(read: Scanned | Dropped) -> None:
        if isinstance(read, Scanned):
            ground.heard(SCANNER, name, read.text)
        else:
            ground.heard(MISREAD, name, read.reason)

    return BarcodeScanner(
        name, settings.address, settings.line, hear=hear, claims=ground.claims, rng=ground.rng,
        on_change=ground.changed, aim_ids=settings.aim_ids, double_read_ms=settings.double_read_ms,
    )  # fmt: skip


def _badge_reader(name: str, settings: BadgeReaderSettings, ground: Ground) -> Device | None:
    """None for one that types: its numbers come through the keyboard."""

    def hear(read: Presented | Unreadable) -> None:
        if isinstance(read, Presented):
            ground.heard(BADGE_READER, name, read.number)
        else:
            ground.heard(MISREAD, name, f"badge_{read.reason}")

    if settings.types:
        return None
    return BadgeReader(
        name, settings.address, settings.line, hear=hear, claims=ground.claims, rng=ground.rng,
        on_change=ground.changed, form=settings.form,
    )  # fmt: skip


def _card_terminal(name: str, settings: CardTerminalSettings, ground: Ground) -> Device:
    return CardTerminal(
        name,
        settings.address,
        settings.line,
        password=settings.password,
        currency=CURRENCY,
        serial=settings.in_frames,
        claims=ground.claims,
        rng=ground.rng,
        on_change=ground.changed,
    )


def _display(name: str, settings: DisplaySettings, ground: Ground) -> Device:
    return LineDisplay(
        name, settings.address, settings.line, codec=codec(settings.command_set, settings.charset or None),
        claims=ground.claims, rng=ground.rng, on_change=ground.changed,
        farewell=customer_lines.closed(words_for(ground.language)),
    )  # fmt: skip


def _gate(name: str, settings: GateSettings, ground: Ground) -> Device:
    return Gate(
        name, settings.address, settings.line, strokes=settings.strokes, pulse_s=settings.pulse_ms / 1000,
        claims=ground.claims, rng=ground.rng, on_change=ground.changed,
    )  # fmt: skip


def _scale(name: str, settings: ScaleSettings, ground: Ground) -> Device | None:
    """None for one that has no line: its weights are typed."""
    if settings.protocol == "manual":
        return None
    protocol = Mettler8217() if settings.protocol == "mettler8217" else Dialog06(settings.secret)
    return Scale(
        name, settings.address, settings.line, protocol, claims=ground.claims, rng=ground.rng, on_change=ground.changed
    )


Practised = Callable[[str, Simulator], None]
"""Told of each simulated machine that runs, by its device's name."""


def unpractised(_name: str, _simulator: Simulator) -> None:
    """Where nobody tells machines anything."""


MAKERS: Mapping[type[Wired], Maker] = {
    ScannerSettings: _scanner,
    ScaleSettings: _scale,
    BadgeReaderSettings: _badge_reader,
    CardTerminalSettings: _card_terminal,
    DisplaySettings: _display,
    GateSettings: _gate,
}
"""By the class of settings."""


def device_claims() -> Claims:
    """The claims of this user on this machine."""
    return Claims(Path(tempfile.gettempdir()) / f"tillmesh-devices-{os.getuid()}")


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    changed: Callable[[], None],
    heard: Callable[[str, str, str], None],
    practised: Practised = unpractised,
) -> AsyncIterator[Devices]:
    """The devices of these settings, each kept until the end."""
    ground = Ground(device_claims(), random.Random(os.urandom(8)), changed, heard, settings.till.language)
    async with contextlib.AsyncExitStack() as stack:
        devices: dict[str, Device] = {}
        for name, each in settings.devices.items():
            device = MAKERS[type(each)](name, await _placed(name, each, stack, practised), ground)
            if device is None:
                continue
            devices[name] = device
            task = asyncio.create_task(device.run(), name=f"{kind_of(each)} {name}")
            stack.push_async_callback(_end, task)
        yield Devices(devices)


def witnesses(settings: Settings, devices: Devices, kept: str | None, changes: Changes) -> list[Witness]:
    """Those devices that hear what is sold. ``kept`` is the open sale of before."""
    found: list[Witness] = []
    gates: dict[str, tuple[Gate, OpensFor]] = {}
    for name, each in settings.devices.items():
        device = devices.named(name)
        if isinstance(each, DisplaySettings) and isinstance(device, LineDisplay):
            side = CustomerSide(words_for(settings.till.language, each.greeting), device.show)
            side.kept(kept)
            changes.listen(partial(_told, side))
            found.append(side)
        elif isinstance(each, GateSettings) and isinstance(device, Gate) and each.opens_for:
            gates[name] = (device, OpensFor(each.opens_for, each.each))
    not_opened = partial(_not_opened, changes)
    return [*found, Gates(gates, not_opened)] if gates else found


def _not_opened(changes: Changes, gate: str, receipt_no: str) -> None:
    changes.announce(heard(NOT_OPENED, gate, receipt_no))


def _told(side: CustomerSide, what: str) -> None:
    if what == LEFT:
        side.left()


async def _placed(
    name: str, settings: DeviceSettings, stack: contextlib.AsyncExitStack, practised: Practised
) -> DeviceSettings:
    """The settings with the address of the simulated machine, if it is one."""
    if not settings.simulated:
        return settings
    from app.wiring_simulated import machine_of

    simulator = Simulator(machine_of(settings))
    port = await simulator.start_tcp()
    stack.push_async_callback(simulator.stop)
    practised(name, simulator)
    return msgspec.structs.replace(settings, address=f"127.0.0.1:{port}")


@contextlib.asynccontextmanager
async def charging(
    devices: Devices,
    kept: Mapping[str, str],
    keep: Callable[[dict[str, str | None]], Awaitable[None]],
    refusals: type[Exception],
    announce: Callable[[str], None],
) -> AsyncIterator[Charging]:
    """Money by card at the first of the card terminals; what is uncertain is asked about until the end."""
    found = Charging(devices.first(CardTerminal), kept, keep, refusals=refusals, announce=announce)
    asking = asyncio.create_task(found.run(), name="card payments")
    try:
        yield found
    finally:
        await _end(asking)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
