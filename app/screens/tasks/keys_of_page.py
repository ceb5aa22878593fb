"""A page of the assortment: its articles in two columns, each with the number that rings it up. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.books.views import KeyView, PageView
from app.screens import amounts, wording
from app.screens.cells import left, right
from app.screens.tasks.choosing import Choice, Choose, Picked
from app.screens.tasks.steps import MARKED, SOFT, Action, Bad, Finished, Line, Outcome
from app.text import gettext as _

ROWS = 15
"""Of a column: two of them have all thirty."""
TWO_COLUMNS = 60
"""The width from which on there are two."""
PRICE_WIDTH = 9


class KeysOfPage(Choose):
    """Answers a ``Picked`` with the ``KeyView``, and in ``text`` how many (``3*`` before a number), or None.

    Keys keep their numbers: where one is missing, its place stays empty.
    """

    def __init__(self, title: str, page: PageView, actions: Sequence[Action], alone: Sequence[str]) -> None:
        super().__init__(
            title,
            (),
            [Choice((key.label,), key) for key in page.keys],
            prompt=_("Number, then Enter; 3*5: three of number 5"),
            actions=actions,
            alone=alone,
            empty=_("There are no articles on this page."),
        )

    def _pick(self, name: str, text: str) -> Outcome:
        count, times, number = text.lower().replace("x", amounts.STAR).rpartition(amounts.STAR)
        quantity = amounts.quantity(count) if times else ""
        if quantity is None:
            return Bad("no_quantity", count[:20])
        if number:
            if not (number.isascii() and number.isdigit()):
                return Bad("no_number_here", text[:20])
            places = [place for place, choice in enumerate(self.choices) if str(choice.value.row) == number.lstrip("0")]
            if not places:
                return Bad("no_such_number", number[:20])
            self._marked = places[0]
        if self.marked is None:
            return Bad("nothing_to_choose")
        return Finished(Picked(self.marked.value, name, quantity))

    def lines(self, width: int, height: int) -> list[Line]:
        """The columns with the marked key; on a small screen the part that has it."""
        keys = [choice.value for choice in self.choices]
        if not keys or self.marked is None:
            return super().lines(width, height)
        columns = 2 if width >= TWO_COLUMNS else 1
        rows = max(1, min(ROWS, height - 1))
        part = (self.marked.value.row - 1) // (rows * columns)
        first = part * rows * columns + 1
        numbered = {key.row: key for key in keys}
        room = (width - 1) // columns
        shown: list[Line] = [
            tuple(self._cell(numbered.get(first + row + column * rows), room) for column in range(columns))
            for row in range(rows)
        ]
        if any(not first <= number < first + rows * columns for number in numbered):
            shown.append(((" " + _("There are more: PgUp, PgDn"), SOFT),))
        return shown

    def _cell(self, key: KeyView | None, width: int) -> tuple[str, str]:
        if key is None:
            return " " * width, ""
        assert self.marked is not None
        marked = key is self.marked.value
        price = "" if key.price_minor is None else wording.money(key.price_minor, key.currency)
        label = left(key.label, width - PRICE_WIDTH - 6)
        return f"{'>' if marked else ' '}{right(str(key.row), 2)} {label} {right(price, PRICE_WIDTH)} ", (
            MARKED if marked else ""
        )
