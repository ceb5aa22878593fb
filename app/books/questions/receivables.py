"""Delivery notes and invoices: what is owed, by whom."""

from __future__ import annotations

import msgspec

from app.books.questions import Question
from app.domain.vat import VatSum
from app.facts.sales import InvoiceIssued


class ReceivableView(msgspec.Struct, frozen=True):
    """A delivery note or a collective invoice (``kind`` and ``state``: ``app.domain.receivable``).

    ``open_minor`` is what is left to be paid (of a note that was invoiced: nothing, the invoice is what is open);
    ``held_minor`` is being paid in an open sale.
    """

    kind: str
    number: str
    resource: str
    customer_no: str
    till_no: int
    issued_at: str
    currency: str
    amount_minor: int
    open_minor: int
    held_minor: int
    state: str
    receipt_no: str = ""
    """Of a delivery note: the receipt that it belongs to."""
    invoice_no: str = ""
    """Of a delivery note: the invoice that gathers it."""


class FindReceivable(Question[ReceivableView | None], frozen=True):
    """The invoice or delivery note of this number; None if no till has told of it."""

    number: str


class ListDeliveryNotes(Question[tuple[ReceivableView, ...]], frozen=True):
    """Delivery notes in the order of their numbers; empty fields choose all."""

    customer_no: str = ""
    state: str = ""
    limit: int = 500


class ListOpenItems(Question[tuple[ReceivableView, ...]], frozen=True):
    """The customer's delivery notes and invoices that something is open of, the oldest first."""

    customer_no: str


class FindTaxTable(Question[tuple[VatSum, ...] | None], frozen=True):
    """A receipt's tax table as printed; None if this till does not know the receipt (yet)."""

    receipt_no: str


class FindInvoice(Question[InvoiceIssued | None], frozen=True):
    """An invoice as issued; None if this till does not know it (yet)."""

    invoice_no: str
