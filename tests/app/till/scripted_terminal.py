"""A card terminal that does what a test says next, and remembers what it moved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from peripherals.card_terminal.exchange import Ended
from peripherals.card_terminal.payment import Intent, Outcome, Verdict, resolved
from peripherals.card_terminal.status_information import Transaction

LOST = Verdict(Outcome.UNCERTAIN, "line_lost")
DECLINED = Verdict(Outcome.DECLINED, "declined", 0x05)
EXPIRED = Verdict(Outcome.DECLINED, "card_expired", 0x78)
SETTLED = Verdict(Outcome.DECLINED, "reversal_not_possible", 0xB5)
UNTOLD = Verdict(Outcome.UNCERTAIN, "not_told")


class ScriptedTerminal:
    """``verdicts`` are the next ends of ``move``, ``resolutions`` of ``resolve``; without one all goes well.

    What is ``LOST`` has been charged all the same, unless ``loses_before``; asked, it says what is true.
    """

    def __init__(self, terminal_id: str = "52500041") -> None:
        self.verdicts: list[Verdict] = []
        self.resolutions: list[Verdict] = []
        self.moved: list[tuple[str, int]] = []
        self.asked = 0
        self.loses_before = False
        self.aborts = 0
        self.away = asyncio.Event()
        self.away.set()
        """Cleared: it cannot be asked."""
        self.holds = asyncio.Event()
        self.holds.set()
        """Cleared: a customer takes his time."""
        self._last = Transaction(0, 100, 978, 41, 7, terminal_id, "girocard")

    @property
    def before(self) -> Transaction | None:
        return self._last

    async def ready(self) -> None:
        await self.away.wait()

    async def move(self, intent: Intent, told: Callable[[str], None] = lambda _: None) -> Verdict:
        told("insert_card")
        await self.holds.wait()
        if not self.verdicts:
            return self._approved(intent)
        found = self.verdicts.pop(0)
        if found is LOST and not self.loses_before:
            self._approved(intent)
        return found

    async def resolve(self, intent: Intent, heard: Transaction | None) -> Verdict:
        self.asked += 1
        if self.resolutions:
            return self.resolutions.pop(0)
        return resolved(intent, heard, Ended("done", accepted=True, transaction=self._last))

    def charges_unheard(self, amount_minor: int) -> None:
        """A customer has paid what nobody heard of."""
        self._approved(Intent("payment", amount_minor, "EUR"))

    async def end_of_day(self) -> Ended:
        return Ended("done", accepted=True, slip=("Kassenschnitt",))

    def abort(self) -> None:
        self.aborts += 1
        self.verdicts.append(Verdict(Outcome.DECLINED, "aborted", 0x6C))
        self.holds.set()

    def _approved(self, intent: Intent) -> Verdict:
        self.moved.append((intent.kind, intent.amount_minor))
        number = (self._last.trace or 0) + 1, (self._last.receipt_no or 0) + 1
        self._last = msgspec.structs.replace(
            self._last, amount_minor=intent.amount_minor, trace=number[0], receipt_no=number[1]
        )
        return Verdict(Outcome.APPROVED, transaction=self._last, slip=("Beleg 0008", "Zahlung erfolgt"))
