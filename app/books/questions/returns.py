"""Receipts that goods come back with: what was sold, what came back already, what the receipt did to resources."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from app.books.questions import Question
from app.books.views import ReceiptView


class FindReceipt(Question[ReceiptView | None], frozen=True):
    """The receipt of that number, whichever till wrote it; None if no till has told of it."""

    receipt_no: str


class AskLastReceipt(Question[str | None], frozen=True):
    """Number of the till's newest receipt; None if it has none."""

    till_no: int


class Returned(NamedTuple):
    """What came back of one line, or is on its way back in an open sale: thousandths, and the money for them."""

    quantity_milli: int
    value_minor: int


class ReturnsView(NamedTuple):
    """What came back of a receipt by the number of its line, and whether it was voided as a whole."""

    by_line: dict[int, Returned]
    voided: bool

    def of(self, line: int) -> Returned:
        """What came back of the line; zeros if nothing did."""
        return self.by_line.get(line, Returned(0, 0))


class AskReturned(Question[ReturnsView], frozen=True):
    """What came back of these lines of a receipt."""

    receipt_no: str
    lines: tuple[int, ...]


class Trace(NamedTuple):
    """So much of a resource, granted or used."""

    resource: str
    amount: int


class TracesView(NamedTuple):
    """What a receipt did to resources: what it used up, and what it brought into circulation; sorted by name."""

    used: tuple[Trace, ...]
    granted: tuple[Trace, ...]


class AskTraces(Question[TracesView], frozen=True):
    """What a receipt did to resources. It reads the ledger from end to end, so it is slow."""

    slow: ClassVar[bool] = True

    receipt_no: str
