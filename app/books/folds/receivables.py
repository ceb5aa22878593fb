"""Delivery notes and invoices. Issuing one grants its receivable what is to be paid for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.resources import ResourcesFold, grant_row
from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.receivables import collective_invoices, delivery_notes, invoiced_notes, invoices
from app.domain import receivable, resource
from app.facts.base import Fact
from app.facts.circulation import DeliveryNoteIssued, InvoiceOpened
from app.facts.sales import InvoiceIssued

ISSUED = "issued"


class ReceivablesFold:
    """Folds ``delivery_note.issued``, ``invoice.opened`` and ``invoice.issued``; of two with one number the older.

    Payments come as uses of the receivable (``resource.used``), so ``receivable.paid`` is not needed here.
    """

    def __init__(self, upserts: Upserts, ledger: ResourcesFold) -> None:
        self._note = upserts.oldest(delivery_notes)
        self._open = upserts.oldest(collective_invoices)
        self._gather = upserts.once(invoiced_notes)
        self._issue = upserts.oldest(invoices)
        self._ledger = ledger

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {DeliveryNoteIssued: self._noted, InvoiceOpened: self._opened, InvoiceIssued: self._issued}

    def _noted(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows, grants = [], []
        for fact, _, stamp in facts:
            name = resource.name(resource.RECEIVABLE, fact.customer_no, receivable.NOTE, fact.delivery_note_no)
            row = {
                "delivery_note_no": fact.delivery_note_no,
                "receipt_no": fact.receipt_no,
                "till_no": fact.till_no,
                "customer_no": fact.customer_no,
                "issued_at": fact.issued_at,
                "business_day": fact.business_day,
                "currency": fact.currency,
                "amount_minor": fact.amount_minor,
                "resource": name,
                "stamp": stamp,
            }
            rows.append(row)
            grants.append(_grant(name, fact, stamp))
        self._note.write(connection, rows)
        self._ledger.grant(connection, grants)

    def _opened(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows, grants = [], []
        gathered = []
        for fact, _, stamp in facts:
            name = resource.name(resource.RECEIVABLE, fact.customer_no, receivable.INVOICE, fact.invoice_no)
            row = {
                "invoice_no": fact.invoice_no,
                "customer_no": fact.customer_no,
                "till_no": fact.till_no,
                "issued_at": fact.issued_at,
                "currency": fact.currency,
                "amount_minor": fact.amount_minor,
                "resource": name,
                "stamp": stamp,
            }
            rows.append(row)
            grants.append(_grant(name, fact, stamp))
            gathered += [{"delivery_note_no": note, "invoice_no": fact.invoice_no} for note in fact.delivery_notes]
        self._open.write(connection, rows)
        self._ledger.grant(connection, grants)
        self._gather.write(connection, gathered)

    def _issued(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {"invoice_no": fact.invoice_no, "body": msgspec.json.encode(fact).decode(), "stamp": stamp}
            for fact, _, stamp in facts
        ]
        self._issue.write(connection, rows)


def _grant(name: str, fact: DeliveryNoteIssued | InvoiceOpened, stamp: str) -> dict[str, object]:
    return grant_row(name, ISSUED, fact.amount_minor, at=fact.issued_at, till_no=fact.till_no, stamp=stamp)
