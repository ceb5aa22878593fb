"""The Scale: keeps the line, looks now and then, weighs when asked.

Whoever sells asks once; the device asks the scale again as long as goods that are being put on it may change the
answer (``WAITED_FOR``), for three seconds at most. Looking at the plate between two weighings tells it whether the
goods of the last one have left: what lies there still, and may only have wandered by a step, is never sold twice (a
Dialog 06 scale sees to that by itself). Answers that nobody waits for are dropped, and after silence the line has to be
quiet before the next question: a late answer would be an old weight.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.scale.reading import (
    WAITED_FOR,
    Noise,
    NoReading,
    Order,
    Outcome,
    Reading,
    Reason,
    Say,
    ScaleProtocol,
    Talk,
)
from peripherals.supervision import Device, Power, State
from peripherals.wire import Wire

ANSWER_S = 0.5
PATIENCE_S = 3.0
AGAIN_S = 0.1
OPENING_S = 2.0
"""So long a weighing waits for the line of a device that has only just begun to open it."""
LOOK_S = 0.4
QUIET_S = 0.3
"""So long nothing may come before the line is in step again …"""
QUIET_WITHIN_S = 2.0
"""… and so long that is waited for: a line that babbles is asked all the same, and answers with noise."""
MAX_ANSWERS = 16
TEST_ORDER = Order(unit_price_minor=100)

MOVED_G = 20
"""By more than this a weight differs from the one sold last if it is another weighing: at rest a scale still wanders
by a step or two."""

_GOODS_HAVE_LEFT: tuple[Reason, ...] = ("empty", "under_zero")
"""Of the goods that were sold last, beside another weight. Motion is not enough: two answers that differ may be one
answer and noise."""
_UNPROVED: tuple[Reason, ...] = ("checksum_missing", "checksum_refused")
_ERRORS: dict[Reason, tuple[str, str]] = {
    "overload": ("overweight", ""),
    "under_zero": ("under_zero", ""),
    "not_zeroed": ("not_zeroed", ""),
    "tare_refused": ("FAILURE", "it keeps a tare of its own, or takes none"),
    "checksum_missing": ("FAILURE", "the scale wants its maker's checksum"),
    "checksum_refused": ("FAILURE", "the scale does not take this checksum and generator"),
    "garbled": ("FAILURE", "what it answers cannot be read: baud, frame, protocol"),
}
"""The error that each reason is, and what it says to who looks closer."""


class Scale(Device):
    """A scale of some protocol."""

    def __init__(
        self,
        name: str,
        address: str,
        line: Line,
        protocol: ScaleProtocol,
        *,
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name, "scale", address, line, claims=claims, rng=rng, on_change=on_change)
        self._protocol = protocol
        self._exchange: Exchange | None = None
        self._one_at_a_time = asyncio.Lock()
        self._given_up = asyncio.Event()
        self._tried = asyncio.Event()
        self._unproved: Reason | None = None
        """Why the scale did not believe this program: looking at the plate does not show that."""
        self._weighing = False
        self._sold_g: int | None = None
        """What lay on the plate when it was last sold, as long as it has not left it."""

    async def serve(self, wire: Wire) -> None:
        """Look at the plate until the line is lost."""
        self._exchange = exchange = Exchange(wire, self._protocol)
        self._tried.set()
        tasks = {asyncio.create_task(exchange.listen()), asyncio.create_task(self._look(exchange))}
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            self._exchange = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def became(self, state: State = "IDLE", power: Power = "ONLINE", error: str = "", detail: str = "") -> None:
        """It is so from now on; whoever waits for the line knows that there is none."""
        super().became(state, power, error, detail)
        self._tried.set()

    async def weigh(self, order: Order, told: Callable[[], None] = lambda: None) -> Outcome:
        """A weight, or why there is none. ``told`` is called if it does not end with the first try."""
        if self._weighing:
            return NoReading("busy")
        self._weighing = True
        self._given_up.clear()
        try:
            async with self._one_at_a_time:
                outcome = await self._weigh(order, told)
                if self._exchange is not None:
                    self._seen(outcome)
                return outcome
        except OSError:
            return NoReading("silent")
        finally:
            self._weighing = False

    async def test(self) -> str:
        """Ask the scale in earnest, once, and sell nothing: so one that wants a proof wants it now."""
        exchange = self._exchange
        if exchange is not None and not self._weighing:
            with contextlib.suppress(OSError):
                async with self._one_at_a_time:
                    self._seen(await exchange.held(self._protocol.weigh(TEST_ORDER)))
        return self.view().error

    def give_up(self) -> None:
        """End the weighing that goes on, if there is one."""
        self._given_up.set()

    async def _weigh(self, order: Order, told: Callable[[], None]) -> Outcome:
        await self._opening()
        if self._exchange is None:
            return NoReading("silent")
        exchange, again, waits = self._exchange, False, False
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_S
        try:
            while True:
                outcome = self._unsold(await exchange.held(self._protocol.weigh(order, again=again)))
                if isinstance(outcome, Reading):
                    self._sold_g = outcome.gross_g
                    return outcome
                if outcome.reason not in WAITED_FOR or loop.time() >= until:
                    return outcome
                again = outcome.reason == "motion"
                if not waits:
                    waits = True
                    self.became("BUSY")
                    told()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await self._given_up.wait()
                if self._given_up.is_set():
                    return NoReading("cancelled")
        finally:
            if (finish := self._protocol.finish(order)) is not None:
                with contextlib.suppress(OSError):
                    await exchange.held(finish)

    async def _opening(self) -> None:
        """Until the line has been opened for the first time, or could not be."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OPENING_S):
                await self._tried.wait()

    async def _look(self, exchange: Exchange) -> None:
        while True:
            async with self._one_at_a_time:
                outcome = await exchange.held(self._protocol.probe())
            self._unsold(outcome)
            self._seen(outcome)
            await asyncio.sleep(LOOK_S)

    def _unsold(self, outcome: Outcome) -> Outcome:
        """The outcome, unless it is the weighing that was sold last."""
        if self._protocol.knows_same_reading:
            return outcome
        if isinstance(outcome, Reading):
            if self._sold_g is not None and abs(outcome.gross_g - self._sold_g) <= MOVED_G:
                return NoReading("same_reading")
            self._sold_g = None
        elif outcome.reason in _GOODS_HAVE_LEFT:
            self._sold_g = None
        return outcome

    def _seen(self, outcome: Outcome) -> None:
        reason = None if isinstance(outcome, Reading) else outcome.reason
        if reason is None:
            self._unproved = None
        elif reason in _UNPROVED:
            self._unproved = reason
        elif reason not in _ERRORS and reason != "silent":
            reason = self._unproved
        if reason == "silent":
            self.became("ERROR", "OFFLINE", "TIMEOUT", "it does not answer")
        elif reason is not None:
            self.became("ERROR", "ONLINE", *_ERRORS[reason])
        else:
            self.became()


class Exchange:
    """Talks on an open line, one after another."""

    def __init__(self, wire: Wire, protocol: ScaleProtocol) -> None:
        self._wire = wire
        self._parser = protocol.parser()
        self._answers: deque[Any] = deque(maxlen=MAX_ANSWERS)
        self._heard = asyncio.Event()
        self._ended = False
        self._out_of_step = True
        """Something may still come that answers nothing of ours."""

    async def listen(self) -> None:
        """Take what comes until the line ends."""
        try:
            while data := await self._wire.read():
                self._answers.extend(self._parser.feed(data))
                self._heard.set()
        finally:
            self._ended = True
            self._heard.set()

    async def held(self, talk: Talk) -> Outcome:
        """The talk, to its end. ``OSError`` when the line is lost."""
        answer: Any = None
        try:
            while True:
                answer = await self._said(talk.send(answer))
        except StopIteration as ended:
            outcome: Outcome = ended.value
            return outcome
        finally:
            talk.close()

    async def _said(self, say: Say) -> Any:
        if self._out_of_step:
            await self._quiet()
        self._answers.clear()
        self._wire.write(say.data)
        if not say.answered:
            return None
        try:
            async with asyncio.timeout(ANSWER_S):
                while not self._answers:
                    if self._ended:
                        raise ConnectionResetError("the line is lost")
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            self._out_of_step = True
            return self._parser.torn()
        answer = self._answers.popleft()
        self._out_of_step = isinstance(answer, Noise)
        return answer

    async def _quiet(self) -> None:
        """Wait until nothing comes any more; drop what came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET_WITHIN_S):
                while not self._ended:
                    self._heard.clear()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(QUIET_S):
                            await self._heard.wait()
                            continue
                    break
        self._parser.torn()
        self._answers.clear()
        self._out_of_step = False
