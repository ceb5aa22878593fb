"""The body of a task: lines as its step laid them out; only those that changed are painted anew."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip

from app.screens.tasks.steps import Line
from app.screens.widgets.painting import Painted


class Canvas(Painted):
    """Lines out of styled parts."""

    COMPONENT_CLASSES = {"task--title", "task--marked", "task--strong", "task--soft", "task--warn", "task--paper"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()

    def put(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        before, self._lines = self._lines, lines
        for y in range(self.size.height):
            if _at(before, y) != _at(lines, y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """A line."""
        return self.strip(_at(self._lines, y), self.size.width)


def _at(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else ()
