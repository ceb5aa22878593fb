"""Invoices: of one receipt with its buyer, or of delivery notes together.

*A cash invoice* is a receipt that names its buyer and has a number of the range of invoices too.

*A collective invoice* gathers a customer's open notes. Their receivables are used up by it, and the invoice's own
arises, over what was open of them. Its tax is that of the notes' receipts (``app.domain.receivable``).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.customers import FindCustomer
from app.books.questions.receivables import FindReceivable, FindTaxTable, ListDeliveryNotes, ReceivableView
from app.domain import receivable, resource
from app.domain.customer import Person
from app.domain.instant import iso
from app.domain.vat import VatSum
from app.facts.base import Fact
from app.facts.circulation import InvoiceOpened, ResourceUsed
from app.facts.sales import InvoiceIssued, TaxRow
from app.till import typed
from app.till.commands import CollectInvoice, MakeInvoice
from app.till.delivering import note_payment
from app.till.effects import Effect, Event
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.refusals import Refusal
from app.till.steps import Steps, look, seal

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_FIELD_LENGTH = 100
"""Of a buyer's name and each part of the address."""


# -- cash invoices -------------------------------------------------------------------------------


def make_invoice(counter: Counter, command: MakeInvoice) -> Steps:
    """The open sale's receipt becomes an invoice to the buyer that was typed, or to the sale's customer."""
    sale = counter.payable_sale()
    if note_payment(sale) is not None:
        raise Refusal("invoice_or_delivery_note")
    buyer = _typed_buyer(command)
    if buyer is None:
        if not sale.customer_no:
            raise Refusal("no_buyer")
        buyer = yield from _person_of(sale.customer_no)
    buyer_id = sale.customer_no or f"buyer/{sale.sale_id}"
    sealed = ""
    if buyer is not None:
        text = yield from seal(buyer_id, msgspec.json.encode(buyer).decode())
        if text is None:
            raise Refusal("buyer_forgotten")
        sealed = text
    counter.keep(msgspec.structs.replace(sale, invoice=True, buyer_id=buyer_id, buyer=sealed))
    return {**counter.sums(), "invoice": True}


def _typed_buyer(command: MakeInvoice) -> Person | None:
    """The buyer as typed; None if nothing was typed."""
    fields = {
        name: typed.short_text(text, MAX_FIELD_LENGTH, "buyer_bad")
        for name, text in msgspec.structs.asdict(command).items()
        if text is not None
    }
    if not any(fields.values()):
        return None
    if not fields.get("name"):
        raise Refusal("no_buyer")
    return Person(**fields)


def _person_of(customer_no: str) -> Generator[Effect, Event, Person | None]:
    """Name and address of a customer; None if this till cannot read them."""
    customer = yield from look(FindCustomer(customer_no))
    return customer.person if customer is not None else None


# -- collective invoices -------------------------------------------------------------------------


def collect_invoice(counter: Counter, command: CollectInvoice) -> Steps:
    """One invoice of the customer's open delivery notes, or of those named; the open sale is not touched."""
    customer_no = typed.document_no(command.customer)
    numbers = _numbers(command.delivery_notes)
    named = {"no": customer_no}
    yield from _notes(counter, customer_no, numbers)

    def held(granted: Granted) -> Steps:
        notes = yield from _notes(counter, customer_no, numbers)
        table = yield from _tax_tables(notes)
        person = yield from _person_of(customer_no)
        buyer = (yield from seal(customer_no, msgspec.json.encode(person).decode())) if person is not None else None
        number = yield from counter.next_number("invoice")
        invoice = _collective(counter, customer_no, number, notes, table, buyer or "")
        open_minor = sum(note.open_minor for note in notes)
        opened = InvoiceOpened(
            invoice_no=number,
            customer_no=customer_no,
            till_no=counter.till.till_no,
            issued_at=invoice.issued_at,
            currency=invoice.currency,
            amount_minor=open_minor,
            delivery_notes=invoice.delivery_notes,
        )
        facts: list[Fact] = [invoice, opened]
        for note in notes:
            facts += yield from _gathered(counter, note, granted, number)
        yield from counter.journal(tuple(facts), counter.sale, claim_id=granted.claim_id, printed=invoice)
        return {
            "invoice_no": number,
            "invoice_total": counter.text(invoice.total_minor),
            "paid": counter.text(invoice.total_minor - open_minor),
            "open": counter.text(open_minor),
            "delivery_notes": list(invoice.delivery_notes),
            "coverage": coverage_fields(granted),
        }

    name = resource.name(resource.RECEIVABLE, customer_no)
    return (yield from under_claim(counter, name, held, named=named, refusals="receivable"))


def _numbers(text: str | None) -> tuple[str, ...]:
    """The notes that were named, without repeats; none: all."""
    parts = [part for part in (text or "").split(",") if part.strip()]
    if len(parts) > receivable.MAX_NOTES:
        raise Refusal("too_many_delivery_notes", {"limit": str(receivable.MAX_NOTES)})
    return tuple(dict.fromkeys(typed.document_no(part) for part in parts))


def _notes(
    counter: Counter, customer_no: str, numbers: Sequence[str]
) -> Generator[Effect, Event, Sequence[ReceivableView]]:
    """The notes to be gathered; a refusal for each slip and for what somebody is paying just now."""
    notes: Sequence[ReceivableView]
    if numbers:
        notes = yield from _named_notes(customer_no, numbers)
    else:
        limit = receivable.MAX_NOTES + 1
        notes = yield from look(ListDeliveryNotes(customer_no, receivable.OPEN, limit), fresh=True)
    if not notes:
        raise Refusal("no_delivery_notes", {"no": customer_no})
    if len(notes) > receivable.MAX_NOTES:
        raise Refusal("too_many_delivery_notes", {"limit": str(receivable.MAX_NOTES)})
    for note in notes:
        if note.currency != counter.till.currency:
            raise Refusal("receivable_other_currency", {"no": note.number, "currency": note.currency})
        if note.held_minor:
            raise Refusal("receivable_busy", {"no": note.number})
    return notes


def _named_notes(customer_no: str, numbers: Sequence[str]) -> Generator[Effect, Event, Sequence[ReceivableView]]:
    notes: tuple[ReceivableView, ...] = ()
    for number in numbers:
        notes = (*notes, (yield from _named_note(customer_no, number)))
    return notes


def _named_note(customer_no: str, number: str) -> Generator[Effect, Event, ReceivableView]:
    found = yield from look(FindReceivable(number), fresh=True)
    named = {"no": number, "invoice": found.invoice_no if found else ""}
    if found is None or found.kind != receivable.NOTE:
        raise Refusal("unknown_delivery_note", named)
    if found.customer_no != customer_no:
        raise Refusal("receivable_other_customer", named)
    if found.invoice_no:
        raise Refusal("delivery_note_invoiced", named)
    if found.state != receivable.OPEN:
        raise Refusal("receivable_paid", named)
    return found


def _tax_tables(notes: Sequence[ReceivableView]) -> Generator[Effect, Event, tuple[VatSum, ...]]:
    """Each note's part of its receipt's tax table, added up."""
    tables: tuple[tuple[VatSum, ...], ...] = ()
    for note in notes:
        table = yield from look(FindTaxTable(note.receipt_no))
        if table is None:
            raise Refusal("receipt_not_here_yet", {"receipt_no": note.receipt_no})
        tables = (*tables, receivable.scaled(table, note.amount_minor))
    return receivable.added(tables)


def _collective(
    counter: Counter,
    customer_no: str,
    number: str,
    notes: Sequence[ReceivableView],
    table: Sequence[VatSum],
    buyer: str,
) -> InvoiceIssued:
    return InvoiceIssued(
        invoice_no=number,
        till_no=counter.till.till_no,
        customer_no=customer_no,
        issued_at=iso(counter.now.wall_ms),
        business_day=counter.now.day,
        cashier=counter.clerk.cashier,
        currency=counter.till.currency,
        total_minor=sum(row.gross_minor for row in table),
        tax_table=tuple(TaxRow(*row) for row in table),
        delivery_notes=tuple(note.number for note in notes),
        receipt_nos=tuple(note.receipt_no for note in notes),
        buyer_id=customer_no if buyer else "",
        buyer=buyer,
    )


def _gathered(
    counter: Counter, note: ReceivableView, granted: Granted, invoice_no: str
) -> Generator[Effect, Event, tuple[Fact, Fact]]:
    """What is open of the note is used up by the invoice."""
    hold_id = counter.draw(f"note/{note.number}")[:16].hex()
    at = iso(counter.now.wall_ms)
    held = yield from hold_of(counter, counter.begun(), note.resource, note.open_minor, granted, hold_id=hold_id)
    used = ResourceUsed(
        hold_id=hold_id, resource=note.resource, amount=note.open_minor, reference=invoice_no, used_at=at
    )
    return held, used
