"""One of many: a table to choose from, by number, by arrows or by a live search. Pure.

With a ``find`` what is typed is looked for at once, and Enter takes the marked row; a barcode is looked for as a
code. Without one the rows are there from the start: their numbers are typed, on the numeric pad alone if need be.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from app.screens.cells import left, page_top, right
from app.screens.tasks.steps import MARKED, SOFT, TITLE, Action, Bad, Finished, Later, Line, Outcome, Stays, Step, wrap
from app.text import gettext as _

NUMBER_WIDTH = 3
MAX_NUMBER_DIGITS = 3
ABOUT_LINES = 3
"""A blank one and two of text about the marked row."""
MIN_LIST = 4
"""Lines that the list keeps, whatever there is to say about a row."""


class Column(msgspec.Struct, frozen=True):
    """A column: ``width`` cells, 0 takes what is left (one of them); numbers stand at the right."""

    heading: str
    width: int
    numeric: bool = False


class Choice(msgspec.Struct, frozen=True):
    """A row: a cell for each column, and what it stands for. ``about`` stands below the list while it is marked."""

    cells: tuple[str, ...]
    value: Any
    about: str = ""


class Found(msgspec.Struct, frozen=True):
    """What was found; ``more``: there is more than that, so something more exact should be typed."""

    choices: Sequence[Choice]
    more: bool = False


Find = Callable[[str], Awaitable[Found]]


class Picked(msgspec.Struct, frozen=True):
    """What was chosen, and the action for it; ``name`` is empty for Enter. ``value`` None: nothing was marked."""

    value: Any
    name: str = ""
    text: str = ""
    """What was typed in the search."""


class Choose(Step):
    """Answers a ``Picked``, or None. ``alone``: names of actions that need no row ("new")."""

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        choices: Sequence[Choice] = (),
        *,
        find: Find | None = None,
        prompt: str = "",
        actions: Sequence[Action] = (),
        alone: Sequence[str] = (),
        empty: str = "",
        text: str = "",
        at: int = 0,
        coded: bool = False,
    ) -> None:
        """``find`` makes it a live search that begins with ``text``; ``empty`` is said if there are no rows; row ``at``
        is marked at the beginning. ``coded``: what is no number of a row is a code, typed or scanned, and answered as
        ``text`` without a value.
        """
        asks = _("Search") if find is not None else _("Number or arrows, then Enter")
        super().__init__(title, prompt or asks, actions)
        self.columns = tuple(columns)
        self.find = find
        self.live = find is not None
        self.scans = self.live or coded
        self.found_for: str | None = None if self.live else ""
        self._text = text
        self._alone = frozenset(alone)
        self._coded = coded
        self._empty = empty or _("There is nothing to choose from.")
        self._found = Found(choices)
        self._marked = max(0, min(at, len(choices) - 1))
        self._top = 0

    @property
    def prefill(self) -> str:
        """The search it begins with."""
        return self._text

    @property
    def choices(self) -> Sequence[Choice]:
        """The rows there are."""
        return self._found.choices

    @property
    def marked(self) -> Choice | None:
        """The row that Enter takes."""
        return self._found.choices[self._marked] if self._marked < len(self._found.choices) else None

    def found(self, text: str, found: Found) -> None:
        """What a search for ``text`` has found."""
        self._text, self.found_for, self._found = text, text, found
        self._marked = self._top = 0

    def enter(self, text: str) -> Outcome:
        """Take a row."""
        return self._pick("", text)

    def acted(self, name: str, text: str) -> Outcome:
        """Do something with a row."""
        if name in self._alone:
            return Finished(Picked(self.marked.value if self.marked is not None else None, name, text))
        return self._pick(name, text)

    def _pick(self, name: str, text: str) -> Outcome:
        if self.live:
            if text != self.found_for:
                return Later()
        elif text:
            if not (text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS):
                if self._coded:
                    return Finished(Picked(None, name, text))
                return Bad("no_number_here", text[:20])
            if not 1 <= int(text) <= len(self._found.choices):
                return Bad("no_such_number", text)
            self._marked = int(text) - 1
        if self.marked is None:
            return Bad("nothing_found", text[:20]) if self.live else Bad("nothing_to_choose")
        return Finished(Picked(self.marked.value, name, text if self.live else ""))

    def move(self, by: int, text: str) -> Outcome:  # noqa: ARG002
        """Mark the next row."""
        self._marked = max(0, min(self._marked + by, len(self._found.choices) - 1))
        return Stays()

    def page(self, by: int, height: int) -> None:
        """Half a page."""
        self.move(by * max(1, height // 2), "")

    def lines(self, width: int, height: int) -> list[Line]:
        """Headings, the page with the marked row, and whether there is more."""
        rows = self._found.choices
        if not rows:
            return [((" " + (self._empty if self.found_for is not None else _("Searching ...")), SOFT),)]
        about = self._about(width) if height > MIN_LIST + ABOUT_LINES else []
        room = max(1, height - 1 - self._found.more - len(about))
        self._top = page_top(self._top, self._marked, len(rows), room)
        shown: list[Line] = [((self._cells("", [column.heading for column in self.columns], width), TITLE),)]
        for index, row in enumerate(rows[self._top : self._top + room], self._top):
            mark = ">" if index == self._marked else " "
            number = "" if self.live else str(index + 1)
            text = mark + self._cells(number, row.cells, width)[1:]
            shown.append(((text, MARKED if index == self._marked else ""),))
        if self._found.more:
            shown.append(((" " + _("There is more: type more of it."), SOFT),))
        return [*shown, *about]

    def _about(self, width: int) -> list[Line]:
        """What is said of the marked row: as many lines whatever it is, so that the list does not jump."""
        marked = self.marked
        if marked is None or not any(row.about for row in self._found.choices):
            return []
        said = wrap(marked.about, width - 2)[: ABOUT_LINES - 1]
        said += [""] * (ABOUT_LINES - 1 - len(said))
        return [(("", ""),), *(((f" {line}", SOFT),) for line in said)]

    def _cells(self, number: str, cells: Sequence[str], width: int) -> str:
        fixed = sum(column.width + 1 for column in self.columns if column.width)
        numbered = not self.live
        rest = max(5, width - fixed - 2 - (NUMBER_WIDTH + 1 if numbered else 0))
        parts = [right(number, NUMBER_WIDTH)] if numbered else []
        for column, cell in zip(self.columns, cells, strict=True):
            parts.append((right if column.numeric else left)(cell, column.width or rest))
        return " " + " ".join(parts)
