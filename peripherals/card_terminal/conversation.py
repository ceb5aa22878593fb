"""A line to a card terminal that is open: one exchange after the other, each bounded in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from peripherals.card_terminal import apdu
from peripherals.card_terminal.apdu import Apdu, Malformed
from peripherals.card_terminal.exchange import Ended, Exchange
from peripherals.card_terminal.framing import Framing
from peripherals.wire import Wire

HALF_S = 5.0
"""A message that has begun is whole within this, or the line is not to be trusted."""


class NotSent(OSError):
    """Not a byte of the request has left."""


class Conversation:
    """Feed it with ``listen`` as long as the line holds."""

    def __init__(self, wire: Wire, framing: Framing, *, half_s: float = HALF_S) -> None:
        self._wire = wire
        self._framing = framing
        self._half_s = half_s
        self._exchange: Exchange | None = None
        self._news = asyncio.Event()
        self._heard_at_s = 0.0
        self.gone = asyncio.Event()

    async def listen(self) -> None:
        """Hear what comes until the line ends. ``OSError`` when it is lost or not to be understood."""
        try:
            while data := await self._wire.read():
                self._hear(data)
        except Malformed as error:
            raise OSError(str(error)) from None
        finally:
            self.hang_up()

    async def run(self, request: Apdu, told: Callable[[str], None] = lambda _: None) -> Ended:
        """Carry the request out; ``told`` hears how far it is. ``NotSent`` if the line is lost already.

        A line that is lost meanwhile ends it as ``silent``, with what had been heard.
        """
        now_s = asyncio.get_running_loop().time
        if self.gone.is_set():
            raise NotSent("the line is lost")
        self._exchange = exchange = Exchange(now_s())
        shown = ""
        try:
            self._framing.send(request)
            self._flush()
            while exchange.ended is None and not self.gone.is_set():
                self._news.clear()
                await self._wait(exchange, now_s())
                exchange.look_at(now_s())
                if self._framing.half and now_s() - self._heard_at_s >= self._half_s:
                    break
                if exchange.progress != shown:
                    shown = exchange.progress
                    told(shown)
            return exchange.ended or exchange.cut()
        except Malformed:
            return exchange.cut()
        finally:
            self._exchange = None

    def abort(self) -> None:
        """Ask the terminal to give up what runs; how that ends, the exchange hears."""
        if self._exchange is not None and self._exchange.ended is None and not self.gone.is_set():
            try:
                self._framing.send(apdu.abort())
                self._flush()
            except (Malformed, OSError):
                self.hang_up()

    def hang_up(self) -> None:
        """The line is not to be used any more; what runs on it ends as ``silent``."""
        self.gone.set()
        self._news.set()

    async def _wait(self, exchange: Exchange, now_s: float) -> None:
        until_s = exchange.deadline_s
        if self._framing.half:
            until_s = min(until_s, self._heard_at_s + self._half_s)
        try:
            async with asyncio.timeout(max(0.0, until_s - now_s)):
                await self._news.wait()
        except TimeoutError:
            return

    def _hear(self, data: bytes) -> None:
        now_s = self._heard_at_s = asyncio.get_running_loop().time()
        for heard in self._framing.receive(data):
            # What nobody asked for is not acknowledged: it may be about money that nobody would book.
            if self._exchange is not None:
                for answer in self._exchange.hear(heard, now_s):
                    self._framing.send(answer)
        self._flush()
        self._news.set()

    def _flush(self) -> None:
        if output := self._framing.take_output():
            self._wire.write(output)
