"""The keyboard test: what arrives of each key, and what it would do in a sale."""

from __future__ import annotations

from collections import deque

from app.screens.cells import left
from app.screens.functions import Mode
from app.screens.keys import SWALLOWED, Keymap, key_name
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.steps import SOFT, STRONG, TITLE, Finished, Line, Outcome, Stays, Step
from app.text import gettext as _

LEAVES = "escape"
KEPT = 100
"""Keys that are remembered; a screen shows fewer."""
WIDTHS = (18, 12, 20)


class KeyTest(Step):
    """Shows every key as it comes; Esc twice ends it."""

    raw = True

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(_("Keyboard test"), _("Press any key; Esc Esc ends it"))
        self._keymap = keymap
        self._rows: deque[tuple[str, str, str, str]] = deque(maxlen=KEPT)
        self._left_once = False

    def key(self, key: str, character: str | None) -> Outcome:
        """Remember it."""
        if self._left_once and key == LEAVES:
            return Finished(None)
        self._left_once = key == LEAVES
        function = self._keymap.find(Mode.SALE, key, character)
        does = _(self._keymap.row(function).help) if function is not None else ""
        if not does and character is not None and character.isprintable():
            does = _("types itself")
        if key in SWALLOWED:
            does = _("not everywhere: some terminals keep this key")
        self._rows.append((key, _shown(character), key_name(key, character), does))
        return Stays()

    def lines(self, width: int, height: int) -> list[Line]:
        """The newest keys, the last one at the foot."""
        titles = (_("Key"), _("Types"), _("In till.toml"), _("In a sale"))
        shown = list(self._rows)[-max(0, height - 1) :] if height > 1 else []
        rows: list[Line] = [((_row(titles, width), TITLE),)]
        rows += [((_row(row, width), STRONG if row is shown[-1] else ""),) for row in shown]
        about = _("Press the keys of the keyboard and scan with the scanner: what arrives stands here.")
        return (rows if shown else [*rows, ((left(" " + about, width), SOFT),)])[:height]


async def keyboard(desk: Desk, _given: Given) -> None:
    """Until Esc was pressed twice."""
    await desk.show(KeyTest(Keymap(desk.services.keys)))


def _row(cells: tuple[str, ...], width: int) -> str:
    fixed = "".join(left(cell, room) + " " for cell, room in zip(cells, WIDTHS, strict=False))
    return left(f" {fixed}{cells[-1]}", width)


def _shown(character: str | None) -> str:
    """The character and its number: ``+ U+002B``; of one that cannot be seen the number."""
    if character is None:
        return "-"
    code = " ".join(f"U+{ord(each):04X}" for each in character[:2])
    return f"{character} {code}" if character.isprintable() and not character.isspace() else code
