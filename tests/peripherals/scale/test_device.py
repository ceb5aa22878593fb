"""Whatever happens on a plate and on the line, what is sold lay there, alone and at rest, and is sold once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.scale import device
from peripherals.scale.device import Scale
from peripherals.scale.dialog import Dialog06
from peripherals.scale.mettler import Mettler8217
from peripherals.scale.reading import Order, Reading, ScaleProtocol
from peripherals.simulators.scale_machine import DialogMachine, MettlerMachine, ScaleMachine
from peripherals.wire import Wire


class Loop(Wire):
    """A line in memory to a machine that answers at once."""

    def __init__(self, machine: ScaleMachine) -> None:
        self.machine = machine
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    async def read(self) -> bytes:
        return await self.came.get()

    def write(self, data: bytes) -> None:
        self.machine.receive(data)
        if replies := self.machine.take_replies():
            self.came.put_nowait(replies)

    async def drain(self, timeout_s: float) -> None: ...

    async def _close(self) -> None: ...


LOADS = st.sampled_from([-100, 0, 10, 250, 251, 500, 15_001]).map(lambda grams: f"load {grams}")
FAULTS = st.sampled_from(["motion", "still", "half", "slip", "wrong_parity", "right_parity", "noise"])
TARES = st.sampled_from([0, 0, 0, 12, 250])
STEPS = st.lists(st.one_of(LOADS, TARES, TARES, FAULTS), min_size=1, max_size=14)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"PATIENCE_S": 0, "ANSWER_S": 0.01, "QUIET_S": 0.001, "AGAIN_S": 0, "LOOK_S": 0}.items():
        monkeypatch.setattr(device, name, seconds)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, protocol=st.sampled_from([(Mettler8217, MettlerMachine), (Dialog06, DialogMachine)]))
@example(["load 10", 0, 12], (Mettler8217, MettlerMachine))
@example(["load 250", 0, 250], (Mettler8217, MettlerMachine))
def test_what_is_sold_lay_on_the_plate_at_rest_and_is_sold_once(
    steps: list[str | int], protocol: tuple[type[ScaleProtocol], type[ScaleMachine]]
) -> None:
    asyncio.run(_played(steps, protocol[0](), protocol[1]()))


async def _played(steps: list[str | int], protocol: ScaleProtocol, machine: ScaleMachine) -> None:
    scale = Scale("s", "", Line(), protocol, claims=Claims(Path()), rng=random.Random(1))
    wire = Loop(machine)
    serving = asyncio.create_task(scale.serve(wire))
    await asyncio.sleep(0)
    fresh = False
    """Whether what lies there has come since the last sale."""
    for step in [*steps, 0]:
        if step == "noise":
            wire.came.put_nowait(b"\x0203.333\r\x80\x02")
        elif isinstance(step, str):
            before = machine.load_g
            machine.fault(step)
            fresh = fresh or machine.load_g != before
        else:
            outcome = await scale.weigh(Order(790, step))
            if isinstance(outcome, Reading):
                assert outcome.gross_g == machine.load_g, "it is what lies there"
                assert not machine.moving
                assert outcome.net_g > 0
                assert fresh, "one weighing is sold once"
                fresh = False
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
