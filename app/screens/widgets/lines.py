"""The receipt's lines on pages that flip by halves.

A view that scrolls repaints its whole region for every scan; this one leaves the page
where it is, paints the one line that is new, and turns half a page when it is full.
What changed is found by comparing the visible rows only, so that the 500th line costs
what the fifth did.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.geometry import Region, Size
from textual.strip import Strip

from app.screens.cells import Part, left, page_top, right
from app.screens.widgets.painting import Painted

NO, QUANTITY, PRICE, SUM = 3, 6, 8, 9
CODE, OFF, VAT = 13, 8, 5
"""Widths of the columns; the name takes what is left."""
ROOMY = 80
"""From this width on there are columns for the code, the discount and the VAT rate too."""


class Row(msgspec.Struct, frozen=True):
    """One line ready to show; ``kind`` picks its style: ``sale``, ``voucher``, ``void`` or ``below``.

    ``code``, ``off`` (its discounts) and ``vat`` (its rate) are shown where there is room.
    A row ``below`` belongs to the line above it: they are shown together if there is room.
    """

    no: str
    quantity: str
    name: str
    price: str
    total: str
    kind: str = "sale"
    code: str = ""
    off: str = ""
    vat: str = ""


class LineView(Painted):
    """The lines of the open sale under a heading; the line touched last is marked."""

    COMPONENT_CLASSES = {"lines--heading", "lines--marked", "lines--voucher", "lines--void", "lines--below"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._headings = Row("#", "", "", "", "")
        self._rows: Sequence[Row] = ()
        self._marked = -1
        self._top = 0

    @property
    def rows(self) -> Sequence[Row]:
        """The rows it has."""
        return self._rows

    @property
    def page_rows(self) -> int:
        """How many rows a page has."""
        return max(1, self.size.height - 1)

    def label(self, headings: Row) -> None:
        """The columns' headings."""
        if headings != self._headings:
            self._headings = headings
            self.refresh()

    def show(self, rows: Sequence[Row], marked: int) -> None:
        """Show these rows, on the page that has row ``marked`` (-1: none)."""
        before, was_marked, was_top = self._rows, self._marked, self._top
        self._rows, self._marked = rows, marked
        self._top = self._page()
        if self._top != was_top:
            self.refresh()
            return
        for y in range(self.page_rows):
            index = self._top + y
            if _at(before, index) != _at(rows, index) or (was_marked != marked and index in (was_marked, marked)):
                self.refresh(Region(0, y + 1, self.size.width, 1))

    def turn(self, pages: int) -> None:
        """Half a page back or on, to look; the next change comes back to its own line."""
        top = self._top + pages * max(1, self.page_rows // 2)
        top = max(0, min(top, len(self._rows) - 1))
        if top != self._top:
            self._top = top
            self.refresh()

    def on_resize(self) -> None:
        """Choose the page anew: the old one was for another height, before the first layout for one row."""
        was_top, self._top = self._top, 0
        self._top = self._page()
        if self._top != was_top:
            self.refresh()

    def _page(self) -> int:
        """The first row of the page that shows the marked line with the rows below it, or else the last row."""
        count, end = len(self._rows), self._marked
        if end < 0:
            return page_top(self._top, count - 1, count, self.page_rows)
        while end + 1 < count and self._rows[end + 1].kind == "below":
            end += 1
        return page_top(page_top(self._top, end, count, self.page_rows), self._marked, count, self.page_rows)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """As wide as there is room."""
        return container.width

    def render_line(self, y: int) -> Strip:
        """The heading, or a row of the page."""
        width = self.size.width
        if y == 0:
            return self.strip(((self._columns(self._headings), "lines--heading"),), width)
        index = self._top + y - 1
        row = _at(self._rows, index)
        if row is None:
            return self.strip((), width)
        style = {"voucher": "lines--voucher", "void": "lines--void", "below": "lines--below"}.get(row.kind, "")
        marker = ">" if index == self._marked else " "
        parts: tuple[Part, ...] = ((marker + self._columns(row)[1:], style),)
        if index == self._marked:
            parts = ((parts[0][0], "lines--marked"),)
        return self.strip(parts, width)

    def _columns(self, row: Row) -> str:
        roomy = self.size.width >= ROOMY
        name_width = self.size.width - (1 + NO + 1 + QUANTITY + 1 + 1 + PRICE + 1 + SUM + 1)
        if roomy:
            name_width -= CODE + 1 + OFF + 1 + VAT + 1
        cells = (
            right(row.no, NO),
            right(row.quantity, QUANTITY),
            *((left(row.code, CODE),) if roomy else ()),
            left(row.name, name_width),
            right(row.price, PRICE),
            *((right(row.off, OFF), right(row.vat, VAT)) if roomy else ()),
            right(row.total, SUM),
        )
        return f" {' '.join(cells)} "


def _at(rows: Sequence[Row], index: int) -> Row | None:
    return rows[index] if 0 <= index < len(rows) else None
