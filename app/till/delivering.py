"""Delivery notes, and paying what is owed.

*On a delivery note*: goods leave without money, and with the receipt a receivable arises (Forderungsentstehung). It is
a tender like others, so the note may be over the part that the other tenders leave.

*Paying* a note or an invoice is an untaxed line (Forderungsaufloesung) that holds so much of the receivable; the
receipt uses it. Two tills never take the same money: whatever happens to the receivables of a customer claims
``receivable/CUSTOMER_NO``.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.receivables import FindReceivable, ReceivableView
from app.domain import receivable, resource
from app.domain.business_case import GOODS, RECEIVABLE_SETTLEMENT
from app.domain.sale import OpenSale, Payment, SaleLine
from app.domain.sale_steps import money_line
from app.domain.tender import Tender
from app.facts.base import Fact
from app.facts.circulation import DeliveryNoteIssued, ReceivablePaid
from app.facts.sales import InvoiceIssued, ReceiptCompleted
from app.till import typed
from app.till.commands import Pay, PayCredit
from app.till.effects import Effect, Event
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.offering import Offered, Take, payment_by
from app.till.refusals import Refusal
from app.till.steps import Steps, look, nothing

if TYPE_CHECKING:
    from app.till.counter import Counter

DELIVERY_NOTE = "delivery_note"
"""The kind of tender."""


# -- delivery notes ------------------------------------------------------------------------------


def take_delivery_note(
    counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take
) -> Steps:
    """The goods leave on a delivery note: a receivable arises with the receipt, which gets the note's number."""
    if amount_minor < 0:
        raise Refusal("delivery_note_refund")
    if not sale.customer_no:
        raise Refusal("delivery_note_customer")
    if note_payment(sale) is not None:
        raise Refusal("delivery_note_twice")
    if sale.invoice:
        raise Refusal("invoice_or_delivery_note")
    for line in sale.lines:
        if line.business_case == RECEIVABLE_SETTLEMENT or (line.gross_minor > 0 and line.business_case not in GOODS):
            raise Refusal("delivery_note_goods_only", {"name": line.name})
    yield from nothing()
    payment = payment_by(
        tender,
        amount_minor,
        reference=command.reference or "",
    )
    return (yield from take(Offered(payment)))


def note_payment(sale: OpenSale) -> Payment | None:
    return next((payment for payment in sale.payments if payment.tender_kind == DELIVERY_NOTE), None)


# -- what a receipt makes of it ------------------------------------------------------------------


def prepare(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """Numbers of the delivery note and the invoice that the receipt is."""
    payment = note_payment(sale)
    if payment is not None:
        number = yield from counter.next_number("delivery_note")
        numbered = msgspec.structs.replace(payment, reference=payment.reference or number)
        payments = tuple(numbered if each is payment else each for each in sale.payments)
        sale = msgspec.structs.replace(sale, delivery_note_no=number, payments=payments)
    if sale.invoice:
        number = yield from counter.next_number("invoice")
        sale = msgspec.structs.replace(sale, invoice_no=number)
    return sale


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """The delivery note and the invoice that the receipt is, and the receivables that it pays."""
    yield from nothing()
    facts: list[Fact] = []
    payment = note_payment(sale)
    if payment is not None and sale.delivery_note_no:
        note = DeliveryNoteIssued(
            delivery_note_no=sale.delivery_note_no,
            receipt_no=receipt.receipt_no,
            till_no=receipt.till_no,
            customer_no=sale.customer_no,
            issued_at=receipt.finished_at,
            business_day=receipt.business_day,
            currency=receipt.currency,
            amount_minor=payment.amount_minor,
        )
        facts.append(note)
    if sale.invoice_no:
        invoice = InvoiceIssued(
            invoice_no=sale.invoice_no,
            till_no=receipt.till_no,
            customer_no=sale.customer_no,
            issued_at=receipt.finished_at,
            business_day=receipt.business_day,
            cashier=receipt.cashier,
            currency=receipt.currency,
            total_minor=receipt.total_minor,
            tax_table=receipt.tax_table,
            receipt_nos=(receipt.receipt_no,),
            buyer_id=sale.buyer_id,
            buyer=sale.buyer,
        )
        facts.append(invoice)
    paid = (
        _paid(line, receipt)
        for line in sale.lines
        if line.business_case == RECEIVABLE_SETTLEMENT and resource.kind_of(line.resource) == resource.RECEIVABLE
    )
    return (*facts, *paid)


def _paid(line: SaleLine, receipt: ReceiptCompleted) -> ReceivablePaid:
    # receivable/CUSTOMER_NO/KIND/NUMBER; a customer's number may hold a slash, the line's reference is the rest.
    owner = line.resource.removeprefix(f"{resource.RECEIVABLE}/").removesuffix(f"/{line.reference}").rpartition("/")[0]
    return ReceivablePaid(
        paid_id=line.hold_id,
        customer_no=owner,
        amount_minor=line.gross_minor,
        receipt_no=receipt.receipt_no,
        at=receipt.finished_at,
        till_no=receipt.till_no,
        reference=line.reference,
    )


# -- paying what is owed -------------------------------------------------------------------------


def pay_reference(counter: Counter, command: PayCredit) -> Steps:
    """A line that takes money for one invoice, or for a delivery note that nobody has invoiced yet."""
    number = typed.document_no(command.reference or "")
    customer_no = typed.document_no(command.customer)
    wanted = counter.positive(command.amount, "amount") if command.amount is not None else None
    named = {"no": number}
    known = yield from look(FindReceivable(number), fresh=True)
    if known is not None:
        _payable(counter, known, customer_no, wanted)

    def held(granted: Granted) -> Steps:
        found = yield from look(FindReceivable(number), fresh=True)
        if found is None:
            raise Refusal("unknown_receivable", named)
        amount = _payable(counter, found, customer_no, wanted)
        line = money_line(
            RECEIVABLE_SETTLEMENT,
            counter.words[RECEIVABLE_SETTLEMENT],
            amount,
            reference=number,
            hold_id=counter.draw("receivable")[:16].hex(),
            resource=found.resource,
            held_amount=amount,
        )
        after = yield from counter.repriced(counter.with_line(line, counter.begun()))
        hold = yield from hold_of(counter, after, found.resource, amount, granted, hold_id=line.hold_id)
        yield from counter.journal((hold,), after, claim_id=granted.claim_id)
        fields = {"line": after.lines[-1].line, "amount": counter.text(amount), **counter.sums()}
        left = counter.text(found.open_minor - found.held_minor - amount)
        return {**fields, "open": left, "coverage": coverage_fields(granted)}

    name = resource.name(resource.RECEIVABLE, customer_no)
    return (yield from under_claim(counter, name, held, named=named, refusals="receivable"))


def _payable(counter: Counter, found: ReceivableView, customer_no: str, wanted: int | None) -> int:
    """How much is paid; a refusal if there is nothing to pay, or less than wanted."""
    named = {"no": found.number, "invoice": found.invoice_no}
    if found.customer_no != customer_no:
        raise Refusal("receivable_other_customer", named)
    if found.state == receivable.INVOICED:
        raise Refusal("delivery_note_invoiced", named)
    if found.currency != counter.till.currency:
        raise Refusal("receivable_other_currency", {**named, "currency": found.currency})
    if found.open_minor <= 0:
        raise Refusal("receivable_paid", named)
    left = found.open_minor - found.held_minor
    if left <= 0:
        raise Refusal("receivable_busy", named)
    if wanted is not None and wanted > left:
        raise Refusal("more_than_open", {**named, "amount": counter.text(wanted), "due": counter.text(left)})
    return left if wanted is None else wanted
