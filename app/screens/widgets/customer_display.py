"""What the customer sees: two lines of twenty characters, as on the display at the till.

The screens have one letter for each of its own, so a line is cut like that of a display that has them all.
"""

from __future__ import annotations

from textual.strip import Strip

from app.screens.cells import between, left
from app.screens.widgets.painting import Painted
from app.till.customer_lines import Lines

WIDTH = 20


class CustomerDisplay(Painted):
    """The two lines in a frame, with a heading."""

    COMPONENT_CLASSES = {"customer--shown"}
    DEFAULT_CSS = "CustomerDisplay { height: 5; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._heading = ""
        self._lines: Lines = (("", ""), ("", ""))

    def show(self, heading: str, lines: Lines) -> None:
        """Show these two lines."""
        if (heading, lines) != (self._heading, self._lines):
            self._heading, self._lines = heading, lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The heading, a line of the frame, or of the display."""
        width = self.size.width
        if y == 0:
            return self.strip(((f" {self._heading}", ""),), width)
        frame = f" +{'-' * WIDTH}+"
        if y in (1, 4):
            return self.strip(((frame, ""),), width)
        if y > 4:
            return self.strip((), width)
        text, amount = self._lines[y - 2]
        shown = between(text, amount, WIDTH) if amount else left(text, WIDTH)
        return self.strip(((" |", ""), (shown, "customer--shown"), ("|", "")), width)
