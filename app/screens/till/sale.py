"""The till's one screen: lines, totals, paper, message, entry, keys. It shows; the router and the session decide.

After payment the receipt stands in place of the lines and the change in large digits,
until the next line is sold. A roomy terminal has more columns, the total in large digits, the VAT and what the keys
mean; a wide one has what the customer sees, and the paper, in a pane of their own.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from app.screens.functions import ANSWERS, AT_WORK, Mode
from app.screens.keyed import KeyedScreen
from app.screens.keys import Keymap
from app.screens.services import TillServices
from app.screens.till import present
from app.screens.widgets.customer_display import CustomerDisplay
from app.screens.widgets.footer import Footer
from app.screens.widgets.lines import LineView
from app.screens.widgets.paper import Paper
from app.screens.widgets.status import Standing, StatusLine
from app.screens.widgets.totals import Figure, Totals
from app.screens.widgets.training import TrainingLine
from app.text import gettext as _
from app.till import customer_lines
from app.till.views import SaleView

ROOMY, WIDE = 110, 160
"""From these widths on the totals have a wide column; the customer's display and the paper have a pane of their own."""


class SaleScreen(KeyedScreen):
    """Sale and payment, 80x24 and up."""

    def __init__(self, services: TillServices, keymap: Keymap) -> None:
        super().__init__()
        self._services = services
        self._receipt_no = ""
        self._in_payment = False
        self._rows = present.Rows()
        self._status = StatusLine()
        self._training = TrainingLine()
        self._lines = LineView()
        self._totals = Totals()
        self._paper = Paper()
        self._customer = CustomerDisplay()
        self._footer = Footer(keymap)

    def compose(self) -> ComposeResult:
        """From the top: status, body, message, entry, keys."""
        yield self._status
        yield self._training
        with Horizontal(id="body"):
            yield self._lines
            yield self._totals
            with Vertical(id="beside"):
                yield self._customer
                yield self._paper
        yield self.message_line
        yield self.entry_line
        yield self._footer

    def on_mount(self) -> None:
        """Show the sale as it is: after a crash the open one."""
        self._lines.label(present.headings())
        self.sale()

    def on_resize(self, event: Resize) -> None:
        """There is more room, or less."""
        self.set_class(event.size.width >= ROOMY, "roomy")
        self.set_class(event.size.width >= WIDE, "wide")
        self.sale()

    def sale(self) -> None:
        """Show what has changed in the sale."""
        view = self._services.runner.session.view()
        rows = self._rows.of(view)
        if view.last is not None and view.last.receipt_no != self._receipt_no:
            self._receipt_no = view.last.receipt_no
            self._paper.put(self._services.receipt_text(view.last))
        self.set_class(not rows and view.last is not None, "done")
        self.set_class(view.training, "training")
        self._lines.show(rows, next((index for index in reversed(range(len(rows))) if rows[index].no), -1))
        self._totals.show(self._figures(view))
        self._customer.show(_("The customer sees"), customer_lines.seen(view, self._services.customer_words))

    def pay(self, *, in_payment: bool) -> None:
        """Show what is likely to be given, or do not."""
        if in_payment != self._in_payment:
            self._in_payment = in_payment
            self._totals.show(self._figures(self._services.runner.session.view()))

    def relabel(self) -> None:
        """Another language is spoken: show everything anew."""
        self._training.lay_out()
        self._lines.label(present.headings())
        self._footer.lay_out()
        self.sale()

    def mode(self, mode: Mode) -> None:
        """Show the keys that apply in this mode; what lies over the sale has its own."""
        if mode in (*AT_WORK, *ANSWERS):
            self._footer.mode(mode)

    def _figures(self, view: SaleView) -> tuple[Figure, ...]:
        return present.figures(view, in_payment=self._in_payment, roomy=self.has_class("roomy"))

    def stand(self, standing: Standing) -> None:
        """Show how the till stands."""
        self._status.stand(standing)

    def turn(self, pages: int) -> None:
        """Turn what is in view: the paper after a payment, else the lines."""
        if self.has_class("done"):
            self._paper.turn(pages)
        else:
            self._lines.turn(pages)
