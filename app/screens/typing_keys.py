"""Typing: the entry line, and the state between two keys that all parts of the router share. Pure."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import msgspec

from app.screens.dialogue import Dialogue
from app.screens.functions import Function, Mode
from app.screens.intents import (
    Find,
    Intent,
    Refused,
    Start,
    StepChanged,
)
from app.screens.keys import Keymap, key_name
from app.screens.tasks.steps import Step
from app.screens.wedge import Pace

MAX_ENTRY = 1_200
"""Characters: what the symbol of a slip says (``app.domain.statement``) comes in one piece."""
_FNC1_KEY, FNC1 = "ctrl+right_square_bracket", "\x1d"
"""GS1's separator as a terminal delivers it; part of the code."""


class Entry(msgspec.Struct, frozen=True):
    """What stands in the entry line: ``3*`` (quantity), a price for the next article, and the typed text."""

    text: str = ""
    quantity: str = ""
    price: str = ""
    spoiled: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing at all has been entered."""
        return self == _NOTHING


_NOTHING = Entry()


class Key(NamedTuple):
    """A key as it came: Textual's name, the character that it types, and whether it came fast (``wedge.py``).

    Or all that a device with a line of its own has read: ``name`` is one of ``READ``, ``character`` the text.
    """

    name: str
    character: str | None
    fast: bool | None = None


SCANNED, BADGE = "<scanned>", "<badge>"
READ = (SCANNED, BADGE)
"""Names that no key has."""


class Typing:
    """What has been typed, and what for."""

    def __init__(self, keymap: Keymap, minor_digits: int = 2) -> None:
        """``minor_digits``: decimals of the till's currency."""
        self._keymap = keymap
        self._minor_digits = minor_digits
        self._mode = Mode.SALE
        self._below = Mode.SALE
        """The mode that help or a question lies over."""
        self._asked = Function.VOID_SALE
        self._entry = _NOTHING
        self._redeem_amount: str | None = None
        self._waiting = False
        self._held: deque[Key] = deque()
        self._after_return = False
        self._dialogue: Dialogue | None = None
        self._step: Step | None = None
        self._task_below = Mode.SALE
        self._called_with = Entry()
        """What stood in the entry line when the task was called."""
        self._in_a_task = False
        """A task has begun and not ended: between its steps keys are held."""
        self._fresh = False
        """The entry line is as the step began it: what is typed replaces it."""
        self._covered = self._entry, self._fresh
        """The entry line as it was when the help was opened."""
        self._later: Function | None = None
        """Pressed in a step that is still searching."""
        self._sought = ""
        """What the step that is shown was last told to look for."""
        self._yes_again = False
        """A question has just been answered: the same Enter once more is no key of its own."""
        self._pace = Pace()
        """How what stands in the entry line has been typed."""
        self.claiming = False
        """The tills are being asked, and it takes a while: the key that clears gives up."""
        self.weighing = False
        """The same of the scale."""

    def _belongs_to_code(self, function: Function, character: str | None) -> bool:
        """Whether a key that types something is no function here: a code may hold any character."""
        if character is None or len(character) != 1 or not character.isprintable() or character == "/":
            return False
        text = self._entry.text
        if not text:
            return function is Function.MULTIPLY and character.isalpha()
        return any(typed.isalpha() for typed in text)

    def _type(self, key: str, character: str | None, fast: bool | None = None) -> list[Intent]:
        name = key_name(key, character)
        if key == _FNC1_KEY or name == FNC1:
            name = FNC1
        elif len(name) > 1 or name == "\ufffd" or not name.isprintable():
            if character is not None:
                self._entry = msgspec.structs.replace(self._entry, spoiled=True)
                return []
            return [Refused("key_unknown", key)]
        if len(self._entry.text) >= MAX_ENTRY:
            self._entry = msgspec.structs.replace(self._entry, spoiled=True)
            return []
        before = "" if self._fresh else self._entry.text
        if before:
            self._pace.gap(fast)
        else:
            self._pace = Pace()
        self._entry, self._fresh = msgspec.structs.replace(self._entry, text=before + name), False
        return self._typed()

    def _typed(self) -> list[Intent]:
        """The entry has changed: a step that searches or reckons along is told."""
        if self._mode is not Mode.TASK or self._step is None:
            return []
        if self._step.live:
            self._sought = self._entry.text
            return [Find(self._sought)]
        return [StepChanged()] if self._step.typing(self._entry.text) else []

    def _clear(self) -> None:
        self._entry, self._fresh = _NOTHING, False

    def _begin_entry(self) -> None:
        """The entry line as the step wants it to begin."""
        text = self._step.prefill if self._step is not None else ""
        self._entry, self._fresh = Entry(text=text), bool(text)

    def _refuse(self, code: str, value: str = "") -> list[Intent]:
        """Refuse the entry: it goes away, so that the next scan starts clean."""
        self._clear()
        return [Refused(code, value)]

    def _start(self, function: Function, text: str = "") -> list[Intent]:
        """Begin a task; what stands in the entry line, or ``text``, goes with it."""
        entry = self._entry
        self._clear()
        self._in_a_task, self._called_with = True, entry
        return [Start(function, entry.text or text, entry.quantity, entry.price, self._mode)]
