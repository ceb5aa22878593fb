"""The help: every function of the registry with its keys. The router closes and pages it, like everything."""

from __future__ import annotations

import textwrap

from textual.app import ComposeResult

from app.screens.cells import left
from app.screens.keyed import KeyedScreen
from app.screens.keys import Keymap, written_keys
from app.screens.widgets.paper import Paper
from app.text import gettext as _

KEYS_WIDTH = 18


def help_text(keymap: Keymap, width: int) -> str:
    """Keys and what they are for, a function a paragraph."""
    lines = [_("Number first, then the function. A barcode is never taken for money."), ""]
    for row in keymap.rows():
        keys = written_keys(row)
        for part in textwrap.wrap(_(row.help), max(20, width - KEYS_WIDTH - 1)):
            lines.append(f"{left(keys, KEYS_WIDTH)} {part}")
            keys = ""
    return "\n".join(lines)


class HelpScreen(KeyedScreen):
    """The keys in force."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self.paper = Paper()

    def compose(self) -> ComposeResult:
        """Text, message and entry, so that a refused scan is seen."""
        yield self.paper
        yield self.message_line
        yield self.entry_line

    def on_mount(self) -> None:
        """Show the keys."""
        width = self.app.size.width - 3
        self.paper.put(help_text(self._keymap, width), width)
