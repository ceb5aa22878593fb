"""Orders, delivery notes, invoices."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "bad_number": mark("{text} is no number of a document or customer."),
    "note_bad": mark("A note has at most {limit} printable characters."),
    # orders
    "order_goods_only": mark("Only goods can be ordered; void {name} first."),
    "order_with_payments": mark("Something is paid already; take the payment back first."),
    "deposit_too_high": mark("A deposit of {amount} is too much; at most {due} is left to pay."),
    "unknown_order": mark("No till knows the order {order_no}."),
    "order_picked_up": mark("The order {order_no} was picked up already: {receipt_no}."),
    "order_cancelled": mark("The order {order_no} was cancelled."),
    "order_other_currency": mark("The order {order_no} is in {currency}; this till cannot take it."),
    "order_on_sale": mark("The order {order_no} is on an open sale; finish that one first."),
    "order_depositing": mark("A deposit on {order_no} is on an open sale; finish that one first."),
    "order_busy": mark("Another till is working on the order {order_no}; try again in a moment."),
    "order_unconfirmed": mark("Not every till could confirm {order_no}; try again when they are there."),
    # delivery notes and invoices
    "no_buyer": mark("An invoice needs a buyer: choose a customer or type name and address."),
    "buyer_bad": mark("Each field of the address has at most {limit} printable characters."),
    "buyer_forgotten": mark("This customer was forgotten; type name and address of the buyer."),
    "invoice_or_delivery_note": mark("A sale becomes an invoice or a delivery note, not both."),
    "delivery_note_customer": mark("A delivery note needs a customer; choose one first."),
    "delivery_note_refund": mark("Money cannot be given back on a delivery note; choose another tender."),
    "delivery_note_twice": mark("This sale is on a delivery note already; void it to change it."),
    "delivery_note_goods_only": mark("Only goods go on a delivery note; {name} must be paid."),
    "unknown_delivery_note": mark("No till knows the delivery note {no}."),
    "no_delivery_notes": mark("The customer {no} has no open delivery note."),
    "too_many_delivery_notes": mark("An invoice holds {limit} delivery notes at most; name fewer."),
    "delivery_note_invoiced": mark("The delivery note {no} is on the invoice {invoice}."),
    "receipt_not_here_yet": mark("The receipt {receipt_no} has not arrived here yet; try again later."),
    "unknown_receivable": mark("No till knows an invoice or a delivery note {no}."),
    "receivable_paid": mark("{no} is paid already."),
    "receivable_other_customer": mark("{no} belongs to another customer."),
    "receivable_other_currency": mark("{no} is in {currency}; this till cannot take it."),
    "receivable_busy": mark("Another till is working on {no}; try again in a moment."),
    "receivable_unconfirmed": mark("Not every till could confirm {no}; try again when they are there."),
    "more_than_open": mark("Only {due} of {no} is open; {amount} is too much."),
    "unknown_state": mark("There is no state {text}; use one of: {known}."),
    "unknown_invoice": mark("This till does not know the invoice {no}."),
}
