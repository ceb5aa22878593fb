"""Keys in, intents out: what every key means, decided in one pure place.

``feed(key, character)`` takes each key the moment it arrives, in order, and gives back
what is wanted; nothing waits in a widget, so nothing overtakes anything. ``typing_keys.py`` is what is typed,
``sale_keys.py`` sale and payment, ``task_keys.py`` the steps of tasks; here are the modes and the order. The rules:

1. *Number first, then function*: what was typed belongs to the function that follows.
2. *Modes are explicit* (``Mode``); only the router changes them.
3. *A scan is never money*: an amount has at most seven digits (``amounts.py``).
4. *Barriers*: whether a payment ends the sale is known only when it has been carried out.
   An intent that ``waits`` holds back all later keys (up to ``HELD_KEYS``) until
   ``resolve(mode)`` tells how it ended; then they are taken as if just pressed.
5. *One Enter per scan*: the LF of a scanner's CR LF is no second Enter, else it would pay.
6. *What follows a letter belongs to a code*: ``P3-000012`` and ``Box+5`` can be typed and scanned, ``4-`` voids
   line 4, ``3x`` are three; only the slash (a function by its number) stands after anything.
7. *A question stays in front*: when a claim was not confirmed by all (``question``), the keys typed before anybody
   saw that wait on until it is answered; what is typed now is the answer and nothing else.
8. *A slip says what it is*: a voucher's symbol is looked up while goods are sold and redeemed in payment, a token's is
   redeemed and a coupon's taken in both.
9. *A task's step is fed like everything else* (``tasks/``): in order, with the keys after it held back until the next
   step is there; a barcode that arrives where none belongs is refused.
10. *What a device reads comes whole* (``scanned``, ``badge``), wherever the focus is; with something else in the entry
    line it is refused and that stays.
11. *Nothing is dropped silently*: what cannot be used is answered with ``Refused``, and an
   entry with an unreadable character is refused as a whole rather than shortened.
"""

from __future__ import annotations

import re

import msgspec

from app.screens import amounts
from app.screens.dialogue import Dialogue
from app.screens.functions import AT_WORK, TASKS, Function, KeyFunction, Mode
from app.screens.intents import (
    Act,
    Again,
    Answered,
    Declined,
    GiveUpClaim,
    GiveUpWeighing,
    HideHelp,
    Intent,
    Quit,
    Refused,
    Settle,
    ShowHelp,
    Turn,
)
from app.screens.keys import key_name
from app.screens.sale_keys import SaleKeys
from app.screens.task_keys import TaskKeys
from app.screens.tasks.steps import Step
from app.screens.typing_keys import BADGE, FNC1, MAX_ENTRY, READ, SCANNED, Entry, Key
from app.till.commands import (
    ApproveBadge,
    VoidSale,
    ZReport,
)

HELD_KEYS = 4096
"""Keys that may wait behind a barrier; a second of the fastest scanner types 1,000."""
_GAP = Key("\ufffd", "\ufffd")
"""Stands for keys that were too many: what they left of a scan is neither money nor another code."""
_FUNCTION_NUMBER = re.compile(r"/\d{1,2}", re.ASCII)
"""In a task a stroke may be part of a name: only this is a function's number there."""


class Router(SaleKeys, TaskKeys):
    """The state between two keys: mode, entry and held keys. No I/O, no clock."""

    @property
    def dialogue(self) -> Dialogue | None:
        """In mode ``QUESTION``: what is asked."""
        return self._dialogue

    @property
    def step(self) -> Step | None:
        """In a task: what is shown."""
        return self._step

    @property
    def mode(self) -> Mode:
        """What the entry line is for now."""
        return self._mode

    @property
    def entry(self) -> Entry:
        """What has been entered so far."""
        return self._entry

    @property
    def asked(self) -> Function:
        """In mode ``CONFIRM``: what Enter would do."""
        return self._asked

    @property
    def redeem_amount(self) -> str | None:
        """In mode ``REDEEM``: how much of the voucher to take; None: as much as is due."""
        return self._redeem_amount

    @property
    def at_work(self) -> bool:
        """Whether goods or money are being entered: nothing lies over that, and nothing is waited for."""
        return self._mode in AT_WORK and not self._waiting

    @property
    def waiting(self) -> bool:
        """Whether keys are being held until ``resolve``."""
        return self._waiting

    def feed(self, key: str, character: str | None, fast: bool | None = None) -> list[Intent]:
        """Take one key (Textual's name and the character it types) and say what is wanted.

        ``fast``: it came so soon after the one before as only a scanner's does; None: nobody knows.
        """
        # The key that came before it, whether that one is held or not.
        after_return, self._after_return = self._after_return, key == "enter"
        if after_return and key == "ctrl+j" and (self._waiting or not self._raw):
            return []
        if self._waiting:
            function = self._keymap.find(self._mode, key, character)
            if self.claiming and function is Function.CLEAR:
                return [GiveUpClaim()]
            if self.weighing and function is Function.CLEAR:
                return [GiveUpWeighing()]
            if self._yes_again and function is Function.ENTER:
                return []  # pressed twice, it would pay the rest
            self._yes_again = False
            return self._hold(Key(key, character, fast))
        if self.weighing and self._clears_nothing(key, character):
            return [GiveUpWeighing()]
        return self._out(self._take(Key(key, character, fast)))

    def _clears_nothing(self, key: str, character: str | None) -> bool:
        """The key that clears, where there is nothing to clear and no step to take back."""
        at_rest = self._mode is Mode.SALE and self._entry.empty
        return at_rest and self._keymap.find(self._mode, key, character) is Function.CLEAR

    def scanned(self, code: str) -> list[Intent]:
        """A scanner with a line of its own has read this: it goes where a code belongs, in one piece."""
        return self._read(Key(SCANNED, code))

    def badge(self, number: str) -> list[Intent]:
        """A badge has been held to its reader."""
        return self._read(Key(BADGE, number))

    def _read(self, read: Key) -> list[Intent]:
        text = read.character or ""
        if not text or len(text) > MAX_ENTRY or not all(each.isprintable() or each == FNC1 for each in text):
            return [Refused("unreadable")]
        self._after_return = False
        return self._hold(read) if self._waiting else self._out(self._take(read))

    def _hold(self, key: Key) -> list[Intent]:
        if len(self._held) >= HELD_KEYS:
            if self._held[-1] != _GAP:
                self._held.append(_GAP)
            return [Refused("too_fast")]
        self._held.append(key)
        return []

    def resolve(self, mode: Mode | None = None) -> list[Intent]:
        """The intent that waited is done: go on in ``mode`` (None: as it was) with the keys held meanwhile."""
        self._waiting = self._in_a_task = self._yes_again = False
        if mode is not None:
            self._mode = mode
        return self._released()

    def question(self, dialogue: Dialogue) -> None:
        """The intent that waited is not done: something is asked first. Keys held so far are held on.

        What is still to come of an entry that was begun is no answer, and without it the entry is none either.
        """
        self._waiting = self._yes_again = False
        for _key in range(self._unfinished()):
            self._held.pop()
            self._entry = Entry(spoiled=True)
        self._dialogue = dialogue
        self._below, self._mode = self._mode, Mode.QUESTION

    def drop_held(self) -> None:
        """What was waited for comes to nothing: the keys held so far meant that it would not. What is still to come of
        an entry that they began is none without them.
        """
        torn = self._unfinished() > 0
        self._held.clear()
        if torn:
            self._entry = Entry(spoiled=True)

    def _unfinished(self) -> int:
        """How many held keys at the end begin an entry."""
        return _begun([key_name(held.name, held.character) for held in self._held])

    def begin(self, function: Function, text: str = "") -> list[Intent]:
        """Begin a task that nobody called: keys are held until its first step is there."""
        return self._out(self._start(function, text))

    def present(self, step: Step) -> list[Intent]:
        """A task shows this step, over the help too; keys held meanwhile go to it."""
        torn = self._is_torn()
        if self._mode is Mode.HELP:
            self._mode = self._below
        if self._mode is not Mode.TASK:
            self._task_below, self._mode = self._mode, Mode.TASK
        self._waiting, self._step, self._later, self._in_a_task = False, step, None, True
        self._begin_entry()
        self._sought = self._entry.text
        if torn:
            self._entry, self._fresh = Entry(spoiled=True), False
        return self._released()

    def _is_torn(self) -> bool:
        """Whether nobody waits for what comes now, and something is being typed: its rest is not for what comes."""
        typing = bool(self._entry.text) or self._entry.spoiled
        return typing and not self._waiting and not self._fresh

    def found(self) -> list[Intent]:
        """The step has what it searched for: what was pressed meanwhile is taken now."""
        if self._later is None:
            return []
        function, self._later, self._waiting = self._later, None, False
        return [*self._out(self._in_task(function)), *self._released()]

    def end_task(self, mode: Mode | None = None, then: Function | None = None) -> list[Intent]:
        """The task is done: back to what it lay over, or to ``mode``. ``then`` is pressed before all held keys, with
        the entry that the task was called with.
        """
        torn = self._is_torn()
        if self._mode is Mode.HELP:
            self._mode = self._below
        if self._mode is Mode.TASK:
            self._mode = self._task_below
        if mode is not None:
            self._mode = mode
        self._waiting, self._step, self._later, self._in_a_task = False, None, None, False
        self._clear()
        if then is not None:
            self._entry = self._called_with
            return [*self._out(self._press(then)), *self._released()]
        if torn:
            self._entry = Entry(spoiled=True)
        return self._released()

    def _released(self) -> list[Intent]:
        """What the held keys want."""
        wanted: list[Intent] = []
        while self._held and not self._waiting:
            wanted += self._out(self._take(self._held.popleft()))
        return wanted

    def _out(self, intents: list[Intent]) -> list[Intent]:
        self._waiting = self._waiting or any(intent.waits for intent in intents)
        return intents

    @property
    def _raw(self) -> bool:
        """Whether a step is shown that takes keys as they come."""
        return self._mode is Mode.TASK and self._step is not None and self._step.raw

    def _take(self, pressed: Key) -> list[Intent]:
        key, character, fast = pressed
        if key in READ:
            return self._take_read(key, character or "")
        if self._raw and self._step is not None:
            return self._came_of(self._step.key(key, character), Function.ENTER)
        function = self._keymap.find(self._mode, key, character)
        if function is Function.QUICK and not self._entry.text.strip(amounts.STAR) and not self._entry.spoiled:
            return self._type(amounts.STAR, amounts.STAR)
        if function in (None, Function.QUICK) or self._belongs_to_code(function, character):
            return self._type(key, character, fast)
        if function is Function.ENTER:
            self._pace.gap(fast)
        return self._press(function)

    def _take_read(self, kind: str, text: str) -> list[Intent]:
        """What a device has read, where it belongs; refused elsewhere, and what is being typed stays."""
        match self._mode:
            case Mode.TASK:
                return self._read_in_task(text) if kind == SCANNED else self._badge_in_task(text)
            case Mode.HELP:
                return [Refused("help_open")]
            case Mode.QUESTION if kind == BADGE and self._dialogue is not None:
                if refused := self._dialogue.badge(text):
                    return [Refused(refused)]
                self._clear()
                return []
            case Mode.CONFIRM | Mode.QUESTION:
                return [Refused("answer_first")]
        return self._read_in_sale(text) if kind == SCANNED else [Act(ApproveBadge(text))]

    # -- functions

    def _press(self, function: Function) -> list[Intent]:
        anywhere = self._anywhere_in_task(function) if self._mode is Mode.TASK else self._anywhere(function)
        if anywhere is not None:
            return anywhere
        match self._mode:
            case Mode.SALE:
                return self._in_sale(function)
            case Mode.TENDER:
                return self._in_tender(function)
            case Mode.REDEEM:
                return self._in_redeem()
            case Mode.CONFIRM:
                return self._confirmed()
            case Mode.QUESTION:
                return self._answered()
            case Mode.HELP:
                return self._step_back() if self._entry.empty else self._refuse("help_open")
            case Mode.TASK:
                return self._in_task(function)

    def _anywhere(self, function: Function) -> list[Intent] | None:
        """What means the same in every mode; None: the mode decides."""
        match function:
            case Function.BY_NUMBER:
                return self._type("/", "/")
            case Function.ERASE:
                return self._erase()
            case Function.CLEAR:
                return self._step_back() if self._entry.empty else self._cleared()
            case Function.PAGE_UP | Function.PAGE_DOWN | Function.UP | Function.DOWN:
                return [Turn(-1 if function in (Function.PAGE_UP, Function.UP) else 1)]
            case _ if self._entry.spoiled:
                return self._refuse("unreadable")
            case _ if self._mode is Mode.QUESTION:
                return None if function is Function.ENTER else self._refuse("answer_first")
            case Function.ENTER if "/" in self._entry.text:
                return self._numbered()
        return self._over(function)

    def _over(self, function: Function) -> list[Intent] | None:
        """What lies over the mode until it is left; None: nothing does."""
        match function:
            case Function.HELP:
                return self._help()
            case Function.VOID_SALE | Function.QUIT | Function.Z_REPORT:
                return self._ask(function)
            case _ if function in TASKS:
                return self._start(function)
        return None

    def _numbered(self) -> list[Intent]:
        """``5000/06`` Enter: the function by its number, with what stood before the stroke."""
        before, _stroke, digits = self._entry.text.partition("/")
        row: KeyFunction | None = None
        if not digits and before:
            row = self._keymap.row(Function.DISCOUNT)
        elif digits.isascii() and digits.isdigit() and len(digits) <= 2:
            row = self._keymap.numbered(self._mode, int(digits))
        if row is None:
            return self._refuse("function_unknown", self._entry.text[:20])
        self._entry = msgspec.structs.replace(self._entry, text=before)
        return self._press(row.function)

    def _erase(self) -> list[Intent]:
        entry, self._fresh = self._entry, False
        if entry.text:
            self._entry = msgspec.structs.replace(entry, text=entry.text[:-1])
            return self._typed()
        if entry.spoiled:
            self._clear()
        elif entry.price:
            self._entry = msgspec.structs.replace(entry, price="")
        elif entry.quantity:
            self._entry = Entry(text=entry.quantity)
        else:
            return self._step_back()
        return []

    def _cleared(self) -> list[Intent]:
        self._clear()
        return self._typed()

    def _step_back(self) -> list[Intent]:
        """From a question to what it lies over, from payment to the sale; in the sale nothing."""
        left, self._mode = (
            self._mode,
            {
                Mode.SALE: Mode.SALE,
                Mode.TENDER: Mode.SALE,
                Mode.REDEEM: Mode.TENDER,
                Mode.CONFIRM: self._below,
                Mode.QUESTION: self._below,
                Mode.HELP: self._below,
            }[self._mode],
        )
        if left is Mode.QUESTION:
            self._dialogue = None
            return [Declined()] if self._in_a_task else self._released()
        if left is Mode.HELP:
            self._entry, self._fresh = self._covered
            return [HideHelp()]
        return []

    def _help(self) -> list[Intent]:
        if self._mode is Mode.HELP:
            self._clear()
            return self._step_back()
        if self._mode is Mode.CONFIRM:
            return self._refuse("answer_first")
        self._below, self._mode = self._mode, Mode.HELP
        self._covered = self._entry, self._fresh
        self._clear()
        return [ShowHelp()]

    def _ask(self, function: Function) -> list[Intent]:
        self._below, self._mode, self._asked = self._mode, Mode.CONFIRM, function
        self._clear()
        return []

    def _confirmed(self) -> list[Intent]:
        if not self._entry.empty:
            return self._refuse("answer_first")
        self._mode = self._below
        if self._asked is Function.QUIT:
            return [Quit()]
        return [Settle(ZReport() if self._asked is Function.Z_REPORT else VoidSale())]

    def _answered(self) -> list[Intent]:
        """Enter in mode ``QUESTION``."""
        dialogue = self._dialogue
        assert dialogue is not None
        refused = dialogue.enter(self._entry.text, by_person=self._pace.by_person)
        self._clear()
        if refused:
            return [Refused(refused)]
        if not dialogue.done:
            return []
        self._dialogue, self._mode, self._yes_again = None, self._below, True
        return [Again(dialogue.override)]

    # -- tasks

    def _anywhere_in_task(self, function: Function) -> list[Intent] | None:
        """What means the same in every step; None: the step decides."""
        text = self._entry.text
        match function:
            case Function.BY_NUMBER:
                return self._type("/", "/")
            case Function.ERASE if self._entry.empty:
                return [Answered(None)]
            case Function.ERASE:
                return self._erase()
            case Function.CLEAR if self._entry.empty or self._fresh:
                return [Answered(None)]
            case Function.CLEAR:
                return self._cleared()
            case Function.PAGE_UP | Function.PAGE_DOWN:
                return [Turn(-1 if function is Function.PAGE_UP else 1)]
            case Function.HELP:
                return self._help()
            case _ if self._entry.spoiled:
                return self._refuse("unreadable")
            case Function.ENTER if _FUNCTION_NUMBER.fullmatch(text) and self._is_called(int(text[1:])):
                return self._numbered()
        return None


def _begun(names: list[str]) -> int:
    """How many of the keys at the end are an entry that no function has ended: digits, or anything from a letter on."""
    typed = len(names)
    while typed and len(names[typed - 1]) == 1:
        typed -= 1
    begins = next((index for index in range(typed, len(names)) if names[index].isalpha()), len(names))
    while begins > typed and (names[begins - 1].isalnum() or names[begins - 1] in ",._\ufffd"):
        begins -= 1
    return len(names) - begins
