"""The floor of the screens' benchmark: the smallest Textual app in which a key changes a line.

It draws as often as the till's screens do (``TEXTUAL_FPS``), which makes it quicker than Textual's default.
"""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

import app.screens  # noqa: F401 - sets what Textual reads when it is imported


class Minimal(App[None]):
    """Counts keys."""

    def compose(self) -> ComposeResult:
        yield Static("ready", id="line")

    def on_mount(self) -> None:
        self.keys = 0

    def on_key(self, event: events.Key) -> None:
        self.keys += 1
        self.query_one("#line", Static).update(f"key {self.keys} {event.key}", layout=False)


if __name__ == "__main__":
    Minimal().run(mouse=False)
