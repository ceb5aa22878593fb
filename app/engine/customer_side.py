"""The customer's side of the till, told by what the session has the engine keep and journal anyway.

So it costs the session nothing, it is the same whoever rings up (screens or a program), and it is right again
after a crash of the screens, since the open sale is. What is shown is ``app/till/customer_lines.py``'s business.

========================================  ==============================================
what happens                              what is seen
========================================  ==============================================
a session begins, somebody logs in,       the greeting
change money is put in
the open sale has lines                   its last line and total, or what was given
a receipt is completed                    its change, until the next line is rung
the open sale ends otherwise              the greeting
a day ends, somebody logs out without     that the till is closed
an open sale, the session is left
========================================  ==============================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.sale import OpenSale
from app.facts.base import Fact
from app.facts.sales import AuditLogged, CashMoved, ReceiptCompleted, ZReportClosed
from app.till import customer_lines
from app.till.customer_lines import CustomerWords, Lines
from app.till.keeping import OpenSaleUnreadable, read_sale


class CustomerSide:
    """Folds what the engine is told (``local.Witness``); ``lines`` is to be seen, and ``show`` is told of it."""

    def __init__(self, words: CustomerWords, show: Callable[[Lines], None] = lambda _: None) -> None:
        self._words = words
        self._show = show
        self._sale: OpenSale | None = None
        self._last: ReceiptCompleted | None = None
        self._attended = False

    @property
    def lines(self) -> Lines:
        """What the customer sees now."""
        if self._sale is not None and self._sale.lines:
            return customer_lines.rung(self._sale, self._words)
        if not self._attended:
            return customer_lines.closed(self._words)
        if self._last is not None:
            return customer_lines.finished(self._last, self._words)
        return customer_lines.greeting(self._words)

    def kept(self, text: str | None) -> None:
        """The open sale is this now (as kept, or None). A sale of another version is none that could be shown."""
        self._take_over(text)
        self._show(self.lines)

    def _take_over(self, text: str | None) -> None:
        before = self._sale
        try:
            self._sale = read_sale(text)
        except OpenSaleUnreadable:
            self._sale = None
        if self._sale is not None and self._sale.lines:
            self._attended, self._last = True, None
        elif before is not None and before.lines:
            self._last = None

    def journalled(self, facts: Sequence[Fact], keep: str | None, printed: Fact | None) -> None:
        """Facts are durable, together with the open sale; in training a receipt is only printed."""
        self._take_over(keep)
        for fact in facts:
            self._told(fact)
        if any(isinstance(fact, ZReportClosed) for fact in facts):  # what stays in the drawer is put in anew with it
            self._attended, self._last = False, None
        if isinstance(printed, ReceiptCompleted):
            self._attended, self._last = True, printed
        self._show(self.lines)

    def left(self) -> None:
        """The session has ended: nobody stands at the till."""
        self._attended, self._last = False, None
        self._show(self.lines)

    def _told(self, fact: Fact) -> None:
        match fact:
            case AuditLogged(action="logout"):
                self._attended, self._last = False, None
            case AuditLogged(action="login" | "program_start") | CashMoved(movement="opening_float"):
                self._attended, self._last = True, None
