"""Money by card: every order is durable before the terminal hears of it, and until it is booked or known not to be.

================  ==================================================  =======================================
state             meaning                                             ends
================  ==================================================  =======================================
SENDING           the terminal may have been told                     by its answer; found at the start it is
                                                                      UNCERTAIN
UNCERTAIN         nobody knows; the terminal is asked as soon as it   by what it says; if that does not do, by
                  can be (never told a second time)                   a person who has read it (``say``)
APPROVED          money has moved and no receipt has it yet           in one step with the sale that holds it
================  ==================================================  =======================================

Declined orders leave nothing behind. As long as one is UNCERTAIN no other is begun: the terminal's last transaction
would be another. The sale that an order belongs to does not leave the counter without it (``check``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from app.domain.card import MAX_SLIP_LINES, CardAnswer, CardOrder, CardProof, TerminalDay
from app.facts.base import Fact
from app.facts.sales import AuditLogged
from app.till.ports import JournalRefused, charging
from peripherals.card_terminal.exchange import Ended
from peripherals.card_terminal.payment import Intent, Outcome, Verdict
from peripherals.card_terminal.result_codes import reason_of
from peripherals.card_terminal.status_information import Transaction

PREFIX = "charge/"
RESOLVE_S = 30.0
"""How long a cashier is kept waiting while a terminal whose line was lost is asked; that goes on afterwards."""
ASK_AGAIN_S = 1.0

_log = logging.getLogger(__name__)


class Terminal(Protocol):
    """What is needed of ``peripherals.card_terminal.device.CardTerminal``."""

    @property
    def before(self) -> Transaction | None: ...

    async def ready(self) -> None: ...

    async def move(self, intent: Intent, told: Callable[[str], None] = ...) -> Verdict: ...

    async def resolve(self, intent: Intent, heard: Transaction | None) -> Verdict: ...

    async def end_of_day(self) -> Ended: ...

    def abort(self) -> None: ...


class State(StrEnum):
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    APPROVED = "approved"


class Pending(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order that is not cleared up. ``asked``: the terminal could not tell; a person has to read it."""

    order: CardOrder
    intent: Intent
    state: State
    heard: Transaction | None = None
    proof: CardProof | None = None
    asked: bool = False


class Charging:
    """The orders of this till. Run ``run`` as a task while it is in use."""

    def __init__(
        self,
        terminal: Terminal | None,
        kept: Mapping[str, str],
        keep: Callable[[dict[str, str | None]], Awaitable[None]],
        *,
        refusals: type[Exception],
        announce: Callable[[str], None] = lambda _: None,
        resolve_s: float = RESOLVE_S,
    ) -> None:
        """``kept`` are all kept values, ``keep`` writes some durably and raises ``refusals``."""
        self._terminal = terminal
        self._keep = keep
        self._refusals = refusals
        self._announce = announce
        self._resolve_s = resolve_s
        begun = {key: _found(key, text) for key, text in kept.items() if key.startswith(PREFIX)}
        self._pending = {key: each for key, each in begun.items() if each is not None}
        self._at_work: set[asyncio.Task[CardAnswer]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._changed = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[CardAnswer]] = {}

    async def run(self) -> None:
        """Ask the terminal about what is uncertain, as soon as it can be asked, until cancelled."""
        while self._terminal is not None:
            unclear = next((each for each in self._pending.values() if _unclear(each) and not each.asked), None)
            if unclear is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            await self._terminal.ready()
            async with self._one_at_a_time:
                await self._resolve(self._terminal, unclear)

    async def charge(self, order: CardOrder) -> CardAnswer:
        """Carry the order out once, however often it is given. ``JournalRefused`` if it could not be kept.

        Whoever asked may be gone when it ends: it is carried to its end all the same.
        """
        task = asyncio.create_task(self._charge(order))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return await asyncio.shield(task)

    def give_up(self) -> None:
        """Nobody wants to wait any more: the terminal is told so, and says itself how it ended."""
        for key in tuple(self._waiting):
            if (pending := self._pending.get(key)) is not None:
                self._answer(key, _uncertain(pending))
        if self._terminal is not None:
            self._terminal.abort()

    async def say(self, charge_id: str, *, charged: bool, by: str) -> CardAnswer:
        """Somebody has read the terminal. Not charged also: it has been given back by hand.

        Declined with ``unknown`` if there is no such order, or it is under way.
        """
        found = self._pending.get(PREFIX + charge_id)
        if found is None or found.state is State.SENDING:
            return CardAnswer("declined", "unknown")
        if not charged:
            await self._became(_key(found.order), None)
            answer = CardAnswer("declined", "not_charged", amount_minor=found.order.amount_minor)
        else:
            if found.state is State.UNCERTAIN:
                found = msgspec.structs.replace(found, state=State.APPROVED, proof=CardProof(charge_id, read_by=by))
                await self._became(_key(found.order), found)
            answer = _approved(found)
        self._answer(_key(found.order), answer)
        return answer

    async def end_of_day(self) -> TerminalDay:
        """The terminal settles with the card companies."""
        if self._terminal is None:
            return TerminalDay("no_terminal")
        if any(_unclear(each) for each in self._pending.values()):
            return TerminalDay("pending")
        try:
            ended = await self._terminal.end_of_day()
        except OSError:
            return TerminalDay("offline")
        return TerminalDay("" if ended.how == "done" else reason_of(ended.code), ended.slip[:MAX_SLIP_LINES])

    def view(self) -> list[dict[str, Any]]:
        """What is not cleared up, for people: amounts in minor units."""
        return [
            {
                "charge_id": each.order.charge_id,
                "sale_id": each.order.sale_id,
                "kind": each.order.kind,
                "state": each.state.value,
                "amount_minor": each.order.amount_minor,
                "currency": each.order.currency,
                "read_terminal": each.asked and each.state is State.UNCERTAIN,
                "takes_back": each.order.original is not None,
            }
            for each in self._pending.values()
            if each.state is not State.SENDING
        ]

    # -- with the sale -------------------------------------------------------------------------------------------

    def booked(self, facts: Sequence[Fact], text: str | None) -> dict[str, str | None]:
        """The kept values that go once these facts and this open sale are durable: written in the same step."""
        if not self._pending:
            return {}
        # What the audit log says of a charge does not book it.
        told = [fact for fact in facts if not isinstance(fact, AuditLogged)]
        said = msgspec.json.encode(told).decode() + (text or "")
        return {
            key: None
            for key, each in self._pending.items()
            if each.state is State.APPROVED and _is_booked(each.order, said)
        }

    def check(self, before: str | None, text: str | None, gone: Mapping[str, str | None]) -> None:
        """``JournalRefused`` if the open sale would leave the counter with money that it does not have booked."""
        for key, each in self._pending.items():
            sale_id = each.order.sale_id
            if key not in gone and sale_id in (before or "") and sale_id not in (text or ""):
                raise JournalRefused("card_pending")

    def forget(self, gone: Mapping[str, str | None]) -> None:
        """These values are gone from the disk."""
        for key in gone:
            self._pending.pop(key, None)

    # -- at work -------------------------------------------------------------------------------------------------

    async def _charge(self, order: CardOrder) -> CardAnswer:
        known = self._of(order)
        if known is not None and known.state is State.APPROVED:
            return _approved(known)
        if any(_unclear(each) for each in self._pending.values() if each is not known):
            return CardAnswer("pending")
        if known is None:
            found = await self._moved(order)
            if isinstance(found, CardAnswer):
                return found
            known = found
        return await self._cleared_up(known)

    async def _moved(self, order: CardOrder) -> CardAnswer | Pending:
        """Tell the terminal, once: how that ended, or what is not known."""
        if self._terminal is None:
            return CardAnswer("declined", "no_terminal")
        async with self._one_at_a_time:
            if any(_unclear(each) for each in self._pending.values()):
                return CardAnswer("pending")
            before, original = self._terminal.before, order.original or CardProof("")
            if order.kind == "reversal" and (before is None or before.terminal_id != original.terminal_id):
                # The number is another terminal's: here it names somebody else's payment.
                return CardAnswer("declined", "not_possible")
            intent = Intent(order.kind, order.amount_minor, order.currency, before, original.receipt_no)
            pending = Pending(order, intent, State.SENDING)
            try:
                await self._set(pending)
            except self._refusals as error:
                raise JournalRefused(getattr(error, "code", "disk_full"), str(error)) from error
            found = await self._terminal.move(intent, lambda word: self._announce(charging(word)))
            return await self._take(pending, found)

    async def _cleared_up(self, pending: Pending) -> CardAnswer:
        """Wait a while for what the terminal says when it is asked."""
        if pending.asked:
            return _uncertain(pending)
        self._announce(charging("line_lost"))
        key = _key(pending.order)
        waiting: asyncio.Future[CardAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[key] = waiting
        try:
            async with asyncio.timeout(self._resolve_s):
                return await waiting
        except TimeoutError:
            return _uncertain(pending)
        finally:
            self._waiting.pop(key, None)

    async def _resolve(self, terminal: Terminal, pending: Pending) -> None:
        found = await terminal.resolve(pending.intent, pending.heard)
        if self._pending.get(_key(pending.order)) != pending:
            return  # somebody has read the terminal meanwhile
        if found.outcome is Outcome.UNCERTAIN and found.reason == "line_lost":
            await asyncio.sleep(ASK_AGAIN_S)
            return
        answer = await self._take(pending, found, asked=True)
        self._answer(_key(pending.order), _uncertain(answer) if isinstance(answer, Pending) else answer)

    def _answer(self, key: str, answer: CardAnswer) -> None:
        """Tell whoever waits for this order."""
        waiting = self._waiting.get(key)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def _take(self, pending: Pending, found: Verdict, *, asked: bool = False) -> CardAnswer | Pending:
        """What the terminal says. Memory before disk: should the disk refuse, it is asked again after a restart."""
        amount_minor = pending.order.amount_minor
        if found.outcome is Outcome.DECLINED:
            await self._became(_key(pending.order), None)
            return CardAnswer("declined", found.reason, found.code, amount_minor)
        heard = found.transaction or pending.heard
        if found.outcome is Outcome.UNCERTAIN:
            unclear = msgspec.structs.replace(pending, state=State.UNCERTAIN, heard=heard, asked=asked)
            await self._became(_key(pending.order), unclear)
            return unclear
        proof = _proof(pending.order, found)
        approved = msgspec.structs.replace(pending, state=State.APPROVED, heard=heard, proof=proof)
        await self._became(_key(pending.order), approved)
        return _approved(approved)

    async def _set(self, pending: Pending) -> None:
        """Disk before memory: what is not written has not begun."""
        await self._keep({_key(pending.order): msgspec.json.encode(pending).decode()})
        self._put(_key(pending.order), pending)

    async def _became(self, key: str, pending: Pending | None) -> None:
        self._put(key, pending)
        try:
            await self._keep({key: None if pending is None else msgspec.json.encode(pending).decode()})
        except self._refusals as error:
            _log.warning("the state of a card payment could not be kept: %s", error)

    def _put(self, key: str, pending: Pending | None) -> None:
        if pending is None:
            self._pending.pop(key, None)
        else:
            self._pending[key] = pending
        self._changed.set()
        self._announce("status")

    def _of(self, order: CardOrder) -> Pending | None:
        """What has been begun for the same."""
        begun = (each for each in self._pending.values() if each.order.charge_id not in order.booked)
        return next((each for each in begun if each.order.key == order.key), None)


def _key(order: CardOrder) -> str:
    return PREFIX + order.charge_id


def _found(key: str, text: str) -> Pending | None:
    """As it was left: what was being sent when the till ended is uncertain. None if another version wrote it."""
    try:
        pending = msgspec.json.decode(text, type=Pending)
    except msgspec.DecodeError as error:
        _log.critical("the card payment %s cannot be read (%s): read the terminal; it stays on disk", key, error)
        return None
    if pending.state is State.SENDING:
        return msgspec.structs.replace(pending, state=State.UNCERTAIN)
    return msgspec.structs.replace(pending, asked=False)


def _unclear(pending: Pending) -> bool:
    return pending.state is not State.APPROVED


def _approved(pending: Pending) -> CardAnswer:
    return CardAnswer("approved", amount_minor=pending.order.amount_minor, proof=pending.proof)


def _uncertain(pending: Pending) -> CardAnswer:
    return CardAnswer("uncertain", amount_minor=pending.order.amount_minor)


def _proof(order: CardOrder, found: Verdict) -> CardProof:
    told = found.transaction or Transaction()
    return CardProof(
        order.charge_id,
        terminal_id=told.terminal_id,
        trace=told.trace or 0,
        receipt_no=told.receipt_no or 0,
        card_name=told.card_name,
        slip=found.slip[:MAX_SLIP_LINES],
    )


def _is_booked(order: CardOrder, said: str) -> bool:
    """Whether what is written (facts and open sale, as JSON) holds the money; of a payment taken back, no longer."""
    if order.charge_id in said:
        return True
    return order.original is not None and order.sale_id in said and order.original.charge_id not in said
