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

from app.books.questions.customers import FindCustomer
from app.books.questions.parked import AskParked, ParkedSale
from app.books.questions.reference import AskReference
from app.books.views import VoucherView
from app.domain.business_case import SALE
from app.domain.money import format_minor
from app.domain.number_range import split_number
from app.domain.tender import Tender, tenders_of
from app.screens import amounts
from app.screens.dialogue import Dialogue, Stage
from app.screens.functions import Function, Mode
from app.screens.intents import (
    Act,
    Again,
    AskPayment,
    DiscountLast,
    Intent,
    LookUp,
    PayQuick,
    PutAside,
    Refused,
    Repeat,
    Start,
    TakeBack,
    TakeUp,
    TurnTraining,
    VoidLast,
)
from app.screens.services import TillServices
from app.screens.tasks.devices import trouble
from app.till.commands import (
    ChooseCustomer,
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
from app.till.effects import UNASKED, Consent, Refuse
from app.till.ports import JournalRefused
from app.till.queries.vouchers import find_voucher
from app.till.refusals import Refusal
from app.till.views import LineView, SaleView

ASKING = Consent(ask=True)
CAPACITY = 8192
"""Intents that may wait: more scans than anyone can hold in reserve, and still a limit."""


class Done(msgspec.Struct, frozen=True):
    """How an intent ended. ``mode`` is for ``Router.resolve`` if the intent waited; None: as it was."""

    intent: Intent
    command: Command | None = None
    fields: dict[str, Any] = {}
    voucher: VoucherView | None = None
    refused: Refused | Refuse | None = None
    mode: Mode | None = None
    start: Start | None = None
    """The task that may begin: all that was typed before it has been carried out."""
    dialogue: Dialogue | None = None
    """What is asked before it is done after all (``Again``)."""


class Work:
    """The queue and the task that empties it."""

    def __init__(
        self,
        services: TillServices,
        done: Callable[[Done], None],
        capacity: int = CAPACITY,
        printer_trouble: Callable[[], str] = str,
    ) -> None:
        """``done`` is called on the loop after each intent, in order. ``printer_trouble``: why it cannot print now."""
        self._services = services
        self._done = done
        self._capacity = capacity
        self._printer_trouble = printer_trouble
        self._queue: deque[tuple[Intent, int]] = deque()
        self._some = asyncio.Event()
        self._busy = False
        self._refusals = 0
        self._asked: tuple[Intent, Command, tuple[str, ...]] | None = None
        """What was refused for its coverage, or asked about, and the members that were missing."""

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
                    if isinstance(intent, Start):
                        done = Done(intent, start=intent)
                    else:
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
            return self._warned(intent, command) or await self._run(intent, command)
        match intent:
            case Again(override=override) if self._asked is not None:
                asked, command, missing = self._asked
                return await self._run(asked, command, Consent(ask=True, without=missing, override=override))
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

    async def _run(self, intent: Intent, command: Command, consent: Consent = ASKING) -> Done:
        try:
            # What is not waited for cannot be asked about: the next keys mean something else already.
            answer = await self._services.runner.run(command, consent if intent.waits else UNASKED)
        except OSError:
            answer = Refuse(code="engine_gone")
        if isinstance(answer, Refuse):
            if answer.code == "unknown_article" and (no := self._card_of(command)):
                return await self._run(intent, ChooseCustomer(no), consent)
            dialogue = _dialogue_about(answer) if intent.waits else None
            if dialogue is not None:
                self._asked = (intent, command, tuple(answer.values["coverage"]["missing"]))
            return Done(intent, command, refused=answer, dialogue=dialogue)
        return Done(intent, command, fields=answer.fields, mode=self._mode_after(command))

    def _warned(self, intent: Intent, command: Command) -> Done | None:
        """A question before money is taken by card that no receipt can be printed for; None: nothing to ask."""
        if not intent.waits or not isinstance(command, Pay) or not (code := self._printer_trouble()):
            return None
        known = self._services.books.ask(AskReference())
        currency = self._services.runner.session.view().currency
        tender = tenders_of(known.all(Tender), currency).get(command.tender)
        if tender is None or tender.kind != "card":
            return None
        self._asked = (intent, command, ())
        dialogue = Dialogue(stage=Stage.UNPRINTED)
        return Done(intent, command, refused=Refused("printer_off", trouble(code)), dialogue=dialogue)

    def _card_of(self, command: Command) -> str:
        """Whose card was scanned where articles are; empty if it is nobody's, or was not simply scanned."""
        if not isinstance(command, Scan) or command != Scan(command.code) or not amounts.is_scan(command.code):
            return ""
        found = self._services.books.ask(FindCustomer(command.code))
        return "" if found is None or found.forgotten else found.customer_no

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
        return Done(intent, start=Start(Function.PARKED))

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
        if (refusal := await self._settled()) is not None:
            return Done(intent, refused=refusal)
        try:
            found, _ = await find_voucher(self._services.engine, self._services.books, code, None)
        except Refusal as refused:
            return Done(intent, refused=Refuse(refused.code, refused.values))
        except OSError:
            return Done(intent, refused=Refuse(code="engine_gone"))
        except JournalRefused as error:
            return Done(intent, refused=Refuse(code=error.code))
        return Done(intent, voucher=found)

    def _mode_after(self, command: Command) -> Mode | None:
        if isinstance(command, VoidSale | ZReport | Park):
            return Mode.SALE
        if isinstance(command, Pay | Redeem):
            return Mode.TENDER if self._services.runner.session.view().lines else Mode.SALE
        return None


def _dialogue_about(refused: Refuse) -> Dialogue | None:
    """What can be asked about a claim that not every till confirmed; None if it was refused for something else."""
    if refused.code == "coverage_incomplete":
        return Dialogue(override=False, login=False)
    if "override" in refused.values:
        return Dialogue(override=True, login=bool(refused.values["login"]))
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
        case PayQuick(number=number):
            quick = amounts.quick_amounts(view.due_minor, view.currency)
            if number > len(quick):
                return Refused("no_quick_amount", amounts.STAR * min(number, 20))
            return Pay(amount=format_minor(quick[number - 1], view.currency))
        case TakeUp(number=name) if view.lines and not _may_be_park_no(name):
            return Park(name)
        case TurnTraining():
            return Training(on=not view.training)
    return None


def _may_be_park_no(text: str) -> bool:
    return text.isdigit() or (" " not in text and split_number(text) is not None)


def _last_rung(view: SaleView) -> LineView | None:
    """The line rung up last: not the container deposit or tip that came along with it."""
    return next((line for line in reversed(view.lines) if not line.of_line), None)


def _is_payment(intent: Intent) -> bool:
    return isinstance(intent, AskPayment | PayQuick) or (
        isinstance(intent, Act) and isinstance(intent.command, Pay | Redeem)
    )
