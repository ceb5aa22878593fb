"""The Textual app of a till: what the router wants goes, in order, to the queue of work; outcomes are painted.

``keyed.py`` is its keys; ``hosting.py`` its tasks; ``work.py`` what is done.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from textual.driver import Driver

from app import network_words, text
from app.screens import card_words, device_words, wording
from app.screens.functions import Function, Mode
from app.screens.intents import (
    Answered,
    Declined,
    Find,
    GiveUpClaim,
    GiveUpWeighing,
    HideHelp,
    Intent,
    Quit,
    Refused,
    ShowHelp,
    StepChanged,
    Turn,
)
from app.screens.keyed import KeyedApp
from app.screens.services import TillServices
from app.screens.till import present
from app.screens.till.device_news import DeviceNews, trouble_of
from app.screens.till.help import HelpScreen
from app.screens.till.hosting import Hosting
from app.screens.till.overdrawn import Overdrawn
from app.screens.till.sale import SaleScreen
from app.screens.till.work import Done, Work
from app.screens.widgets.status import Standing
from app.text import gettext as _
from app.till.commands import ZReport
from app.till.effects import Refuse
from app.till.ports import WEIGHING, charging_of, claiming_of, heard_of

TICK_S = 0.5
"""How often the clock and the standing of the network are looked at."""
ASK_ANYWAY_TICKS = 10
"""So often the standing is asked for though nobody said that it has changed."""
OVERDRAWN_TICKS = 20
"""So often it is looked for overdraws, if the books have changed."""
ENTRY_WAITS_S = 0.02
"""So long the entry is left as it was while what it was for is being done."""
MAX_PASTE = 4096
MAX_CRASH_LOG_BYTES = 1_048_576

log = logging.getLogger(__name__)


class TillApp(KeyedApp):
    """One till. ``run`` below is its door."""

    def __init__(self, services: TillServices, driver_class: type[Driver] | None = None) -> None:
        """``KeymapError`` if the configured keys clash."""
        super().__init__(
            services.keys, services.minor_digits, services.clock, services.crash_log, driver_class, services.look
        )
        self._services = services
        self._work = Work(services, self._done, printer_trouble=lambda: trouble_of(self._status))
        self._sale = SaleScreen(services, self._keyboard)
        self._work_task: asyncio.Task[None] | None = None
        self._status: dict[str, Any] = {}
        self._status_stale = True
        self._news = DeviceNews()
        self._ticks = 0
        self._overdrawn = Overdrawn(services)
        self._give_up = services.engine.cancel_claims
        """What the key that clears does while somebody else is waited for."""
        self._charging = False
        """A customer stands at the card terminal. A second press of its key meanwhile does not charge him once more if
        the first comes to nothing."""
        self._overdrawn_task: asyncio.Task[None] | None = None
        self._engine_gone = False
        self._hosting = Hosting(self, services, self._keyboard, self._router, self._work)

    @property
    def idle(self) -> bool:
        """Whether all that was typed has been carried out; a task's step that waits for keys is idle too."""
        return self._work.idle and self._hosting.idle

    def on_mount(self) -> None:
        """Show the sale and begin to work."""
        super().on_mount()
        self.push_screen(self._sale)
        self._services.engine.on_change(self._changed)
        self._work_task = asyncio.create_task(self._work_on(), name="till-work")
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        self.show_entry()
        if self._services.login_as is not None:
            self.take(self._router.begin(Function.LOGIN, self._services.login_as))
        await self._tick()
        self.set_interval(TICK_S, self._tick)

    async def on_unmount(self) -> None:
        """Finish the command that is being carried out, then stop."""
        await self._hosting.end()
        for task in (self._work_task, self._overdrawn_task):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def take(self, intents: list[Intent]) -> None:
        """Carry out what the router wants."""
        for intent in intents:
            match intent:
                case Refused():
                    self.refuse(intent)
                case Turn(pages=pages):
                    self._turn(pages)
                case GiveUpClaim():
                    self._give_up_claim()
                case GiveUpWeighing():
                    self.call_later(self._give_up_weighing)
                case ShowHelp():
                    self.push_screen(HelpScreen(self._keyboard))
                    self.call_after_refresh(self.show_entry)
                case HideHelp():
                    self._hide()
                case Answered() | Find() | StepChanged() | Declined():
                    self._hosting.take(intent)
                case Quit():
                    self.exit(0)
                case _ if not self._work.put(intent):
                    self.refuse(Refused("queue_full"))
                    if intent.waits:
                        self.take(self._router.resolve())

    def _turn(self, pages: int) -> None:
        if isinstance(self.screen, HelpScreen):
            self.screen.paper.turn(pages)
        elif not self._hosting.turn(pages):
            self._sale.turn(pages)

    def _hide(self) -> None:
        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
            self.call_after_refresh(self.show_entry)

    # -- outcomes

    async def _work_on(self) -> None:
        try:
            await self._work.run()
        except Exception as fault:  # noqa: BLE001 - a crash of the work is a crash of the app, and logged as one
            self._handle_exception(fault)

    def _done(self, done: Done) -> None:
        self._show_done(done)
        if self._work.idle:
            self.paint_now()

    def _show_done(self, done: Done) -> None:
        if done.start is not None:
            self._hosting.begin(done.start)
            return
        self._tell(done)
        if done.command is not None and self._sale.is_mounted:
            self._sale.sale()
            self._sale.stand(self._standing())
        self._router.claiming = self._router.weighing = False
        charging, self._charging = self._charging, False
        if charging and done.refused is not None:
            self._router.drop_held()
        if done.dialogue is not None:
            self._router.question(done.dialogue)
        elif self._hosting.carries(done):
            self._hosting.done(done)
        elif done.intent.waits:
            self.take(self._router.resolve(done.mode))
            if isinstance(done.command, ZReport) and done.refused is None:
                self._offer_the_terminals_day()
        if isinstance(done.refused, Refuse) and done.refused.code == "login_needed" and self._router.at_work:
            # There are users since a moment ago.
            self.take(self._router.begin(Function.LOGIN))
        self.show_entry()

    def _offer_the_terminals_day(self) -> None:
        """The day has been ended by its key: where cards are charged, their day as well."""
        charges = any(each["kind"] == "card_terminal" for each in device_words.devices_of(self._status))
        if charges and self._router.at_work:
            self.take(self._router.begin(Function.REPORTS, card_words.TERMINAL))

    def _tell(self, done: Done) -> None:
        """Say how it ended; of what a task had done the task says it."""
        if done.dialogue is not None:
            assert done.refused is not None
            self._ask(self.said(done.refused))
        elif self._hosting.carries(done):
            return
        elif done.refused is not None:
            self.refuse(done.refused)
        elif done.voucher is not None:
            self.say(present.voucher(done.voucher))
        elif done.command is not None:
            self.say(present.done(done.command, done.fields, self._services.runner.session.view()))

    def show_entry(self) -> None:
        """Paint prompt and entry, and in payment what is likely to be given."""
        super().show_entry()
        if self._sale.is_mounted:
            self._sale.mode(self._router.mode)
        if self._router.mode in (Mode.SALE, Mode.TENDER) and self._sale.is_mounted:
            self._sale.pay(in_payment=self._router.mode is Mode.TENDER)

    def speak(self, code: str) -> None:
        """Speak this language from now on."""
        text.use(code)
        self._sale.relabel()
        self._sale.stand(self._standing())
        self.show_entry()

    # -- standing

    def _changed(self, what: str) -> None:
        if what == "gone":
            self._engine_gone = True
        if (heard := heard_of(what)) is not None:
            self.call_later(self.heard, heard)
            return
        if (far := claiming_of(what)) is not None:
            # The engine calls from outside of Textual's own context.
            self.call_later(self._show_claim, *far)
        if what == WEIGHING:
            self.call_later(self._show_weighing)
        if (word := charging_of(what)) is not None:
            self.call_later(self._show_charge, word)
        self._status_stale = self._status_stale or what == "status"
        if what == "books":
            self._overdrawn.books_changed()

    # -- what takes a while: the other tills, a customer at the card terminal

    def _show_claim(self, promised: int, asked: int) -> None:
        """So many have promised, of those who are asked."""
        if self._work.idle:
            return  # it ended while this was on its way
        self._router.claiming = True
        self._give_up = self._services.engine.cancel_claims
        said = _("Asking the tills: {promised} of {asked} have confirmed. Esc gives it up.")
        self.say_under_way(said.format(promised=promised, asked=asked))

    def _show_charge(self, word: str) -> None:
        """What the card terminal shows."""
        if self._work.idle:
            return
        self._router.claiming = True
        self._give_up = self._services.engine.cancel_charge
        self._charging = True
        self.say_under_way(card_words.shown(word))

    def _give_up_claim(self) -> None:
        if self._charging:
            self._charging = False  # what is typed from here on is typed after Esc
            self._router.drop_held()
        self.call_later(self._give_up_waiting)

    async def _give_up_waiting(self) -> None:
        try:
            await self._give_up()
        except Exception as fault:  # noqa: BLE001 - an engine that is gone ends the claim as well
            log.warning("what is waited for could not be given up: %s", fault)

    # -- a weighing that takes a while

    def _show_weighing(self) -> None:
        if self._work.idle:
            return
        self._router.weighing = True
        self.say_under_way(_("On the scale, please; it has to come to rest. Esc gives it up."))

    async def _give_up_weighing(self) -> None:
        try:
            await self._services.engine.cancel_weighing()
        except Exception as fault:  # noqa: BLE001 - an engine that is gone ends the weighing as well
            log.warning("the weighing could not be given up: %s", fault)

    async def _tick(self) -> None:
        self._ticks += 1
        if self._status_stale or self._ticks % ASK_ANYWAY_TICKS == 0:
            self._status_stale = False
            await self._ask_status()
        if self._ticks % OVERDRAWN_TICKS == 1 and (self._overdrawn_task is None or self._overdrawn_task.done()):
            self._overdrawn_task = asyncio.create_task(self._look_for_overdraws(), name="till-overdraws")
        if self._sale.is_mounted:
            self._sale.stand(self._standing())

    async def _look_for_overdraws(self) -> None:
        for line in await self._overdrawn.look(self._status.get("members", ())):
            self.call_later(self.complain, line)

    async def _ask_status(self) -> None:
        try:
            self._status = await self._services.engine.status()
            self._engine_gone = False
            for line in self._news.heard(self._status):
                self.call_later(self.complain, line)
        except Exception as fault:  # noqa: BLE001 - a standing that cannot be asked for is shown, and selling goes on
            if not self._engine_gone:
                log.warning("the engine did not tell how it stands: %s", fault)
            self._engine_gone = True
            self._status_stale = True

    def _alarms(self) -> tuple[str, ...]:
        """What somebody must look after, gravest first."""
        status = self._status
        return (*network_words.alarms(status), *self._overdrawn.alarms(), *device_words.alarms(status))

    def _standing(self) -> Standing:
        peers = self._status.get("peers")
        pending = self._status.get("pending")
        return Standing(
            till=wording.till(self._services.till_no),
            receipt_no=self._services.runner.session.view().next_receipt_no,
            cashier=self._services.runner.session.user_name or self._services.cashier,
            clock=self._services.clock().strftime("%d.%m. %H:%M"),
            online=bool(self._status.get("online")) and not self._engine_gone,
            peers=len(peers) if isinstance(peers, list) else 0,
            pending=int(str(pending or 0)),
            engine_gone=self._engine_gone,
            fetched=_fetched(self._status.get("provisioning")),
            alarms=self._alarms(),
        )


async def run(services: TillServices) -> int:
    """Show the till until it is closed; the exit code. ``KeymapError`` if the configured keys clash.

    SIGTERM and SIGHUP close it in order. Needs a terminal on stdin and stderr.
    """
    return await TillApp(services).shown()


def _fetched(provisioning: object) -> int | None:
    """Per cent of a newcomer's first data; None for a till that has them."""
    match provisioning:
        case {"done": int(done), "of": int(of)}:
            return done * 100 // max(1, of)
    return None
