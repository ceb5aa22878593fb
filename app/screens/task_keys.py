"""What a key means in a step of a task. Pure."""

from __future__ import annotations

from app.domain import statement
from app.screens import amounts
from app.screens.functions import Function, Mode
from app.screens.intents import (
    Answered,
    Intent,
    Refused,
    StepChanged,
)
from app.screens.tasks.steps import Bad, Finished, Later, Outcome, Stays
from app.screens.typing_keys import Entry, Typing


class TaskKeys(Typing):
    """Feeds the step that is shown."""

    def _is_called(self, number: int) -> bool:
        """Whether ``/number`` calls a function in a task: a search is for whatever is none of its keys."""
        searches = self._step is not None and self._step.live
        return not searches or self._keymap.numbered(Mode.TASK, number) is not None

    def _in_task(self, function: Function) -> list[Intent]:
        """A key for the step that is shown."""
        step, text = self._step, self._entry.text
        assert step is not None
        as_it_was = self._fresh or text == step.prefill
        step.by_person, step.by_scanner = self._pace.by_person, self._pace.by_scanner
        if function in (Function.UP, Function.DOWN):
            outcome = step.move(-1 if function is Function.UP else 1, text)
        elif not (step.scans or as_it_was or step.by_person) and _looks_scanned(text):
            outcome = Bad("scan_in_task", text[:20])
        elif function is Function.ENTER:
            outcome = step.enter(text)
        else:
            outcome = step.act(int(function.removeprefix("action_")), text)
        return self._came_of(outcome, function)

    def _read_in_task(self, code: str) -> list[Intent]:
        """A scanner has read this."""
        step = self._step
        if step is None or step.raw or not step.scans or (step.secret and not step.fits_badge):
            return [Refused("scan_in_task", code[:20])]
        if not (self._entry.empty or self._fresh):
            return [Refused("entry_open")]
        self._entry, self._fresh = Entry(text=code), False
        return self._in_task(Function.ENTER)

    def _badge_in_task(self, number: str) -> list[Intent]:
        """A badge is held to its reader."""
        outcome = self._step.badge(number) if self._step is not None else Bad("badge_not_here")
        if isinstance(outcome, Bad):
            return [Refused(outcome.code, outcome.value)]
        return self._came_of(outcome, Function.ENTER)

    def _came_of(self, outcome: Outcome, function: Function) -> list[Intent]:
        """What the step made of a key."""
        match outcome:
            case Later():
                self._later, self._waiting = function, True
                # An entry that was refused went away without being looked for: nobody would ever find it.
                return [] if self._sought == self._entry.text else self._typed()
            case Bad(code=code, value=value):
                self._begin_entry()
                return [Refused(code, value), StepChanged(), *self._typed()]
            case Stays():
                if self._step is None or not self._step.live:
                    self._begin_entry()
                return [StepChanged()]
            case Finished(answer=answer):
                self._clear()
                return [Answered(answer)]


def _looks_scanned(text: str) -> bool:
    return amounts.is_scan(text) or statement.looks_like_one(text)
