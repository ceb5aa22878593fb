"""The till's one screen: lines, totals, paper, message, entry, keys. It shows; the router and the session decide.

After payment the receipt stands in place of the lines and the change in large digits,
until the next line is sold. A wide terminal has the paper in a pane of its own.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.screen import Screen

from app.screens.keys import Keymap
from app.screens.services import TillServices
from app.screens.till import present
from app.screens.widgets.entry import EntryLine
from app.screens.widgets.footer import Footer
from app.screens.widgets.lines import LineView
from app.screens.widgets.message import MessageLine
from app.screens.widgets.paper import Paper
from app.screens.widgets.status import Standing, StatusLine
from app.screens.widgets.totals import Totals
from app.screens.widgets.training import TrainingLine

WIDE = 120
"""From this width on the paper has a pane of its own."""


class SaleScreen(Screen[None]):
    """Sale and payment, 80x24 and up."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, services: TillServices, keymap: Keymap) -> None:
        super().__init__()
        self._services = services
        self._keymap = keymap
        self._receipt_no = ""
        self._status = StatusLine()
        self._training = TrainingLine()
        self._lines = LineView()
        self._totals = Totals()
        self._paper = Paper()
        self.message_line = MessageLine()
        self.entry_line = EntryLine()

    def compose(self) -> ComposeResult:
        """From the top: status, body, message, entry, keys."""
        yield self._status
        yield self._training
        with Horizontal(id="body"):
            yield self._lines
            yield self._totals
            yield self._paper
        yield self.message_line
        yield self.entry_line
        yield Footer(self._keymap)

    def on_mount(self) -> None:
        """Show the sale as it is: after a crash the open one."""
        self._lines.label(present.headings())
        self.sale()

    def on_resize(self, event: Resize) -> None:
        """A wide terminal shows the paper beside the lines."""
        self.set_class(event.size.width >= WIDE, "wide")

    def sale(self) -> None:
        """Show what has changed in the sale."""
        view = self._services.runner.session.view()
        rows = present.rows(view)
        if view.last is not None and view.last.receipt_no != self._receipt_no:
            self._receipt_no = view.last.receipt_no
            self._paper.put(self._services.receipt_text(view.last))
        self.set_class(not rows and view.last is not None, "done")
        self.set_class(view.training, "training")
        self._lines.show(rows, max((index for index, row in enumerate(rows) if row.no), default=-1))
        self._totals.show(present.figures(view))

    def stand(self, standing: Standing) -> None:
        """Show how the till stands."""
        self._status.stand(standing)

    def turn(self, pages: int) -> None:
        """Turn what is in view: the paper after a payment, else the lines."""
        if self.has_class("done"):
            self._paper.turn(pages)
        else:
            self._lines.turn(pages)
