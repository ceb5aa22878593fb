"""The card terminal as a device: supervised, registered, one exchange at a time.

A line that has just been opened is good once the terminal has let itself be registered (``06 00``), says that it is at
rest (``05 01``), and what it did last (``06 20``). As long as a customer is still busy with what an earlier line began
it says so, and is asked again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec

from peripherals.card_terminal import apdu
from peripherals.card_terminal.apdu import NUMERIC, Apdu
from peripherals.card_terminal.conversation import HALF_S, Conversation, NotSent
from peripherals.card_terminal.exchange import Ended
from peripherals.card_terminal.framing import SerialFraming, TcpFraming
from peripherals.card_terminal.payment import Intent, Outcome, Verdict, resolved, verdict
from peripherals.card_terminal.result_codes import reason_of
from peripherals.card_terminal.status_information import Transaction
from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.supervision import Device
from peripherals.wire import Wire

BUSY = frozenset((0x9C, 0xA0, 0xDC))


class Timings(msgspec.Struct, frozen=True):
    """All waits, in seconds."""

    busy_again_s: float = 1.0
    busy_s: float = 300.0
    """How long a terminal may be busy with what nobody hears the end of."""
    look_s: float = 30.0
    """How often a line that is at rest is tried, so that a terminal that is off does not surprise a customer."""
    half_s: float = HALF_S


class CardTerminal(Device):
    """A card terminal; ``password`` and ``currency`` as ZVT wants them: six digits, an ISO 4217 code."""

    def __init__(
        self,
        name: str,
        address: str,
        line: Line,
        *,
        password: str,
        currency: str,
        serial: bool,
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
        timings: Timings | None = None,
    ) -> None:
        super().__init__(name, "card_terminal", address, line, claims=claims, rng=rng, on_change=on_change)
        self._password = password
        self._currency = NUMERIC[currency]
        self._serial = serial
        self._timings = timings or Timings()
        self._conversation: Conversation | None = None
        self._ready = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._before: Transaction | None = None
        self._moving = False

    async def serve(self, wire: Wire) -> None:
        framing = SerialFraming() if self._serial else TcpFraming()
        conversation = Conversation(wire, framing, half_s=self._timings.half_s)
        listening = asyncio.create_task(conversation.listen())
        working = asyncio.create_task(self._keep(conversation))
        gone: asyncio.Task[object] = asyncio.create_task(conversation.gone.wait())
        try:
            await asyncio.wait({listening, working, gone}, return_when=asyncio.FIRST_COMPLETED)
            for task in (working, listening):
                if task.done():
                    task.result()
        finally:
            self._ready.clear()
            self._conversation = None
            for each in (listening, working, gone):
                each.cancel()
            await asyncio.gather(listening, working, gone, return_exceptions=True)

    async def ready(self) -> None:
        """Return when it could be asked."""
        await self._ready.wait()

    @property
    def before(self) -> Transaction | None:
        """What it did last, as far as it has said; of an intent, what was before it."""
        return self._before

    async def move(self, intent: Intent, told: Callable[[str], None] = lambda _: None) -> Verdict:
        """Say once what is to be moved. Declined as ``offline`` if not a byte of that has left.

        The intent must be durable before this is called. Cancelled in the middle it is uncertain.
        """
        async with self._one_at_a_time:
            conversation = self._conversation
            request = intent.request(self._password)
            try:
                # A line may have died quietly: that is found out before money is at stake.
                reason = "offline" if conversation is None else await self._at_rest(conversation)
                if conversation is None or reason:
                    return Verdict(Outcome.DECLINED, reason)
                self._moving = True
                self.became("BUSY")
                ended = await conversation.run(request, told)
            except NotSent:
                return Verdict(Outcome.DECLINED, "offline")
            except OSError:
                return Verdict(Outcome.UNCERTAIN, "line_lost")
            finally:
                self._moving = False
            told_of = verdict(intent, ended)
            if told_of.outcome is Outcome.UNCERTAIN:
                self._give_up(conversation)
            else:
                self._before = ended.transaction or self._before
                self.became()
            return told_of

    async def resolve(self, intent: Intent, heard: Transaction | None) -> Verdict:
        """What became of an intent whose end was not heard; asks, never moves."""
        try:
            ended = await self._run(apdu.repeat_receipt(self._password))
        except OSError:
            return Verdict(Outcome.UNCERTAIN, "line_lost", transaction=heard)
        return resolved(intent, heard, ended)

    def abort(self) -> None:
        """Give up what is being moved, if the terminal still can."""
        if self._moving and self._conversation is not None:
            self._conversation.abort()

    async def end_of_day(self) -> Ended:
        """Settle with the card companies. ``OSError`` if it cannot be asked."""
        ended = await self._run(apdu.end_of_day(self._password))
        again = await self._run(apdu.repeat_receipt(self._password))
        self._before = again.transaction
        return ended

    async def test(self) -> str:
        """Whether it could take money now: empty, or why not."""
        async with self._one_at_a_time:
            if self._conversation is None:
                return "offline"
            try:
                return await self._at_rest(self._conversation)
            except OSError:
                return "offline"

    async def _run(self, request: Apdu) -> Ended:
        async with self._one_at_a_time:
            if (conversation := self._conversation) is None:
                raise NotSent("the terminal is not connected")
            ended = await conversation.run(request)
            if ended.how == "silent":
                self._give_up(conversation)
                raise OSError("the terminal does not answer")
            return ended

    async def _keep(self, conversation: Conversation) -> None:
        """Get the terminal ready, then see now and then whether it still is."""
        await self._registered(conversation)
        self._conversation = conversation
        self.became()
        self._ready.set()
        while True:
            await asyncio.sleep(self._timings.look_s)
            if self._one_at_a_time.locked():
                continue
            async with self._one_at_a_time:
                if await self._at_rest(conversation) == "offline":
                    raise OSError("the terminal does not answer")

    async def _registered(self, conversation: Conversation) -> None:
        """``OSError`` says why it is not."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self._timings.busy_s
        for request in (
            apdu.register(self._password, self._currency),
            apdu.status_enquiry(self._password),
            apdu.repeat_receipt(self._password),
        ):
            ended = await conversation.run(request)
            while ended.how == "refused" and ended.code in BUSY and loop.time() < until_s:
                self.became("BUSY", "ONLINE", "BUSY")
                await asyncio.sleep(self._timings.busy_again_s)
                ended = await conversation.run(request)
            if ended.how == "silent":
                raise OSError("the terminal does not answer; look at its cable, address, baud and frame")
            if ended.how != "done" and request.control != apdu.REPEAT_RECEIPT:
                raise OSError(f"the terminal refuses to be registered ({reason_of(ended.code)}, {ended.code:02X}h)")
            self._before = ended.transaction

    async def _at_rest(self, conversation: Conversation) -> str:
        """Why it could not be asked for money now; empty if it could."""
        ended = await conversation.run(apdu.status_enquiry(self._password))
        if ended.how == "silent":
            self._give_up(conversation)
            return "offline"
        return "" if ended.how == "done" else reason_of(ended.code)

    def _give_up(self, conversation: Conversation) -> None:
        """This line is not to be used again: the next one begins with questions."""
        if self._conversation is conversation:
            self._conversation = None
            self._ready.clear()
        conversation.hang_up()
