"""Commands that move money: pay, take the last payment back.

Each kind of tender has a *taker*: a generator that says what a payment of so much would be (``Offered``), after
asking and claiming whatever it needs. What is the same for all (what is due, what becomes of
the excess, the end of the sale) is here.
"""

from __future__ import annotations

from app.domain.sale import CASH, Payment
from app.till.commands import Pay, UndoPayment
from app.till.counter import Counter
from app.till.refusals import Refusal
from app.till.steps import Steps

TENDERS = (CASH, "card")


def pay(counter: Counter, command: Pay) -> Steps:
    """Cash or card towards what is due; when nothing is due any more the receipt is complete."""
    sale = counter.payable_sale()
    if command.tender not in TENDERS:
        raise Refusal("unknown_tender", {"tender": command.tender})
    currency = counter.till.currency
    if command.currency is not None and command.currency != currency:
        raise Refusal("unknown_currency", {"currency": command.currency, "known": currency})
    due = sale.due_minor
    if command.amount is None:
        amount = due
    elif due:
        amount = counter.positive(command.amount, "amount")
    else:
        amount = counter.amount(command.amount, "amount")
    if command.tender != CASH and amount > due:
        raise Refusal("more_than_due", {"due": counter.text(due)})
    if amount:
        payment = Payment(line=0, tender=command.tender, tender_kind=command.tender, amount_minor=amount)
        sale = counter.with_payment(sale, payment)
    if sale.settled:
        return (yield from counter.complete(sale))
    counter.keep(sale)
    return {"due": counter.text(sale.due_minor)}


def undo_payment(counter: Counter, _: UndoPayment) -> Steps:
    """Take the last payment back, whatever it was."""
    sale = counter.open_sale()
    if not sale.payments:
        raise Refusal("no_payment")
    number = sale.payments[-1].line
    yield from counter.take_back(sale, number)
    return {**counter.sums(), "line": number}
