"""Intents -> commands, in order, one at a time; and what each of them ended with.

The screen never waits: it puts intents into a bounded queue, one task carries them
out, and ``done`` is called with each outcome, still in order. What depends on the sale
as it is when its turn comes (the last line, whether anything is due) is decided
here and not when the key is pressed. A payment typed before an entry ahead of it was
refused is refused too: nobody has seen yet what is missing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from app.books.questions.parked import AskParked, ParkedSale
from app.books.views import VoucherView
from app.domain.business_case import SALE
from app.domain.number_range import split_number
from app.domain.voucher import CodeMistyped, parse_code
from app.screens import wording
from app.screens.keys import Mode
from app.screens.router import (
    Act,
    AskPayment,
    DiscountLast,
    Intent,
    LookUp,
    PutAside,
    Refused,
    Repeat,
    TakeBack,
    TakeUp,
    TurnTraining,
    VoidLast,
)
from app.screens.services import TillServices
from app.till.commands import (
    Command,
    GiveDiscount,
    Park,
    Pay,
    Redeem,
    Resume,
    Scan,
    Training,
    UndoPayment,
    VoidLine,
    VoidSale,
    ZReport,
)
from app.till.effects import Refuse
from app.till.ports import JournalRefused
from app.till.views import LineView, SaleView

CAPACITY = 8192
"""Intents that may wait: more scans than anyone can hold in reserve, and still a limit."""


class Done(msgspec.Struct, frozen=True):
    """How an intent ended. ``mode`` is for ``Router.resolve`` if the intent waited; None: as it was."""

    intent: Intent
    command: Command | None = None
    fields: dict[str, Any] = {}
    voucher: VoucherView | None = None
    parked: tuple[ParkedSale, ...] = ()
    refused: Refused | Refuse | None = None
    mode: Mode | None = None


class Work:
    """The queue and the task that empties it."""

    def __init__(self, services: TillServices, done: Callable[[Done], None], capacity: int = CAPACITY) -> None:
        """``done`` is called on the loop after each intent, in order."""
        self._services = services
        self._done = done
        self._capacity = capacity
        self._queue: deque[tuple[Intent, int]] = deque()
        self._some = asyncio.Event()
        self._busy = False
        self._refusals = 0

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being done."""
        return not self._queue and not self._busy

    def put(self, intent: Intent) -> bool:
        """Queue an intent; False if the queue is full and it was not taken."""
        if len(self._queue) >= self._capacity:
            return False
        self._queue.append((intent, self._refusals))
        self._some.set()
        return True

    async def run(self) -> None:
        """Carry out what is queued, for ever."""
        while True:
            await self._some.wait()
            while self._queue:
                intent, refusals_seen = self._queue.popleft()
                self._busy = True
                try:
                    done = await self._carry_out(intent, unseen=self._refusals > refusals_seen)
                finally:
                    self._busy = False
                if done.refused is not None:
                    self._refusals += 1
                self._done(done)
            self._some.clear()

    async def _carry_out(self, intent: Intent, *, unseen: bool) -> Done:
        if unseen and _is_payment(intent):
            return Done(intent, refused=Refused("look_first"))
        view = self._services.runner.session.view()
        command = _meant(intent, view)
        if isinstance(command, Refused):
            return Done(intent, refused=command)
        if command is not None:
            return await self._run(intent, command)
        match intent:
            case PutAside():
                return await self._parked(intent)
            case TakeUp(number=number):
                return await self._take_up(intent, number)
            case AskPayment():
                if not view.lines:
                    return Done(intent, refused=Refuse(code="empty_sale"))
                return Done(intent, mode=Mode.TENDER)
            case TakeBack():
                if not view.payments:
                    return Done(intent, mode=Mode.SALE)
                return await self._run(intent, UndoPayment())
            case LookUp(code=code):
                return await self._look_up(intent, code)
        raise TypeError(f"not an intent for the session: {intent!r}")

    async def _run(self, intent: Intent, command: Command) -> Done:
        try:
            answer = await self._services.runner.run(command)
        except OSError:
            answer = Refuse(code="engine_gone")
        if isinstance(answer, Refuse):
            return Done(intent, command, refused=answer)
        return Done(intent, command, fields=answer.fields, mode=self._mode_after(command))

    async def _settled(self) -> Refuse | None:
        """The books are up to date; or why they are not."""
        try:
            await self._services.engine.settled()
        except OSError:
            return Refuse(code="engine_gone")
        except JournalRefused as error:
            return Refuse(code=error.code)
        return None

    async def _waiting(self) -> tuple[ParkedSale, ...] | Refuse:
        """The sales that are parked, of all tills."""
        if (refusal := await self._settled()) is not None:
            return refusal
        return self._services.books.ask(AskParked())

    async def _parked(self, intent: Intent) -> Done:
        waiting = await self._waiting()
        if isinstance(waiting, Refuse):
            return Done(intent, refused=waiting)
        if not waiting:
            return Done(intent, refused=Refused("nothing_parked"))
        return Done(intent, parked=waiting)

    async def _take_up(self, intent: Intent, number: str) -> Done:
        if number.isascii() and number.isdigit():
            waiting = await self._waiting()
            if isinstance(waiting, Refuse):
                return Done(intent, refused=waiting)
            split = {sale.park_no: split_number(sale.park_no) for sale in waiting}
            found = [no for no, parts in split.items() if parts is not None and parts[1] == int(number)]
            if len(found) > 1 and number not in found:
                return Done(intent, refused=Refused("parked_several", number[:20]))
            number = found[0] if len(found) == 1 else number
        return await self._run(intent, Resume(number))

    async def _look_up(self, intent: LookUp, code: str) -> Done:
        try:
            canonical = parse_code(code)
        except CodeMistyped:
            return Done(intent, refused=Refuse(code="mistyped_voucher", values={"code": code[:40]}))
        if (refusal := await self._settled()) is not None:
            return Done(intent, refused=refusal)
        found = self._services.books.voucher(canonical)
        if found is None:
            values = {"code": wording.voucher_code(canonical)}
            return Done(intent, refused=Refuse(code="unknown_voucher", values=values))
        return Done(intent, voucher=found)

    def _mode_after(self, command: Command) -> Mode | None:
        if isinstance(command, VoidSale | ZReport | Park):
            return Mode.SALE
        if isinstance(command, Pay | Redeem):
            return Mode.TENDER if self._services.runner.session.view().lines else Mode.SALE
        return None


def _meant(intent: Intent, view: SaleView) -> Command | Refused | None:
    """The command that the intent is, for the sale as it is now; None if there is more to it than one command."""
    match intent:
        case Act(command=command):
            return command
        case Repeat(quantity=quantity):
            line = _last_rung(view)
            if line is None or line.business_case != SALE or line.quantity_milli <= 0:
                return Refused("nothing_to_repeat")
            code = line.ident_no or line.barcode
            return Scan(code=code, quantity=quantity) if code else Refused("nothing_to_repeat")
        case VoidLast():
            line = _last_rung(view)
            return VoidLine(line=str(line.line)) if line is not None else Refused("nothing_to_void")
        case DiscountLast(percent=percent):
            goods = [line for line in view.lines if line.business_case == SALE]
            if not goods:
                return Refused("nothing_to_discount")
            return GiveDiscount(percent=percent, line=str(goods[-1].line))
        case PutAside() if view.lines:
            return Park()
        case TurnTraining():
            return Training(on=not view.training)
    return None


def _last_rung(view: SaleView) -> LineView | None:
    """The line rung up last: not the container deposit or tip that came along with it."""
    return next((line for line in reversed(view.lines) if not line.of_line), None)


def _is_payment(intent: Intent) -> bool:
    return isinstance(intent, AskPayment) or (isinstance(intent, Act) and isinstance(intent.command, Pay | Redeem))
