"""Carries the session's effects out, one command at a time: the shell of ``session.py``.

A command that has begun runs to its end even if its caller is cancelled: between a claim and
its release, or an append and its answer, there is no good place to stop. It ends by itself,
since a claim ends within about a second and an append with the disk.

After anything that leaves open what is durable (an append that failed, an engine that went
away) the next command first asks engine and books what is true (``Session.reconcile``).

A till that has just joined is *provisioned* first (``Readiness``). A command that comes meanwhile waits as long as
one can see it getting on, so that a program which joins, starts the till and scans at once just works.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from app.books.questions import Question
from app.books.questions.parked import AskEnded
from app.books.questions.reference import AskReference
from app.books.questions.users import FindUser, HasUsers
from app.domain.instant import Moment
from app.domain.reference import Reference
from app.domain.user import BADGES
from app.facts.sales import ReceiptCompleted
from app.till import pins, standing
from app.till.commands import Command
from app.till.effects import (
    UNASKED,
    Append,
    BadgeHashed,
    Charge,
    Charged,
    CheckPin,
    Claim,
    Claimed,
    CloseTerminal,
    Consent,
    Do,
    Effect,
    Event,
    Examine,
    GateOpened,
    HashBadge,
    HashPin,
    JournalFailed,
    Journalled,
    Keep,
    LetThrough,
    Look,
    MembersNamed,
    NameMembers,
    PinChecked,
    PinHashed,
    Refuse,
    ReleaseClaim,
    Reply,
    Seal,
    Sealed,
    Seen,
    SettleCharge,
    StatementExamined,
    TerminalClosed,
    Weigh,
    Weighed,
)
from app.till.ports import Books, Engine, JournalRefused, Readiness
from app.till.session import Session
from app.till.views import SaleView

PROVISIONING_S_MAX = 10.0
"""How long a command waits for the till's first data …"""
STALLED_S = 2.0
"""… and for the next of them."""
LOOK_AGAIN_S = 0.05

_log = logging.getLogger(__name__)


def local_day(wall_ms: int) -> str:
    """The day (ISO 8601) on which the instant falls where this computer stands."""
    return time.strftime("%Y-%m-%d", time.localtime(wall_ms / 1000))


def local_minute(wall_ms: int) -> int:
    """The minute of the day (0 to 1439) at the instant where this computer stands."""
    local = time.localtime(wall_ms / 1000)
    return local.tm_hour * 60 + local.tm_min


class Runner:
    """The session with an engine, books, a clock and randomness."""

    def __init__(
        self,
        session: Session,
        engine: Engine,
        books: Books,
        clock: Callable[[], int],
        entropy: Callable[[], bytes],
        *,
        receipt_text: Callable[[ReceiptCompleted], str],
        receipt_pdf: Callable[[ReceiptCompleted], bytes] | None = None,
        day: Callable[[int], str] = local_day,
        minute: Callable[[int], int] = local_minute,
        doubtful: bool = False,
    ) -> None:
        """``clock`` gives Unix milliseconds, ``entropy`` 32 random bytes, ``day`` the shop's day of an instant,
        ``minute`` its minute of that day.

        ``receipt_text`` writes a receipt as text for those who have no printer; ``receipt_pdf`` as a PDF
        (``ValueError`` if it cannot; off the loop), None: nobody can here. ``doubtful``: whether the session's
        sale is still open has to be looked up first.
        """
        self.session = session
        self.engine = engine
        self.books = books
        self.receipt_text = receipt_text
        self.receipt_pdf = receipt_pdf
        self._clock = clock
        self._entropy = entropy
        self._day = day
        self._minute = minute
        self._one_at_a_time = asyncio.Lock()
        self._at_work: set[asyncio.Task[Reply | Refuse]] = set()
        self._doubtful = doubtful
        self._reference = Reference()
        self._has_users = False
        self._users_of: str | None = None
        self._changed = asyncio.Event()
        self._readiness = Readiness()
        self._readiness_known = False
        engine.on_change(self._on_change)

    def now(self) -> Moment:
        """The clock's reading, the shop's day and its minute."""
        wall_ms = self._clock()
        return Moment(wall_ms, self._day(wall_ms), self._minute(wall_ms))

    def view(self) -> SaleView:
        """What a screen needs to draw the sale."""
        return self.session.view()

    async def run(self, command: Command, consent: Consent = UNASKED) -> Reply | Refuse:
        """Carry a command out; commands of several callers wait for one another."""
        task = asyncio.ensure_future(self._run(command, consent))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return await asyncio.shield(task)

    async def idle(self) -> None:
        """Wait until no command is at work: before the engine is closed."""
        while self._at_work:
            await asyncio.wait(set(self._at_work))

    async def _run(self, command: Command, consent: Consent) -> Reply | Refuse:
        async with self._one_at_a_time:
            if self._doubtful and (refusal := await self._reconciled()) is not None:
                return refusal
            try:
                await self._be_ready(command)
            except JournalRefused as error:
                return Refuse(error.code, {"reason": error.reason})
            try:
                return await self._steps(self._begun(command, consent))
            except JournalRefused as error:
                # The books are not up to date and cannot be brought there now: what they say may not be acted on.
                await self._abandon()
                return Refuse(error.code, {"reason": error.reason})
            except BaseException:
                await self._abandon()
                raise

    async def _abandon(self) -> None:
        self._doubtful = True
        for effect in self.session.abandon():
            await self._give(effect)

    def _begun(self, command: Command, consent: Consent) -> Do:
        """The command with who stands at the till, as the books have it now."""
        self._reference = self.books.ask(AskReference())
        if self._reference.version != self._users_of:
            # Users are master data too: as long as none have come, whether there are any is known.
            self._has_users, self._users_of = self.books.ask(HasUsers()), self._reference.version
        user = self.session.user
        known = self.books.ask(FindUser(user)) if self._has_users and user else None
        ready = self._readiness
        return Do(command, self._entropy(), self._has_users, known, ready.beginning, ready.provisioning, consent)

    def _on_change(self, what: str) -> None:
        self._changed.set()
        if what == "membership":
            self._readiness_known = False
        if what == "recovered":  # numbers have been given, and sales ended, that this session knows nothing of
            self._doubtful = True

    async def _be_ready(self, command: Command) -> None:
        """Know how far the till is; wait for its first data while they come, if the command needs them."""
        loop = asyncio.get_running_loop()
        began = moved = loop.time()
        while not self._readiness_known:
            self._readiness_known = True
            before, self._readiness = self._readiness, await self.engine.readiness()
            if self._readiness.provisioning is None:
                return
            self._readiness_known = False
            now = loop.time()
            if self._readiness.provisioning != before.provisioning:
                moved = now
            patient = now - began < PROVISIONING_S_MAX and now - moved < STALLED_S
            if isinstance(command, standing.WHILE_PROVISIONING) or not patient:
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _steps(self, event: Event) -> Reply | Refuse:
        while True:
            answer: Event | None = None
            for effect in self.session.handle(self.now(), event):
                if isinstance(effect, Reply | Refuse):
                    return effect
                if isinstance(effect, Keep | ReleaseClaim):
                    await self._give(effect)
                else:
                    answer = await self._ask(effect)
            assert answer is not None, "a session that asks nothing ends"
            event = answer

    async def _give(self, effect: Effect) -> None:
        """Effects that nobody waits for."""
        if isinstance(effect, Keep):
            await self.engine.keep(effect.text)
        elif isinstance(effect, ReleaseClaim):
            await self.engine.release_claim(effect.claim_id)

    async def _ask(self, effect: Effect) -> Event:
        """Effects that are answered."""
        match effect:
            case Look(question, fresh, patience_ms):
                if fresh:
                    await self.engine.settled()
                elif isinstance(question, AskReference):
                    # One command sees one state of it, and pays for one look.
                    return Seen(self._reference)
                answer = await self._look(question)
                if answer is None and patience_ms:
                    answer = await self._look_until_there(question, patience_ms)
                return Seen(answer)
            case CheckPin() | HashPin() | HashBadge() | Seal():
                return await self._ask_keys(effect)
            case NameMembers():
                return MembersNamed(await self._members())
            case Examine(text):
                return StatementExamined(await self.engine.examine(text))
            case Claim(resources):
                claimed = await self.engine.claim(*resources)
                return Claimed(claimed.claim_id, claimed.granted, claimed.coverage, claimed.reason)
            case Weigh() | LetThrough() | Charge() | SettleCharge() | CloseTerminal():
                return await self._ask_device(effect)
            case Append():
                return await self._append(effect)
        raise TypeError(f"no effect that is answered: {effect!r}")

    async def _ask_keys(self, effect: CheckPin | HashPin | HashBadge | Seal) -> Event:
        """What takes a key, or as long as a key would take to be guessed."""
        match effect:
            case CheckPin(pin_hash, pin):
                return PinChecked(await asyncio.to_thread(pins.fits, pin_hash, pin))
            case HashPin(pin):
                return PinHashed(await asyncio.to_thread(pins.hashed, pin))
            case HashBadge(badge):
                return BadgeHashed(self.books.keyed(BADGES, badge))
            case Seal(person_id, text):
                return Sealed(self.books.sealed(person_id, text, self._entropy()))

    async def _ask_device(self, effect: Weigh | LetThrough | Charge | SettleCharge | CloseTerminal) -> Event:
        """What a machine beside the till does."""
        match effect:
            case Weigh(unit_price_minor, tare_g):
                weight = await self.engine.weigh(unit_price_minor, tare_g)
                return Weighed(weight.net_g, weight.tare_g, weight.reason)
            case LetThrough(gate):
                return GateOpened(await self.engine.open_gate(gate))
            case Charge(order):
                return Charged(await self.engine.charge(order))
            case SettleCharge(charge_id, charged, by):
                return Charged(await self.engine.settle_charge(charge_id, charged=charged, by=by))
            case CloseTerminal():
                return TerminalClosed(await self.engine.close_terminal())

    async def _members(self) -> dict[str, tuple[int, str]]:
        members = (await self.engine.status()).get("members", ())
        return {str(each["member"]): (int(each.get("till_no", 0)), str(each.get("name", ""))) for each in members}

    async def _look(self, question: Question[Any]) -> Any:
        if question.slow:
            return await asyncio.to_thread(self.books.ask, question)
        return self.books.ask(question)

    async def _look_until_there(self, question: Question[Any], patience_ms: int) -> Any:
        """Look with every change of the books; None if the time is over and there is still no answer."""
        try:
            async with asyncio.timeout(patience_ms / 1000):
                while True:
                    # Cleared before looking, so that a change while we look ends the wait after it.
                    self._changed.clear()
                    if (answer := await self._look(question)) is not None:
                        return answer
                    await self._changed.wait()
        except TimeoutError:
            return await self._look(question)

    async def _append(self, effect: Append) -> Event:
        try:
            await self.engine.append(effect.facts, keep=effect.keep, claim_id=effect.claim_id, printed=effect.printed)
        except JournalRefused as error:
            self._doubtful = True
            return JournalFailed(error.code, error.reason)
        return Journalled()

    async def _reconciled(self) -> Refuse | None:
        """Ask engine and books what is durable; why not, if they cannot be asked."""
        try:
            # What comes back from here on makes it doubtful once more.
            self._doubtful = False
            await self.engine.settled()
            kept = await self.engine.kept()
        except JournalRefused as error:
            self._doubtful = True
            return Refuse(error.code, {"reason": error.reason})
        except Exception:  # noqa: BLE001 - whatever an engine that is gone raises: nothing is known, so nothing may be done
            _log.exception("the engine cannot be asked what is durable")
            self._doubtful = True
            return Refuse("engine_gone")
        till_no = self.session.till.till_no
        written = self.books.receipt(self.session.next_receipt_no)
        sale_id = self.session.sale_id
        completed = written is not None and written.receipt.sale_id == sale_id
        if sale_id and not completed:
            completed = self.books.ask(AskEnded(sale_id, till_no))
        self.session.reconcile(self.books.last_receipt_sequence(till_no) + 1, kept, completed=completed)
        # The engine may have lost or never heard of what was kept last, or keep a sale that has ended elsewhere.
        await self.engine.keep(self.session.kept_text())
        return None
