"""Cells: text cut and padded to columns, made harmless, and a base for widgets of one line.

Names and messages come from files and other tills. Whatever is not printable is shown
as ``?``, for an escape character in an article's name must not reach the terminal.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

Part = tuple[str, str]
"""Text and the name of the component class that styles it; an empty name is the widget's own style."""


def harmless(text: str) -> str:
    """The text with everything that is not printable as ``?``."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else "?" for mark in text)


def left(text: str, width: int) -> str:
    """Exactly ``width`` cells, text at the left, cut at the right."""
    return set_cell_size(harmless(text), max(0, width))


def right(text: str, width: int) -> str:
    """Exactly ``width`` cells, text at the right; ``###`` if it does not fit, for half a number is a wrong number."""
    text = harmless(text)
    room = width - cell_len(text)
    return " " * room + text if room >= 0 else "#" * width


def between(start: str, end: str, width: int) -> str:
    """``start`` at the left and ``end`` at the right of ``width`` cells; ``end`` is kept whole if it can be."""
    room = width - cell_len(end) - 1
    return left(start, room) + " " + end if room > 0 else left(end, width)


class Painted(Widget, can_focus=False):
    """A widget that paints lines out of parts styled by its component classes."""

    _styles_used: dict[str, Style] | None = None
    """Styles by name, reckoned once: asking for them costs more than painting. None: to be reckoned anew."""

    def notify_style_update(self) -> None:
        """The styles have changed."""
        self._styles_used = None
        super().notify_style_update()

    def strip(self, parts: tuple[Part, ...], width: int) -> Strip:
        """Parts in a row, cut or filled up to ``width`` cells."""
        segments = [Segment(harmless(text), self._style(name)) for text, name in parts if text]
        return Strip(segments).adjust_cell_length(width, self._style(""))

    def _style(self, name: str) -> Style:
        if self._styles_used is None:
            self._styles_used = {}
        if name not in self._styles_used:
            self._styles_used[name] = self.get_component_rich_style(name) if name else self.rich_style
        return self._styles_used[name]


class OneLine(Painted):
    """One line that repaints only when what it shows has changed."""

    DEFAULT_CSS = "OneLine { height: 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """What it shows, without styles."""
        return "".join(text for text, _name in self._parts)

    def show(self, parts: tuple[Part, ...]) -> None:
        """Show these parts."""
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        return self.strip(self._parts if y == 0 else (), self.size.width)
