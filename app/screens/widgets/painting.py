"""Bases for widgets that draw their lines themselves out of styled parts (``app/screens/cells.py``)."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from app.screens.cells import Part, harmless


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

    def finished(self, y: int) -> Strip:
        """A line as it goes to the terminal: what Textual makes of it in a widget without border and padding."""
        line = self.render_line(y)
        filters = self.get_line_filters()
        if filters:
            background = self.background_colors[1]
            for each in filters:
                line = line.apply_filter(each, background)
        return line

    def _style(self, name: str) -> Style:
        if self._styles_used is None:
            self._styles_used = {}
        if name not in self._styles_used:
            self._styles_used[name] = self.get_component_rich_style(name) if name else self.rich_style
        return self._styles_used[name]


def changed(before: tuple[Part, ...], after: tuple[Part, ...], width: int) -> tuple[int, int]:
    """From which cell to which a line must be painted anew: of an entry that grows, its end and not 80 columns.

    The whole line if a character may be wider than a cell.
    """
    if not all(text.isascii() for text, _ in (*before, *after)):
        return 0, width
    old, new = ([(mark, name) for text, name in parts for mark in text][:width] for parts in (before, after))
    blank = (" ", "")
    old += [blank] * (width - len(old))
    new += [blank] * (width - len(new))
    different = [x for x in range(width) if old[x] != new[x]]
    return (different[0], different[-1] + 1) if different else (0, 0)


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
            before, self._parts = self._parts, parts
            start, end = changed(before, parts, self.size.width)
            self.refresh(Region(start, 0, end - start, 1))

    def render_line(self, y: int) -> Strip:
        """The line."""
        return self.strip(self._parts if y == 0 else (), self.size.width)
