"""RFIDScanner: a badge reader on a line of its own, or one that PC/SC knows."""

from __future__ import annotations

import random
from collections.abc import Callable

from peripherals.badge import pcsc
from peripherals.badge.codec import PCSC, BadgeCodec, BadgeFormat, Presented, Unreadable
from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.reader import Reader
from peripherals.wire import Wire

KIND = "badge_reader"


class BadgeReader(Reader[Presented | Unreadable]):
    """Tells ``hear`` each badge that is held to it, by the number that the shop writes."""

    def __init__(
        self,
        name: str,
        address: str,
        line: Line,
        *,
        hear: Callable[[Presented | Unreadable], None],
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
        form: BadgeFormat = BadgeFormat(),  # noqa: B008 - a frozen value
    ) -> None:
        super().__init__(name, KIND, address, line, hear=hear, claims=claims, rng=rng, on_change=on_change)
        self._form = form

    def codec(self) -> BadgeCodec:
        """As the settings say."""
        return BadgeCodec(self._form)

    def unreadable(self, heard: Presented | Unreadable) -> bool:
        """Whether no badge looks like this: the reader, or how it is said to write, is wrong."""
        return isinstance(heard, Unreadable) and heard.reason != "partial"

    async def opened(self) -> Wire:
        """Its line; a PC/SC reader's is one as well."""
        if self.address.startswith(PCSC):
            return await pcsc.open_reader(self.address, self._claims)
        return await super().opened()
