"""What a task shows and asks: the state between two keys. Pure.

The router feeds a step (``enter``, ``act``, ``move``) and looks at what comes out; a screen paints its ``lines``.
The typed text stays in the router's entry line; ``prefill`` is what stands there when the step begins.
"""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app.screens.cells import Part
from app.text import gettext as _

Line = tuple[Part, ...]
TITLE, MARKED, STRONG, SOFT, WARN = "task--title", "task--marked", "task--strong", "task--soft", "task--warn"
PAPER = "task--paper"
"""Styles of ``lines``: component classes of ``widgets/canvas.py``."""


Text = str | Callable[[int], str]
"""A text, or what makes one for so many columns."""


class Action(msgspec.Struct, frozen=True):
    """What else can be done with what is shown: the function key ``slot`` (F2 to F9, also ``/2`` Enter)."""

    slot: int
    name: str
    label: str
    """Fits the footer: at most 8 characters."""


class Stays(msgspec.Struct, frozen=True):
    """The step goes on; the entry line starts anew with ``prefill``."""


class Later(msgspec.Struct, frozen=True):
    """It cannot be said yet: what was typed is still being looked for. Asked again when that is there."""


class Bad(msgspec.Struct, frozen=True):
    """Not to be used: ``code`` is a sentence of ``wording.REFUSALS``."""

    code: str
    value: str = ""


class Finished(msgspec.Struct, frozen=True):
    """The step's answer; None: one step back."""

    answer: Any


Outcome = Stays | Later | Bad | Finished


class Step(ABC):
    """One thing shown, with one entry line."""

    live = False
    """Whether what is typed is looked for at once (``Choose``)."""
    scans = False
    """Whether a barcode belongs here."""
    secret = False
    """Whether what is typed must not be seen."""
    fits_badge = False
    """Whether what is typed may be a badge's number, so that a scanner may read it off one though it is ``secret``."""
    enter_label = ""
    """What Enter does, for the footer; empty where it takes what is typed or marked."""
    by_person = by_scanner = False
    """Who typed what it is fed now, as far as that is known (``app/screens/wedge.py``)."""
    bare = False
    """Whether it has the screen to itself: no title, message, entry or keys are shown."""
    raw = False
    """Whether it gets every key as it comes (``key``): none has a meaning, and none types anything."""

    def __init__(self, title: str, prompt: str = "", actions: Sequence[Action] = ()) -> None:
        self.title = title
        self._prompt = prompt
        self.actions = tuple(sorted(actions, key=lambda action: action.slot))

    @property
    def prompt(self) -> str:
        """What the entry line is for."""
        return self._prompt

    @property
    def prefill(self) -> str:
        """What stands in the entry line; the first key that types something replaces it."""
        return ""

    def enter(self, text: str) -> Outcome:  # noqa: ARG002 - raw steps get keys instead
        """Enter was pressed with this in the entry line."""
        return Stays()

    def typing(self, text: str) -> bool:  # noqa: ARG002 - for steps that reckon along
        """This stands in the entry line now; True: the step shows something else for it."""
        return False

    def key(self, key: str, character: str | None) -> Outcome:  # noqa: ARG002 - raw steps take it
        """A key, by Textual's name and the character it types; only ``raw`` steps are given any."""
        return Bad("key_unknown", key)

    def badge(self, number: str) -> Outcome:  # noqa: ARG002 - where one belongs takes it
        """A badge of this number has been held to its reader; only ``Bad`` leaves what is being typed as it is."""
        return Bad("badge_not_here")

    def act(self, slot: int, text: str) -> Outcome:
        """An action's key was pressed."""
        action = next((action for action in self.actions if action.slot == slot), None)
        if action is None:
            return Bad("no_action", f"F{slot}")
        return self.acted(action.name, text)

    def acted(self, name: str, text: str) -> Outcome:
        """The action of this name; ``text`` is what was typed before it."""
        return Bad("entry_open") if text else Finished(name)

    def move(self, by: int, text: str) -> Outcome:  # noqa: ARG002 - what was typed matters to forms only
        """An arrow: one row or field up (-1) or down (1)."""
        return Stays()

    def page(self, by: int, height: int) -> None:  # noqa: B027 - not every step has pages
        """PgUp or PgDn."""

    @abstractmethod
    def lines(self, width: int, height: int) -> list[Line]:
        """What is painted: at most ``height`` lines of at most ``width`` cells."""


class Sheet(Step):
    """Something to read; answers the name of an action, or None when it is closed (Enter or Esc)."""

    def __init__(self, title: str, text: Text, actions: Sequence[Action] = (), prompt: str = "") -> None:
        super().__init__(title, prompt or _("Enter or Esc closes"), actions)
        self._text = text
        self._top = 0
        self._shown = 1

    @property
    def top(self) -> int:
        """The first line in view."""
        return self._top

    def text(self, width: int) -> str:
        """What it says in lines of this width."""
        return self._text if isinstance(self._text, str) else self._text(width)

    def put(self, text: Text) -> None:
        """Another text in its place, from where it is read now."""
        self._text = text

    def enter(self, text: str) -> Outcome:
        """Close it."""
        return Bad("nothing_to_type", text[:20]) if text else Finished(None)

    def move(self, by: int, text: str) -> Outcome:  # noqa: ARG002
        """Half a page."""
        self.page(by, self._shown)
        return Stays()

    def page(self, by: int, height: int) -> None:
        """Half a page."""
        self._top = max(0, self._top + by * max(1, height // 2))

    def lines(self, width: int, height: int) -> list[Line]:
        """The text, wrapped; what is longer has a mark at the foot."""
        self._shown = height
        text = self.text(width - 2)
        wrapped = wrap(text, width - 2)
        self._top = max(0, min(self._top, len(wrapped) - height))
        shown: list[Line] = [((f" {line}", ""),) for line in wrapped[self._top : self._top + height]]
        left = len(wrapped) - self._top - height
        if left > 0:
            shown[-1] = ((" " + _("... {count} more lines: PgDn").format(count=left + 1), SOFT),)
        return shown


class Question(Step):
    """Yes (Enter) or no (Esc); answers True or None."""

    def __init__(self, title: str, question: str, text: str = "") -> None:
        super().__init__(title, f"{question} " + _("Enter yes, Esc no"))
        self.enter_label = _("Yes")
        self._text = text

    def enter(self, text: str) -> Outcome:
        """Yes, unless something else was typed."""
        return Bad("answer_first") if text else Finished(answer=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """What it is about."""
        return [((f" {line}", ""),) for line in wrap(self._text, width - 2)[:height]]


class Working(Step):
    """Something that takes a while: a bar, and Esc gives it up."""

    def __init__(self, title: str, *, may_stop: bool = True) -> None:
        super().__init__(title, _("Please wait; Esc gives it up") if may_stop else _("Please wait"))
        self.may_stop = may_stop
        self._done, self._of, self._said = 0, 0, ""

    def far(self, done: int, of: int, said: str = "") -> None:
        """So much is done; ``of`` 0: nobody knows how much there is."""
        self._done, self._of, self._said = done, of, said

    def enter(self, text: str) -> Outcome:  # noqa: ARG002
        """Nothing can be entered."""
        return Bad("please_wait")

    def lines(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """The bar, how far it is, and at what."""
        room = max(10, min(60, width - 12))
        full = room * self._done // self._of if self._of else 0
        so_far = _("{count} so far").format(count=self._done) if self._done else ""
        per_cent = f"{100 * self._done // self._of:3} %" if self._of else so_far
        bar = "[" + "#" * full + "." * (room - full) + "]" if self._of else ""
        return [((" ", ""),), ((f" {bar} {per_cent}", STRONG),), ((f" {self._said}", ""),)]


def wrap(text: str, width: int) -> list[str]:
    """The text's lines, none longer than ``width``; blanks at a line's beginning (tables) are kept."""
    wrapped: list[str] = []
    for line in text.splitlines():
        wrapped += textwrap.wrap(line, max(10, width), drop_whitespace=False) if len(line) > width else [line]
    return wrapped
