"""What customers owe: credits, deposits that they paid on orders, delivery notes that nobody has invoiced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain import resource
from app.office.reports.sources.ledger import granted, taken
from app.office.reports.sources.source import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from app.office.reports.sources.source import Tables


def _credits(tables: Tables) -> ir.Table:
    import ibis

    known = tables("customers").mutate(resource=resource.name(resource.CREDIT, "") + ibis._.customer_no)
    payments = tables("credit_payments")
    paid = payments.group_by(paid_by="customer_no").aggregate(paid=payments.amount_minor.sum())
    ledger = known.left_join(taken(tables), [("resource", "taken_of")]).left_join(paid, [("customer_no", "paid_by")])
    used, back = ledger.used.fill_null(0), ledger.paid.fill_null(0)
    return ledger.select(
        "customer_group",
        customer=ledger.customer_no,
        state=ibis.cases((ledger.blocked, "blocked"), (used != back, "owing"), else_="settled"),
        limit=ledger.credit_limit_minor,
        used=used,
        paid=back,
        owed=used - back,
        count=ibis.literal(1),
    )


def _deposits(tables: Tables) -> ir.Table:
    import ibis

    paid = tables("order_deposits").select(
        "receipt_no", of_order="order_no", day=ibis._.at.left(10), paid="amount_minor"
    )
    placed = tables("orders").select("order_no", "till_no", "customer_no", "currency", "due_on", "resource")
    cancelled = tables("order_cancellations").group_by(cancelled_order="order_no").aggregate(cancelled=ibis._.count())
    orders = (
        paid.inner_join(placed, [("of_order", "order_no")])
        .left_join(taken(tables), [("resource", "taken_of")])
        .left_join(cancelled, [("order_no", "cancelled_order")])
    )
    times, given_up = orders.times.fill_null(0), orders.cancelled.fill_null(0)
    is_open = (times <= given_up) & (given_up == 0)
    return orders.select(
        "day",
        "currency",
        "due_on",
        "paid",
        order=orders.order_no,
        till=orders.till_no,
        customer=orders.customer_no,
        receipt=orders.receipt_no,
        state=ibis.cases((times > given_up, "picked_up"), (given_up > 0, "cancelled"), else_="open"),
        open=ibis.ifelse(is_open, orders.paid, 0),
        count=ibis.literal(1),
    )


def _delivery_notes(tables: Tables) -> ir.Table:
    import ibis

    notes = tables("delivery_notes")
    gathered = tables("invoiced_notes")
    invoice = gathered.group_by(gathered_note="delivery_note_no").aggregate(invoice=gathered.invoice_no.max())
    ledger = (
        notes.left_join(granted(tables), [("resource", "granted_of")])
        .left_join(taken(tables), [("resource", "taken_of")])
        .left_join(invoice, [("delivery_note_no", "gathered_note")])
    )
    left = ledger.granted.fill_null(0) - ledger.used.fill_null(0) + ledger.settled.fill_null(0)
    return ledger.select(
        "currency",
        delivery_note=ledger.delivery_note_no,
        day=ledger.business_day,
        till=ledger.till_no,
        customer=ledger.customer_no,
        receipt=ledger.receipt_no,
        invoice=ledger.invoice.fill_null(""),
        state=ibis.cases((ledger.invoice.notnull(), "invoiced"), (left <= 0, "paid"), else_="open"),
        amount=ledger.amount_minor,
        open=left,
        count=ibis.literal(1),
    )


SOURCES = (
    Source(
        "credits",
        _credits,
        ("customer", "customer_group", "state"),
        ("count", "limit", "used", "paid", "owed"),
        standing=True,
    ),
    Source(
        "deposits",
        _deposits,
        ("day", "till", "order", "customer", "receipt", "currency", "due_on", "state"),
        ("count", "paid", "open"),
        standing=True,
    ),
    Source(
        "delivery_notes",
        _delivery_notes,
        ("day", "till", "delivery_note", "customer", "receipt", "invoice", "currency", "state"),
        ("count", "amount", "open"),
        standing=True,
    ),
)
