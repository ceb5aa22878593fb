"""The column at the right: total, payments, what is due; after payment the change in large digits."""

from __future__ import annotations

import re
from itertools import zip_longest

import msgspec
from textual.geometry import Region
from textual.strip import Strip

from app.screens.cells import Part, between, left, right
from app.screens.widgets.digits import large
from app.screens.widgets.painting import Painted

ROOMY = 30
"""Cells from which on the total stands in large digits."""
STYLES = {
    "strong": "totals--strong",
    "total": "totals--strong",
    "due": "totals--due",
    "large": "totals--due",
}
_RUNS = re.compile(r"#+| +")


class Figure(msgspec.Struct, frozen=True):
    """One line of the column.

    ``style`` is ``""``, ``strong``, ``due``, ``rule``, ``large`` (five lines high), or ``total``: ``large`` where there
    is room, else ``strong``.
    """

    label: str
    value: str = ""
    style: str = ""


class Totals(Painted):
    """Figures one below the other, with a rule at the left."""

    COMPONENT_CLASSES = {"totals--rule", "totals--strong", "totals--due", "totals--large"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._figures: tuple[Figure, ...] = ()
        self._lines: list[tuple[Part, ...]] = []

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What it shows."""
        return self._figures

    def show(self, figures: tuple[Figure, ...]) -> None:
        """Show these figures."""
        if figures == self._figures:
            return
        before, self._figures = self._lines, figures
        self._lay_out()
        for y, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Large digits depend on the room there is."""
        self._lay_out()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the column."""
        parts = self._lines[y] if y < len(self._lines) else ()
        return self.strip((("|", "totals--rule"), *parts), self.size.width)

    def _lay_out(self) -> None:
        width = self.size.width - 2
        self._lines = []
        for figure in self._figures:
            is_large = figure.style == "large" or (figure.style == "total" and width >= ROOMY)
            if is_large and (rows := large(figure.value, width)):
                self._lines += [self._pixels(row, width) for row in rows]
            elif figure.style == "rule":
                self._lines.append((("-" * (width + 1), "totals--rule"),))
            else:
                name = {
                    "strong": "totals--strong",
                    "total": "totals--strong",
                    "due": "totals--due",
                    "large": "totals--due",
                }.get(figure.style, "")
                text = between(figure.label, figure.value, width) if figure.value else left(figure.label, width)
                self._lines.append(((" ", ""), (text, name)))

    def _pixels(self, row: str, width: int) -> tuple[Part, ...]:
        runs = _RUNS.findall(right(row, width))
        return ((" ", ""), *((" " * len(run), "totals--large" if run[0] == "#" else "") for run in runs))
