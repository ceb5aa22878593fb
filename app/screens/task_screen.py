"""The screen of a task: a title, what its step shows, message, entry and the keys that apply now."""

from __future__ import annotations

from textual.app import ComposeResult

from app.screens.functions import Function
from app.screens.keyed import KeyedScreen
from app.screens.keys import Keymap
from app.screens.tasks.steps import Step
from app.screens.widgets.canvas import Canvas
from app.screens.widgets.footer import Footer
from app.screens.widgets.painting import OneLine
from app.screens.widgets.training import TrainingLine


class TaskTitle(OneLine):
    """What is being done."""


class TaskScreen(KeyedScreen):
    """Shows one step after the other; the router feeds them."""

    def __init__(self, keymap: Keymap, *, training: bool = False) -> None:
        super().__init__()
        self._keymap = keymap
        self._step: Step | None = None
        self._title_line = TaskTitle()
        self._canvas = Canvas()
        self._footer = Footer(keymap)
        self.set_class(training, "training")

    def compose(self) -> ComposeResult:
        """From the top: title, body, message, entry, keys."""
        yield self._title_line
        yield TrainingLine()
        yield self._canvas
        yield self.message_line
        yield self.entry_line
        yield self._footer

    @property
    def page_height(self) -> int:
        """Rows of the body."""
        return max(1, self._canvas.size.height)

    def show(self, step: Step) -> None:
        """Show this step."""
        self._step = step
        if self.has_class("bare") != step.bare:
            self.set_class(step.bare, "bare")
            self.call_after_refresh(self.paint)  # the body has another height then
        labels = {Function(f"action_{action.slot}"): action.label for action in step.actions}
        self._footer.actions(labels, step.enter_label)
        if step.raw:
            self._footer.show(())  # no key has a meaning there
        self.paint()

    def paint(self) -> None:
        """Show the step as it is now."""
        if self._step is None or not self._canvas.size.height:
            return
        self._title_line.show(((f" {self._step.title}", ""),))
        self._canvas.put(self._step.lines(self._canvas.size.width, self._canvas.size.height))

    def on_resize(self) -> None:
        """There is more room, or less."""
        self.call_after_refresh(self.paint)
