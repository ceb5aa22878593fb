"""The LineDisplay: shows the latest text, and never holds up whoever has one to show.

Text that is overtaken before the line is free is not sent at all. The line counts as busy for as long as a serial one
takes, since a port hides what it has not sent yet: the display is never more than one text behind.

Displays do not answer, so one that was switched off and on is not noticed. The text is therefore written again now
and then, without a flicker; a plug that is pulled ends the line, and the latest text is there when it stands again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

from peripherals.claiming import Claims
from peripherals.display.codec import Codec
from peripherals.display.text import BLANK, Lines
from peripherals.line import Line
from peripherals.silent import SilentDevice
from peripherals.wire import Wire

AGAIN_S = 10.0
"""How long a display that was switched off and on may stay dark."""
WRITE_S = 2.0
FAREWELL_S = 0.5
BITS_PER_BYTE = 10
TEST_S = 5.0
TEST: Lines = (("ABCDEFGHIJKLMNOPQRST", ""), ("äöüÄÖÜß €", "0123456789"))


class LineDisplay(SilentDevice):
    """A display of two times twenty characters. ``farewell`` stays on it when the till is closed."""

    def __init__(
        self,
        name: str,
        address: str,
        line: Line = Line(),  # noqa: B008 - a frozen value
        *,
        codec: Codec,
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
        farewell: Lines = BLANK,
    ) -> None:
        super().__init__(name, "display", address, line, claims=claims, rng=rng, on_change=on_change)
        self._codec = codec
        self._byte_s = BITS_PER_BYTE / line.baud
        self._farewell = farewell
        self._wanted: Lines = farewell
        self._testing = False
        self._other = asyncio.Event()
        self._told = asyncio.Event()

    def show(self, lines: Lines) -> None:
        """This is to be seen from now on; returns at once, whether there is a display or not."""
        if lines != self._wanted:
            self._wanted = lines
            self._other.set()

    def clear(self) -> None:
        """Nothing is to be seen."""
        self.show(BLANK)

    async def test(self) -> str:
        """Show all sorts of characters for some seconds; returns when it has been told."""
        if self._view.error:
            return self._view.error
        self._testing = True
        self._told.clear()
        self._other.set()
        asyncio.get_running_loop().call_later(TEST_S, self._tested)
        try:
            async with asyncio.timeout(2 * WRITE_S):
                await self._told.wait()
        except TimeoutError:
            return self.view().error or "TIMEOUT"
        return ""

    def _tested(self) -> None:
        self._testing = False
        self._other.set()

    async def tell(self, wire: Wire) -> None:
        """Write the latest text whenever it is another one, and now and then again."""
        try:
            await self._written(wire, self._codec.begin + self._codec.blank())
            self.became()
            shown: Lines | None = None
            while True:
                self._other.clear()
                lines = TEST if self._testing else self._wanted
                await self._written(wire, self._codec.again(lines) if lines == shown else self._codec.show(lines))
                shown = lines
                if lines is TEST:
                    self._told.set()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await self._other.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                wire.write(self._codec.show(self._farewell))
                await wire.drain(FAREWELL_S)
            raise

    async def _written(self, wire: Wire, data: bytes) -> None:
        wire.write(data)
        await wire.drain(WRITE_S)
        await asyncio.sleep(len(data) * self._byte_s)
