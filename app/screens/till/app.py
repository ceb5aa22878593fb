"""The Textual app of a till: every key goes to the router the moment it arrives.

Textual would run bindings at once and queue other keys in the focused widget, so that keys
overtake each other; here ``on_event`` hands each key synchronously to the pure router
and the router's intents, in order, to the work queue. Nothing has the focus, nothing
binds a key. Painting follows the outcomes and may lag behind; the order cannot.

A crash goes to the log file with its traceback and no local variables (they hold
customers' data), and the screen says one sentence. The sale is safe: the engine keeps it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
import traceback
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver

from app import network_words
from app.screens import wording
from app.screens.driver import TillDriver
from app.screens.keys import Keymap, Mode
from app.screens.router import HideHelp, HideNetwork, Intent, Quit, Refused, Router, ShowHelp, ShowNetwork, Turn
from app.screens.services import TillServices
from app.screens.theme import FULL, FULL_THEME, VT_THEME, theme_for
from app.screens.till import present
from app.screens.till.help import HelpScreen
from app.screens.till.network import NetworkScreen
from app.screens.till.sale import SaleScreen
from app.screens.till.work import Done, Work
from app.screens.widgets.status import Standing
from app.text import gettext as _
from app.till.refusals import sentence

TICK_S = 0.5
"""How often the clock and the standing of the network are looked at."""
ASK_ANYWAY_TICKS = 10
"""So often the standing is asked for though nobody said that it has changed."""
MAX_PASTE = 4096
MAX_CRASH_LOG_BYTES = 1_048_576

log = logging.getLogger(__name__)


class TillApp(App[int]):
    """One till. ``run`` below is its door."""

    CSS_PATH = "sale.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, services: TillServices, driver_class: type[Driver] | None = None) -> None:
        """``KeymapError`` if the configured keys clash."""
        self._keyboard = Keymap(services.keys)
        super().__init__(driver_class=driver_class or TillDriver)
        self._services = services
        self._router = Router(self._keyboard, services.minor_digits)
        self._work = Work(services, self._show_done)
        self._sale = SaleScreen(services, self._keyboard)
        self._work_task: asyncio.Task[None] | None = None
        self._status: dict[str, Any] = {}
        self._status_stale = True
        self._ticks = 0
        self._engine_gone = False

    @property
    def idle(self) -> bool:
        """Whether all that was typed has been carried out."""
        return self._work.idle

    @property
    def router(self) -> Router:
        """Mode and entry, to look at."""
        return self._router

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of the style sheet, so that it can be read before a theme is chosen."""
        return dict(FULL)

    def on_mount(self) -> None:
        """Show the sale and begin to work."""
        self.register_theme(FULL_THEME)
        self.register_theme(VT_THEME)
        self.theme = theme_for(os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")).name
        self.push_screen(self._sale)
        self._services.engine.on_change(self._changed)
        self._work_task = asyncio.create_task(self._work_on(), name="till-work")
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        self._show_entry()
        await self._tick()
        self.set_interval(TICK_S, self._tick)

    async def on_unmount(self) -> None:
        """Finish the command that is being carried out, then stop."""
        if self._work_task is not None:
            self._work_task.cancel()
            await asyncio.gather(self._work_task, return_exceptions=True)

    # -- keys

    async def on_event(self, event: events.Event) -> None:
        """Keys to the router at once; a paste is keys too; the mouse is not for tills; the rest is Textual's."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._take(self._router.feed(event.key, event.character))
            self._show_entry()
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            self._paste(event.text)
        elif not isinstance(event, events.MouseEvent):
            await super().on_event(event)

    def _paste(self, text: str) -> None:
        if len(text) > MAX_PASTE:
            self._refuse(_("This paste is too long: nothing was taken."))
            return
        for character in text:
            key = {"\r": "enter", "\n": "ctrl+j"}.get(character, character)
            self._take(self._router.feed(key, character))
        self._show_entry()

    def _take(self, intents: list[Intent]) -> None:
        for intent in intents:
            match intent:
                case Refused():
                    self._refuse(wording.refusal(intent))
                case Turn(pages=pages):
                    self._turn(pages)
                case ShowHelp():
                    self.push_screen(HelpScreen(self._keyboard))
                    self.call_after_refresh(self._show_entry)
                case ShowNetwork():
                    self.push_screen(NetworkScreen(self._services))
                    self.call_after_refresh(self._show_entry)
                case HideHelp() | HideNetwork():
                    self._hide()
                case Quit():
                    self.exit(0)
                case _ if not self._work.put(intent):
                    self._refuse(wording.refusal(Refused("queue_full")))
                    if intent.waits:
                        self._take(self._router.resolve())

    def _turn(self, pages: int) -> None:
        if isinstance(self.screen, HelpScreen | NetworkScreen):
            self.screen.paper.turn(pages)
        else:
            self._sale.turn(pages)

    def _hide(self) -> None:
        if isinstance(self.screen, HelpScreen | NetworkScreen):
            self.pop_screen()
            self.call_after_refresh(self._show_entry)

    # -- outcomes

    async def _work_on(self) -> None:
        try:
            await self._work.run()
        except Exception as fault:  # noqa: BLE001 - a crash of the work is a crash of the app, and logged as one
            self._handle_exception(fault)

    def _show_done(self, done: Done) -> None:
        if done.refused is not None:
            self._refuse(self._refusal_of(done))
        elif done.voucher is not None:
            self._say(present.voucher(done.voucher))
        elif done.parked:
            self._say(present.parked(done.parked))
        elif done.command is not None:
            self._say(present.done(done.command, done.fields, self._services.runner.session.view()))
        if done.command is not None and self._sale.is_mounted:
            self._sale.sale()
            self._sale.stand(self._standing())
        if done.intent.waits:
            self._take(self._router.resolve(done.mode))
        self._show_entry()

    def _refusal_of(self, done: Done) -> str:
        if isinstance(done.refused, Refused):
            return wording.refusal(done.refused)
        assert done.refused is not None
        if done.refused.code == "login_needed":
            # The login stands before the screens; users who came while they were open are asked for the next time.
            return _("Users have to log in now: close the till (/99 Enter) and open it again.")
        return sentence(done.refused.code, done.refused.values, self._services.translate)

    # -- what the screen says

    def _refuse(self, text: str) -> None:
        self.bell()
        for screen in self._shown():
            screen.message_line.error(text, time.monotonic())

    def _say(self, text: str) -> None:
        for screen in self._shown():
            screen.message_line.good(text, time.monotonic())

    def _shown(self) -> list[SaleScreen | HelpScreen | NetworkScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, SaleScreen | HelpScreen | NetworkScreen)]

    def _show_entry(self) -> None:
        router = self._router
        entry = router.entry
        typed = "".join(
            (
                f"{wording.local(entry.quantity)} * " if entry.quantity else "",
                f"@{wording.local(entry.price)} " if entry.price else "",
                entry.text,
            )
        )
        prompt = wording.prompt(router.mode, router.asked)
        if router.mode is Mode.REDEEM and router.redeem_amount:
            prompt += f" {wording.local(router.redeem_amount)}"
        for screen in self._shown():
            screen.entry_line.type(prompt, typed, spoiled=entry.spoiled)

    # -- standing

    def _changed(self, what: str) -> None:
        if what == "gone":
            self._engine_gone = True
        self._status_stale = self._status_stale or what == "status"

    async def _tick(self) -> None:
        self._ticks += 1
        if self._status_stale or self._ticks % ASK_ANYWAY_TICKS == 0:
            self._status_stale = False
            await self._ask_status()
        if self._sale.is_mounted:
            self._sale.stand(self._standing())

    async def _ask_status(self) -> None:
        try:
            self._status = await self._services.engine.status()
            self._engine_gone = False
        except Exception as fault:  # noqa: BLE001 - a standing that cannot be asked for is shown, and selling goes on
            if not self._engine_gone:
                log.warning("the engine did not tell how it stands: %s", fault)
            self._engine_gone = True
            self._status_stale = True

    def _standing(self) -> Standing:
        peers = self._status.get("peers")
        pending = self._status.get("pending")
        return Standing(
            till=self._services.till_title,
            receipt_no=self._services.runner.session.view().next_receipt_no,
            cashier=self._services.cashier,
            clock=self._services.clock().strftime("%d.%m. %H:%M"),
            online=bool(self._status.get("online")) and not self._engine_gone,
            peers=len(peers) if isinstance(peers, list) else 0,
            pending=int(str(pending or 0)),
            engine_gone=self._engine_gone,
            fetched=_fetched(self._status.get("provisioning")),
            alarms=tuple(network_words.alarms(self._status)),
        )

    # -- crashes

    def _handle_exception(self, error: Exception) -> None:
        """Close the screens; the traceback, without local variables, goes to the log file."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        where = self._log_crash(error)
        if not self._exit_renderables:
            said = _("The screen stopped by a fault ({kind}). {where} The open sale is kept: start the till again.")
            self._exit_renderables.append(Text(said.format(kind=type(error).__name__, where=where)))
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def _log_crash(self, error: Exception) -> str:
        text = "".join(traceback.format_exception(error))
        log.error("the screen stopped: %s", text)
        path = self._services.crash_log
        if path is None:
            return ""
        try:
            fresh = not path.exists() or path.stat().st_size > MAX_CRASH_LOG_BYTES
            with path.open("w" if fresh else "a", encoding="utf-8") as file:
                file.write(f"{self._services.clock().isoformat()}\n{text}\n")
        except OSError:
            return ""
        return _("Details are in {path}.").format(path=path)


async def run(services: TillServices) -> int:
    """Show the till until it is closed; the exit code. ``KeymapError`` if the configured keys clash.

    SIGTERM and SIGHUP close it in order. Needs a terminal on stdin and stderr.
    """
    app = TillApp(services)
    loop = asyncio.get_running_loop()
    closing = (signal.SIGTERM, signal.SIGHUP)
    for number in closing:
        loop.add_signal_handler(number, app.exit, 0)
    factory = loop.get_task_factory()
    try:
        await app.run_async(mouse=False)
    finally:
        loop.set_task_factory(factory)
        for number in closing:
            loop.remove_signal_handler(number)
    return app.return_code or 0


def _fetched(provisioning: object) -> int | None:
    """Per cent of a newcomer's first data; None for a till that has them."""
    match provisioning:
        case {"done": int(done), "of": int(of)}:
            return done * 100 // max(1, of)
    return None
