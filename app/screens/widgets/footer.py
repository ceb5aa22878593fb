"""The function keys at the foot, from the registry; functions that this version lacks are dimmed."""

from __future__ import annotations

import re

from app.screens.keys import FOOTER, Function, Keymap
from app.screens.widgets.painting import OneLine, Part
from app.text import gettext as _

_F_KEY = re.compile(r"f(\d+)")


class Footer(OneLine):
    """As many keys as fit, in one order everywhere; built functions go before others when room is short."""

    COMPONENT_CLASSES = {"footer--key", "footer--missing"}

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._keymap = keymap

    def on_mount(self) -> None:
        """Show the keys."""
        self.lay_out()

    def on_resize(self) -> None:
        """More or fewer keys fit."""
        self.lay_out()

    def lay_out(self) -> None:
        """Choose and show what fits; also after a change of language."""
        rows = [self._keymap.row(function) for function in FOOTER]
        texts = {row.function: (key_label(self._keymap, row.function), _(row.label)) for row in rows}
        room = self.size.width - 1
        chosen: set[Function] = set()
        for row in sorted(rows, key=lambda row: not row.built):
            width = sum(map(len, texts[row.function])) + 1
            if width <= room:
                room -= width
                chosen.add(row.function)
        parts: list[Part] = [(" ", "")]
        for row in rows:
            if row.function in chosen:
                key, label = texts[row.function]
                parts += [(key, "footer--key"), (label + " ", "" if row.built else "footer--missing")]
        self.show(tuple(parts))


def key_label(keymap: Keymap, function: Function) -> str:
    """How short a key can be named: ``F1`` at the head of the row, then ``2``, ``3``, ...; other keys as they are."""
    shown = keymap.shown(function)
    if function is FOOTER[0]:
        return shown
    f_key = _F_KEY.fullmatch(shown.lower())
    return f_key[1] if f_key else shown
