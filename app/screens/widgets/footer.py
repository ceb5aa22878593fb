"""The keys at the foot, from the registry: those that apply now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.screens.cells import Part
from app.screens.functions import ANSWERS, FOOTER, Function, Mode
from app.screens.keys import Keymap
from app.screens.widgets.painting import OneLine
from app.text import gettext as _

HELP_LABEL = "?"
"""Shorter than the word: the sale's keys have to fit 80 columns."""
_F_KEY = re.compile(r"f(\d+)")


class Footer(OneLine):
    """As many keys as fit, in one order everywhere: of the mode, or of a task's step."""

    COMPONENT_CLASSES = {"footer--key"}

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._keymap = keymap
        self._mode = Mode.SALE
        self._actions: Mapping[Function, str] | None = None

    def mode(self, mode: Mode) -> None:
        """Show what applies in this mode."""
        if mode is not self._mode:
            self._mode = mode
            self.lay_out()

    def actions(self, labels: Mapping[Function, str], enter: str = "") -> None:
        """Show these functions by these labels, what Enter does if that has a name, and how one gets back."""
        self._actions = {**({Function.ENTER: enter} if enter else {}), **labels}
        self.lay_out()

    def on_mount(self) -> None:
        """Show the keys."""
        self.lay_out()

    def on_resize(self) -> None:
        """More or fewer keys fit."""
        self.lay_out()

    def lay_out(self) -> None:
        """Choose and show what fits; also after a change of language."""
        rows = [self._keymap.row(function) for function in FOOTER]
        if self._actions is not None:
            self._show([(Function.HELP, HELP_LABEL), *self._actions.items(), (Function.CLEAR, _("Back"))])
        elif self._mode in ANSWERS:
            self._show([(Function.ENTER, _(ANSWERS[self._mode])), (Function.CLEAR, _("Back"))])
        else:
            labels = [(row.function, _(row.label)) for row in rows if self._mode in row.modes]
            self._show([(Function.HELP, HELP_LABEL), *(pair for pair in labels if pair[0] is not Function.HELP)])

    def _show(self, functions: Sequence[tuple[Function, str]]) -> None:
        room = self.size.width - 1
        parts: list[Part] = [(" ", "")]
        for function, label in functions:
            key = key_label(self._keymap, function)
            width = len(key) + len(label) + 1
            if width <= room:
                room -= width
                parts += [(key, "footer--key"), (label + " ", "")]
        self.show(tuple(parts))


def key_label(keymap: Keymap, function: Function) -> str:
    """How short a key can be named: ``F1`` at the head of the row, then ``2``, ``3``, ...; other keys as they are."""
    shown = keymap.shown(function)
    if function is FOOTER[0]:
        return shown
    f_key = _F_KEY.fullmatch(shown.lower())
    return f_key[1] if f_key else shown
