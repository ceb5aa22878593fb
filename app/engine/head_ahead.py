"""The head of the next sale's paper, printed behind the cut of the last: what is known of the one that hangs there.

It is no job of the queue: nobody waits for it, and of one that may or may not have come out nobody is asked. It is
kept before its first byte, when it is confirmed, when it comes into doubt (out of paper, cover open, no answer, the
till killed in the middle), and away in one step with SENDING of what is printed behind it. Only a head that is
confirmed and never came into doubt is gone on under; ``receipts/ahead.py`` says by what. Closing the till leaves it.

Of a person who tears it off unseen by the printer's sensors nobody can know.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from app.engine.print_jobs import AHEAD, Ahead, decode_ahead, encode, fingerprint
from peripherals.print_job import Outcome, Result
from receipts.page import Section

_log = logging.getLogger(__name__)

Values = dict[str, str | None]


class Prints(Protocol):
    async def print_chunk(self, data: bytes, sent: Callable[[], None]) -> Result: ...


class HeadAhead:
    """``named`` tells the printer from others; ``keep`` writes kept values durably, or raises ``refusals``;
    ``compose`` makes bytes, and raises whatever it raises."""

    def __init__(
        self,
        named: str,
        printer: Prints,
        keep: Callable[[Values], Awaitable[None]],
        compose: Callable[[Section], Awaitable[bytes]],
        refusals: type[Exception],
    ) -> None:
        self._named = named
        self._printer = printer
        self._keep = keep
        self._compose = compose
        self._refusals = refusals
        self._openings = 0
        """How often somebody may have been at the paper."""
        self._taken: tuple[Ahead | None, int] = (None, 0)
        self.hangs: Ahead | None = None
        """What hangs out of the printer, or may."""
        self.under_way = False

    def restore(self, kept: Mapping[str, str]) -> None:
        """Take over what was kept."""
        if (text := kept.get(AHEAD)) is not None:
            try:
                self.hangs = decode_ahead(text)
            except ValueError:
                _log.exception("what was printed ahead cannot be read; the next page is printed behind it")

    async def examine(self) -> None:
        """What was printed before this start is believed if the same would be sent to the same printer now."""
        if self.hangs is None or not self.hangs.sure:
            return
        data = await self._composed(Section("ahead", self.hangs.head, cut=False))
        if data is None or fingerprint(self._named, data) != self.hangs.sent:
            self.hangs = msgspec.structs.replace(self.hangs, sure=False)

    async def print(self, head: Section, unused: Section) -> Outcome | None:
        """How it ended; None if it cannot be printed at all."""
        openings = self._openings
        data = await self._composed(head)
        if data is None:
            return None
        ahead = Ahead(head.blocks, unused.blocks, fingerprint(self._named, data))
        await self._keep({AHEAD: encode(ahead)})
        self.under_way = True
        try:
            result = await self._printer.print_chunk(data, lambda: None)
        finally:
            self.under_way = False
        if result.outcome is Outcome.NOT_SENT:
            await self._keep({AHEAD: None})
            return result.outcome
        whole = result.outcome is Outcome.PRINTED and openings == self._openings
        self.hangs = msgspec.structs.replace(ahead, sure=whole)
        await self._keep({AHEAD: encode(self.hangs)})
        return result.outcome

    def opened(self) -> bool:
        """Somebody may be at the paper; whether that is a new doubt, to be kept."""
        self._openings += 1
        if self.hangs is None or not self.hangs.sure:
            return False
        self.hangs = msgspec.structs.replace(self.hangs, sure=False)
        return True

    async def keep_doubt(self) -> None:
        """Before the printer can print again, whatever becomes of the till until then."""
        try:
            if self.hangs is not None:
                await self._keep({AHEAD: encode(self.hangs)})
        except self._refusals as error:
            _log.warning("a doubt about the head that was printed ahead could not be kept: %s", error)

    def take(self) -> Values:
        """Something is printed under it, or behind it: what is kept in one step with that."""
        self._taken, self.hangs = (self.hangs, self._openings), None
        return {AHEAD: None} if self._taken[0] is not None else {}

    def put_back(self) -> Values:
        """Nothing was printed after all: what is kept in one step with that."""
        ahead, openings = self._taken
        if ahead is None:
            return {}
        self.hangs = msgspec.structs.replace(ahead, sure=ahead.sure and openings == self._openings)
        return {AHEAD: encode(self.hangs)}

    async def _composed(self, section: Section) -> bytes | None:
        try:
            return await self._compose(section)
        except Exception:  # noqa: BLE001 (whatever the library raises, jobs must be printed)
            _log.exception("the head of receipts cannot be printed ahead")
            return None
