"""A printer on a serial port in the network (RFC 2217)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.print_job import Outcome, Result
from peripherals.printer import PosPrinter, Timings
from peripherals.simulators.printer_machine import PrinterMachine
from tests.peripherals.far_port import far_port


@pytest.fixture
def far() -> Iterator[tuple[str, PrinterMachine, list[str]]]:
    """Its address, the printer, and the settings that its port was given."""
    machine = PrinterMachine()

    def answered(came: bytes) -> bytes:
        machine.receive(came)
        return machine.take_replies()

    with far_port(answered) as (address, settings):
        yield address, machine, settings


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial's
async def test_it_prints_with_the_settings_of_its_line(
    far: tuple[str, PrinterMachine, list[str]], tmp_path: Path
) -> None:
    address, machine, settings = far
    printer = PosPrinter(
        address, Line(38_400, "8E1"), claims=Claims(tmp_path), rng=random.Random(1), timings=Timings(answer_s=5)
    )
    running = asyncio.create_task(printer.run())
    async with asyncio.timeout(60):
        await printer.ready()
        assert await printer.print_chunk(b"\x1b@Bon\n") == Result(Outcome.PRINTED)
    assert machine.take_paper() == "Bon\n"
    assert settings == ["38400 8E1"]
    running.cancel()
    await asyncio.wait({running})
