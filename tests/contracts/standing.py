"""A simulated device on its wire, and a driver that runs beside it: what the contracts' stands have in common."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

from peripherals.claiming import Claims
from peripherals.simulators.serving import Machine, Simulator
from peripherals.supervision import Device

D = TypeVar("D", bound=Device)


class OnWire:
    """A machine, by TCP or a device file in the folder; ``address`` once it is started."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.simulator = Simulator(machine)
        self.claims = Claims(folder / "claims")
        self.folder = folder
        self.address = ""

    async def start(self, wire: str) -> None:
        if wire == "tcp":
            self.address = f"127.0.0.1:{await self.simulator.start_tcp()}"
        else:
            self.address = str(self.folder / "device")
            await self.simulator.start_pty(Path(self.address))


@contextlib.asynccontextmanager
async def running(device: D) -> AsyncIterator[D]:
    task = asyncio.create_task(device.run())
    try:
        yield device
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
