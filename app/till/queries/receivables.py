"""What customers owe: delivery notes, open items, an invoice."""

from __future__ import annotations

from typing import Any

from app.books.questions.receivables import (
    FindInvoice,
    ListDeliveryNotes,
    ListOpenItems,
    ReceivableView,
)
from app.domain.money import format_minor
from app.domain.receivable import STATES
from app.till import typed
from app.till.figures import vat_rows
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskDeliveryNotes(Query, frozen=True):
    customer: str | None = None
    state: str = "open"


class AskOpenItems(Query, frozen=True):
    customer: str


class AskInvoice(Query, frozen=True):
    invoice_no: str


async def delivery_notes(desk: Desk, query: AskDeliveryNotes) -> dict[str, Any]:
    state = typed.state(query.state, STATES)
    customer = typed.document_no(query.customer) if query.customer else ""
    found = await desk.look(ListDeliveryNotes(customer, state))
    notes = [{"delivery_note_no": note.number, **_fields(note)} for note in found]
    return {"delivery_notes": notes}


async def open_items(desk: Desk, query: AskOpenItems) -> dict[str, Any]:
    customer = typed.document_no(query.customer)
    found = await desk.look(ListOpenItems(customer))
    items = [{"kind": _KINDS[item.kind], "no": item.number, **_fields(item)} for item in found]
    return {"customer": customer, "items": items, "open": desk.text(sum(item.open_minor for item in found))}


async def invoice_info(desk: Desk, query: AskInvoice) -> dict[str, Any]:
    invoice_no = typed.document_no(query.invoice_no)
    found = await desk.look(FindInvoice(invoice_no))
    if found is None:
        raise Refusal("unknown_invoice", {"no": invoice_no})

    def text(amount_minor: int) -> str:
        return format_minor(amount_minor, found.currency)

    return {
        "invoice_no": found.invoice_no,
        "till_no": found.till_no,
        "customer": found.customer_no or None,
        "issued_at": found.issued_at,
        "business_day": found.business_day,
        "currency": found.currency,
        "total": text(found.total_minor),
        "by_vat": vat_rows(found.tax_table, found.currency),
        "delivery_notes": list(found.delivery_notes),
        "receipts": list(found.receipt_nos),
    }


_KINDS = {"note": "delivery_note", "invoice": "invoice"}


def _fields(item: ReceivableView) -> dict[str, Any]:
    return {
        "state": item.state,
        "customer": item.customer_no,
        "till_no": item.till_no,
        "issued_at": item.issued_at,
        "currency": item.currency,
        "amount": format_minor(item.amount_minor, item.currency),
        "open": format_minor(max(0, item.open_minor), item.currency),
        "receipt_no": item.receipt_no or None,
        "invoice_no": item.invoice_no or None,
    }
