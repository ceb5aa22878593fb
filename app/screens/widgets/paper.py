"""Text on paper: the receipt as printed. Pages turn by halves, as the lines do."""

from __future__ import annotations

from textual.strip import Strip

from app.screens.cells import left, page_top
from app.screens.widgets.painting import Painted

RECEIPT_WIDTH = 42
"""Characters in a line of 80 mm paper."""


class Paper(Painted):
    """Lines of fixed-width text on a sheet as wide as it needs."""

    COMPONENT_CLASSES = {"paper--sheet"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sheet_width = RECEIPT_WIDTH
        self._text = ""
        self._lines: list[str] = []
        self._top = 0

    @property
    def text(self) -> str:
        """What is on the paper."""
        return self._text

    @property
    def top(self) -> int:
        """The first line in view."""
        return self._top

    def put(self, text: str, sheet_width: int = RECEIPT_WIDTH) -> None:
        """Put this text on a sheet of this width, from its first line."""
        if text != self._text:
            self._text = text
            self._sheet_width = sheet_width
            self._lines = text.splitlines()
            self._top = 0
            self.refresh()

    def turn(self, pages: int) -> None:
        """Half a page back or on."""
        height = max(1, self.size.height)
        target = self._top - 1 if pages < 0 else self._top + height
        if 0 <= target < len(self._lines):
            self._top = page_top(self._top, target, len(self._lines), height)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line of the sheet."""
        index = self._top + y
        if not self._lines or index >= len(self._lines):
            return self.strip((), self.size.width)
        more = "v" if y == self.size.height - 1 and index < len(self._lines) - 1 else " "
        sheet = f" {left(self._lines[index], self._sheet_width)} {more}"
        return self.strip(((sheet, "paper--sheet"),), self.size.width)
