"""What the till's app and the setup assistant's have in common: every key goes to the router the moment it arrives.

Textual would run bindings at once and queue other keys in the focused widget, so that keys
overtake each other; here ``on_event`` hands each key synchronously to the pure router
and the router's intents, in order, to whoever carries them out. Nothing has the focus, nothing
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
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from app import text
from app.screens import wording
from app.screens.driver import TillDriver, Typed
from app.screens.functions import Function, Mode
from app.screens.intents import Intent, Refused
from app.screens.keys import Keymap
from app.screens.prompt import PromptApp
from app.screens.router import Router
from app.screens.theme import DARK, THEMES, theme_for
from app.screens.wedge import Gaps
from app.screens.widgets.entry import EntryLine
from app.screens.widgets.message import MessageLine
from app.text import gettext, local
from app.text import gettext as _
from app.till import ports
from app.till.effects import Refuse
from app.till.ports import Heard
from app.till.refusals import sentence

ENTRY_WAITS_S = 0.02
"""So long the entry is left as it was while what it was for is being done."""
HELPED_BY = {
    "login_needed": Function.LOGIN,
    "right_missing": Function.APPROVE,
    "discount_limit": Function.APPROVE,
}
"""Which function helps against a refusal: its key is shown with it."""
MAX_PASTE = 4096
LEAST_WIDTH, LEAST_HEIGHT = 80, 24
"""Characters that everything fits on."""
MAX_CRASH_LOG_BYTES = 1_048_576

log = logging.getLogger(__name__)


class KeyedScreen(Screen[None]):
    """A screen with a line for messages and one for what is being typed."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__()
        self.message_line = MessageLine()
        self.entry_line = EntryLine()


class KeyedApp(PromptApp):
    """Keys, messages, themes and crashes."""

    CSS_PATH = Path(__file__).with_name("screens.tcss")
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        keys: Mapping[str, object],
        minor_digits: int,
        clock: Callable[[], datetime],
        crash_log: Path | None,
        driver_class: type[Driver] | None = None,
        look: str = "dark",
    ) -> None:
        """``KeymapError`` if the configured keys clash."""
        self._keyboard = Keymap(keys)
        self._gaps = Gaps()
        super().__init__(driver_class=driver_class or TillDriver)
        self._router = Router(self._keyboard, minor_digits)
        self._now = clock
        self._crash_log = crash_log
        self._look = look

    @property
    @abstractmethod
    def idle(self) -> bool:
        """Whether all that was typed has been carried out; what waits for keys is idle too."""

    @abstractmethod
    def take(self, intents: list[Intent]) -> None:
        """Carry out what the router wants."""

    def speak(self, code: str) -> None:
        """Speak this language from now on."""
        text.use(code)
        self.show_entry()

    @property
    def router(self) -> Router:
        """Mode and entry, to look at."""
        return self._router

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles of the style sheet, so that it can be read before a theme is chosen."""
        return dict(DARK)

    def on_mount(self) -> None:
        """Choose the colours."""
        for theme in THEMES.values():
            self.register_theme(theme)
        self.look(self._look)

    def look(self, look: str) -> None:
        """Wear this look (``theme.LOOKS``), as far as the terminal can."""
        self.theme = theme_for(look, os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")).name

    def on_resize(self, event: events.Resize) -> None:
        """Say so if not everything fits on the screen, once it is painted."""
        width, height = event.size
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            said = _("{width}x{height} is too small: enlarge the window to 80x24.").format(width=width, height=height)
            self.call_after_refresh(self.complain, said)
        else:
            self.overcome()

    async def shown(self) -> int:
        """Show it until it is closed; the exit code. SIGTERM and SIGHUP close it in order."""
        loop = asyncio.get_running_loop()
        closing = (signal.SIGTERM, signal.SIGHUP)
        for number in closing:
            loop.add_signal_handler(number, self.exit, 0)
        factory = loop.get_task_factory()
        try:
            await self.run_async(mouse=False)
        finally:
            loop.set_task_factory(factory)
            for number in closing:
                loop.remove_signal_handler(number)
        return self.return_code or 0

    # -- keys

    async def on_event(self, event: events.Event) -> None:
        """Keys to the router at once; a paste is keys too; the mouse is not for tills; the rest is Textual's."""
        if isinstance(event, Typed):
            self._typed(event.typed)
        elif isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed((event,))
        elif not isinstance(event, events.MouseEvent):
            await super().on_event(event)

    def _typed(self, typed: Sequence[events.Key | events.Paste]) -> None:
        before = self._router.mode
        for event in typed:
            if isinstance(event, events.Key):
                self.take(self._router.feed(event.key, event.character, self._gaps.fast(event.time)))
            else:
                self._paste(event.text)
        if not self.idle:
            # What is at work most often ends before anybody could have seen this.
            self.set_timer(ENTRY_WAITS_S, self.show_entry)
            return
        self.show_entry()
        if self._router.mode is not before:
            # What is only typed on is left to the next beat: a scanner types thirteen digits in as many milliseconds.
            self.paint_now()

    def heard(self, heard: Heard) -> None:
        """A device with a line of its own has read something: it goes where the focus is, as typed keys do."""
        match heard.kind:
            case ports.SCANNER:
                self.take(self._router.scanned(heard.text))
            case ports.BADGE_READER:
                self.take(self._router.badge(heard.text))
            case ports.MISREAD:
                code = f"misread_{heard.text}"
                self.refuse(Refused(code if code in wording.REFUSALS else "misread_partial"))
            case ports.NOT_OPENED:
                self.refuse(Refused("not_opened", heard.device))
            case _:
                return  # of an engine that knows more
        self.show_entry()
        if self.idle:
            self.paint_now()

    def _paste(self, text: str) -> None:
        if len(text) > MAX_PASTE:
            self.complain(_("This paste is too long: nothing was taken."))
            return
        for character in text:
            key = {"\r": "enter", "\n": "ctrl+j"}.get(character, character)
            self.take(self._router.feed(key, character))

    # -- what the screen says

    def said(self, refused: Refused | Refuse) -> str:
        """The refusal as a sentence, with the key that helps."""
        if isinstance(refused, Refused):
            return wording.refusal(refused)
        said = sentence(refused.code, refused.values, gettext)
        helps = HELPED_BY.get(refused.code)
        return said if helps is None else f"{said} ({self._keyboard.shown(helps)})"

    def refuse(self, refused: Refused | Refuse) -> None:
        """Something cannot be done: audibly and visibly."""
        self.complain(self.said(refused))

    def refuse_key(self, refused: Refused) -> None:
        """A key does nothing on the step that is shown."""
        self.complain(self.said(refused), of_key=True)

    def crashed(self, fault: Exception) -> None:
        """A task has crashed: so does the app, and says so."""
        self._handle_exception(fault)

    def complain(self, text: str, *, of_key: bool = False) -> None:
        """Something cannot be done: audibly and visibly."""
        self.bell()
        for screen in self._shown():
            screen.message_line.error(text, time.monotonic(), of_key=of_key)

    def _ask(self, text: str) -> None:
        self.bell()
        for screen in self._shown():
            screen.message_line.ask(text)

    def say(self, text: str) -> None:
        """Something was done."""
        for screen in self._shown():
            screen.message_line.good(text, time.monotonic())

    def say_under_way(self, text: str) -> None:
        """Something takes a while, and somebody has to do something about it: the scale, a card, Esc."""
        for screen in self._shown():
            screen.message_line.under_way(text)

    def other_step(self) -> None:
        """Another step came by itself: that a key did nothing on the one before would mislead on this one."""
        for screen in self._shown():
            screen.message_line.other_step()

    def overcome(self) -> None:
        """Something else is begun: what was refused before would only mislead there."""
        for screen in self._shown():
            screen.message_line.overcome(time.monotonic())

    def _shown(self) -> list[KeyedScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, KeyedScreen)]

    def show_entry(self) -> None:
        """Paint prompt and entry."""
        router = self._router
        entry = router.entry
        typed = "".join(
            (
                f"{local(entry.quantity)} * " if entry.quantity else "",
                f"@{local(entry.price)} " if entry.price else "",
                entry.text,
            )
        )
        prompt = wording.prompt(router.mode, router.asked, router.dialogue)
        step = router.step if router.mode is Mode.TASK else None
        if step is not None:
            prompt = step.prompt
        if (router.dialogue is not None and router.dialogue.secret) or (step is not None and step.secret):
            typed = "*" * len(typed)
        if router.mode is Mode.REDEEM and router.redeem_amount:
            prompt += f" {local(router.redeem_amount)}"
        for screen in self._shown():
            screen.entry_line.type(prompt, typed, spoiled=entry.spoiled)

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
        path = self._crash_log
        if path is None:
            return ""
        try:
            fresh = not path.exists() or path.stat().st_size > MAX_CRASH_LOG_BYTES
            with path.open("w" if fresh else "a", encoding="utf-8") as file:
                file.write(f"{self._now().isoformat()}\n{text}\n")
        except OSError:
            return ""
        return _("Details are in {path}.").format(path=path)
