"""Delivery notes and invoices with the ledger of their receivable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, case, func, select

from app.books.queries.receipts import receipt
from app.books.queries.resources import is_held, is_used, settled
from app.books.questions import Question
from app.books.questions.receivables import (
    FindInvoice,
    FindReceivable,
    FindTaxTable,
    ListDeliveryNotes,
    ListOpenItems,
    ReceivableView,
)
from app.books.tables.receivables import collective_invoices, delivery_notes, invoiced_notes, invoices
from app.books.tables.resources import resource_grants, resource_holds
from app.domain.receivable import INVOICE, INVOICED, NOTE, OPEN, PAID
from app.domain.vat import VatSum
from app.facts.sales import InvoiceIssued


def _summed(amount: ColumnElement[int], of: Table, *which: ColumnElement[bool]) -> ColumnElement[int]:
    """The sum of an amount over the ledger of each row's ``resource``."""
    ledger = resource_grants if amount is resource_grants.c.amount else resource_holds
    rows = select(func.coalesce(func.sum(amount), 0)).where(ledger.c.resource == of.c.resource, *which)
    return rows.correlate(of).scalar_subquery()


def _open(of: Table) -> ColumnElement[int]:
    """What nobody has paid yet; an invoice that gathers a note pays it, as it were."""
    return _summed(resource_grants.c.amount, of) - _summed(resource_holds.c.used_amount - settled, of, is_used)


_note_open, _invoice_open = _open(delivery_notes), _open(collective_invoices)
_of_note = (
    select(collective_invoices.c.invoice_no)
    .join(invoiced_notes, invoiced_notes.c.invoice_no == collective_invoices.c.invoice_no)
    .where(invoiced_notes.c.delivery_note_no == delivery_notes.c.delivery_note_no)
    .correlate(delivery_notes)
)
_gathered_by = _of_note.with_only_columns(func.max(collective_invoices.c.invoice_no)).scalar_subquery()
_gathered_open = _of_note.with_only_columns(func.max(_invoice_open)).scalar_subquery()
_note_state = case((_note_open > 0, OPEN), (_gathered_open > 0, INVOICED), else_=PAID)
_invoice_state = case((_invoice_open > 0, OPEN), else_=PAID)
_NOTES = select(
    delivery_notes,
    delivery_notes.c.delivery_note_no.label("number"),
    _note_open.label("open_minor"),
    _summed(resource_holds.c.held_amount, delivery_notes, is_held).label("held_minor"),
    _note_state.label("state"),
    func.coalesce(_gathered_by, "").label("gathered_by"),
)
_INVOICES = select(
    collective_invoices,
    collective_invoices.c.invoice_no.label("number"),
    _invoice_open.label("open_minor"),
    _summed(resource_holds.c.held_amount, collective_invoices, is_held).label("held_minor"),
    _invoice_state.label("state"),
)

_invoice = msgspec.json.Decoder(InvoiceIssued)


def find(connection: Connection, question: FindReceivable) -> ReceivableView | None:
    """The collective invoice or, if there is none of that number, the delivery note."""
    number = question.number
    row = connection.execute(_INVOICES.where(collective_invoices.c.invoice_no == number)).one_or_none()
    if row is not None:
        return _invoice_view(row)
    row = connection.execute(_NOTES.where(delivery_notes.c.delivery_note_no == number)).one_or_none()
    return None if row is None else _note_view(row)


def list_notes(connection: Connection, question: ListDeliveryNotes) -> tuple[ReceivableView, ...]:
    """The delivery notes that fit."""
    chosen: list[ColumnElement[bool]] = []
    if question.customer_no:
        chosen.append(delivery_notes.c.customer_no == question.customer_no)
    if question.state:
        chosen.append(_note_state == question.state)
    statement = _NOTES.where(*chosen).order_by(delivery_notes.c.delivery_note_no).limit(question.limit)
    return tuple(_note_view(row) for row in connection.execute(statement))


def open_items(connection: Connection, question: ListOpenItems) -> tuple[ReceivableView, ...]:
    """What the customer owes, document by document."""
    notes = _NOTES.where(delivery_notes.c.customer_no == question.customer_no, _note_open > 0)
    opened = _INVOICES.where(collective_invoices.c.customer_no == question.customer_no, _invoice_open > 0)
    found = [*map(_note_view, connection.execute(notes)), *map(_invoice_view, connection.execute(opened))]
    return tuple(sorted(found, key=lambda item: (item.issued_at, item.number)))


def tax_table(connection: Connection, question: FindTaxTable) -> tuple[VatSum, ...] | None:
    """Gross, net and tax as they were printed."""
    found = receipt(connection, question.receipt_no)
    if found is None:
        return None
    return tuple(
        VatSum(row.vat_key, row.vat_rate_bp, row.gross_minor, row.net_minor, row.tax_minor)
        for row in found.receipt.tax_table
    )


def invoice(connection: Connection, question: FindInvoice) -> InvoiceIssued | None:
    """The invoice, whole."""
    body = connection.execute(select(invoices.c.body).where(invoices.c.invoice_no == question.invoice_no)).scalar()
    return None if body is None else _invoice.decode(body)


def _note_view(row: Row[Any]) -> ReceivableView:
    return _view(NOTE, row, receipt_no=row.receipt_no, invoice_no=row.gathered_by)


def _invoice_view(row: Row[Any]) -> ReceivableView:
    return _view(INVOICE, row)


def _view(kind: str, row: Row[Any], *, receipt_no: str = "", invoice_no: str = "") -> ReceivableView:
    return ReceivableView(
        kind=kind,
        number=row.number,
        resource=row.resource,
        customer_no=row.customer_no,
        till_no=row.till_no,
        issued_at=row.issued_at,
        currency=row.currency,
        amount_minor=row.amount_minor,
        open_minor=int(row.open_minor),
        held_minor=int(row.held_minor),
        state=row.state,
        receipt_no=receipt_no,
        invoice_no=invoice_no,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    FindReceivable: find,
    ListDeliveryNotes: list_notes,
    ListOpenItems: open_items,
    FindTaxTable: tax_table,
    FindInvoice: invoice,
}
