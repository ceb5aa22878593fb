"""Commands that move money: pay, take the last payment back.

Each kind of tender has a *taker*: a generator that says what a payment of so much would be (``Offered``), after
asking and claiming whatever it needs. What is the same for all (what is due, what becomes of
the excess, the end of the sale) is here:

1. Without an amount what is due is paid; in cash, what coins can pay of it (cash rounding).
2. More than is due is refused, change, or a tip, as the tender has it. A tip is a line of its own.
3. The difference of cash rounding is a line of its own too. It comes with the payment that settles the sale and
   never without: as long as something is due nobody knows how it will be paid.
4. Below zero due, money is given back: typed amounts stay positive, the payment is negative.
"""

from __future__ import annotations

import msgspec

from app.domain.business_case import ROUNDING, TIP
from app.domain.money import MAX_AMOUNT_MINOR, MINOR_DIGITS, format_minor
from app.domain.reference import Reference
from app.domain.sale import OpenSale, Payment
from app.domain.sale_steps import money_line, with_line
from app.domain.tender import (
    CASH_KINDS,
    DEFAULT_TENDERS,
    MONEY_KINDS,
    CashRounding,
    ExchangeRate,
    Tender,
    foreign_of,
    home_of,
    rate_of,
    rounded,
    step_of,
    tenders_of,
)
from app.till import typed
from app.till.commands import Pay, UndoPayment
from app.till.counter import Counter
from app.till.offering import Offered
from app.till.refusals import Refusal
from app.till.steps import Steps, reference
from app.till.tendering import TAKERS

MAX_REFERENCE = 40


class Foreign(msgspec.Struct, frozen=True):
    """Money of another currency, with the rate that it is taken at."""

    currency: str
    amount_minor: int
    rate: ExchangeRate


class Quote(msgspec.Struct, frozen=True):
    """What a payment will be: its amount in the till's currency, and what it brings along."""

    amount_minor: int
    tip_minor: int = 0
    rounding_minor: int = 0
    """Of the line that makes the rest payable in coins; only where this payment settles the sale."""
    foreign: Foreign | None = None


def pay(counter: Counter, command: Pay) -> Steps:
    """Any tender towards what is due; when nothing is due any more the receipt is complete."""
    sale = counter.payable_sale()
    known = yield from reference()
    tender = _tender(counter, known, command)
    checked = msgspec.structs.replace(command, reference=_reference(tender, command))
    quote = _quote(counter, known, sale, tender, checked)

    def take(offered: Offered) -> Steps:
        payment = _as_booked(offered.payment, tender, quote.foreign)
        after = counter.with_payment(sale, payment)
        after = _with_extra(counter, after, TIP, quote.tip_minor, of_line=after.payments[-1].line)
        after = _with_extra(counter, after, ROUNDING, quote.rounding_minor)
        if after.settled:
            done = yield from counter.complete(after, offered.facts, offered.claim_id)
            return {**offered.fields, **done, **_extras(counter, quote)}
        if offered.facts:
            yield from counter.journal(offered.facts, after, claim_id=offered.claim_id)
        else:
            counter.keep(after)
        return {**offered.fields, "due": counter.text(after.due_minor), "line": after.payments[-1].line}

    if not quote.amount_minor:
        # Nothing changes hands: an exchange of equal goods, or less than the smallest coin.
        done = yield from counter.complete(_with_extra(counter, sale, ROUNDING, quote.rounding_minor))
        return {**done, **_extras(counter, quote)}
    return (yield from TAKERS[tender.kind](counter, sale, tender, quote.amount_minor, checked, take))


def undo_payment(counter: Counter, _: UndoPayment) -> Steps:
    """Take the last payment back, whatever it was; a tip goes with it."""
    sale = counter.open_sale()
    if not sale.payments:
        raise Refusal("no_payment")
    number = sale.payments[-1].line
    yield from counter.take_back(sale, number)
    return {**counter.sums(), "line": number}


def _tender(counter: Counter, known: Reference, command: Pay) -> Tender:
    """The tender that was named; cash with a foreign currency becomes foreign cash."""
    home = counter.till.currency
    tender = tenders_of(known.all(Tender), home).get(command.tender)
    if tender is None:
        raise Refusal("unknown_tender", {"tender": typed.shown(command.tender)})
    currency = home if command.currency is None else command.currency.strip().upper()
    if currency not in MINOR_DIGITS:
        raise Refusal("unknown_currency", {"currency": typed.shown(command.currency or ""), "known": home})
    if command.currency is None or currency == (tender.currency or home):
        return tender
    if tender.kind != "cash":
        raise Refusal("foreign_cash_only", {"currency": currency})
    return msgspec.structs.replace(tender, kind="foreign_cash", currency=currency)


def _reference(tender: Tender, command: Pay) -> str:
    text = command.reference or ""
    if tender.needs_reference and not text.strip():
        raise Refusal("reference_needed", {"tender": tender.name})
    return typed.short_text(text, MAX_REFERENCE, "reference_too_long")


def _quote(counter: Counter, known: Reference, sale: OpenSale, tender: Tender, command: Pay) -> Quote:
    if sale.due_minor < 0:
        return _refund(counter, known, sale, tender, command)
    tip = 0 if command.tip is None else counter.amount(command.tip, "amount")
    if tip and tender.kind not in MONEY_KINDS:
        raise Refusal("tip_not_here", {"tender": tender.name})
    due = sale.due_minor + tip
    if tender.kind not in CASH_KINDS:
        return _settling(counter, sale, tender, Quote(_amount(counter, command, due, due), tip), due)
    step = _step(counter, known, counter.till.currency)
    in_coins = rounded(due, step)
    if tender.kind == "foreign_cash":
        foreign = _foreign(counter, known, tender.currency, command, in_coins)
        amount = home_of(foreign.amount_minor, foreign.rate.rate, tender.currency, counter.till.currency)
        if amount > MAX_AMOUNT_MINOR:
            raise Refusal("amount_too_large", {"text": typed.shown(command.amount or "")})
        if not amount and foreign.amount_minor:
            raise Refusal("amount_zero")
        quote = Quote(amount, tip, foreign=foreign)
    else:
        quote = Quote(_amount(counter, command, due, in_coins), tip)
        _payable_in_coins(quote.amount_minor, step, counter.till.currency)
    return _settling(counter, sale, tender, quote, due, in_coins, step)


def _settling(
    counter: Counter, sale: OpenSale, tender: Tender, quote: Quote, due: int, in_coins: int | None = None, step: int = 1
) -> Quote:
    """The quote with what becomes of the excess; refused if this tender does not take more than is due.

    ``due`` holds the tip; ``in_coins`` is what of it cash can pay, None for other tenders.
    """
    paid = quote.amount_minor
    if paid < quote.tip_minor:
        raise Refusal("tip_too_large", {"amount": counter.text(paid)})
    base = due if in_coins is None else in_coins
    if paid < min(base, due):
        return quote
    excess = max(0, paid - base)
    if excess and tender.excess == "tip":
        tip = quote.tip_minor + excess
        return msgspec.structs.replace(quote, tip_minor=tip, rounding_minor=paid - excess - due)
    # Goods that came back give change only as their refund; and what is given out must exist as coins.
    if excess and (tender.excess == "refuse" or sale.total_minor < 0):
        raise Refusal("more_than_due", {"due": counter.text(base)})
    change = excess // step * step if in_coins is not None else excess
    if tender.change_limit_minor and change > tender.change_limit_minor:
        raise Refusal("change_limit", {"amount": counter.text(tender.change_limit_minor)})
    return msgspec.structs.replace(quote, rounding_minor=paid - change - due)


def _refund(counter: Counter, known: Reference, sale: OpenSale, tender: Tender, command: Pay) -> Quote:
    """Money given back for goods, in the till's own currency only."""
    if tender.kind == "foreign_cash":
        raise Refusal("refund_home_currency", {"currency": counter.till.currency})
    if not tender.refundable:
        raise Refusal("not_refundable", {"tender": tender.name})
    if command.tip is not None:
        raise Refusal("tip_not_here", {"tender": tender.name})
    owed = -sale.due_minor
    step = _step(counter, known, counter.till.currency) if tender.kind == "cash" else 1
    in_coins = rounded(owed, step)
    amount = in_coins if command.amount is None else counter.positive(command.amount, "amount")
    _payable_in_coins(amount, step, counter.till.currency)
    if amount > in_coins:
        raise Refusal("more_than_owed", {"due": counter.text(in_coins)})
    return Quote(-amount, rounding_minor=owed - amount if amount == in_coins else 0)


def _amount(counter: Counter, command: Pay, due: int, default: int) -> int:
    if command.amount is None:
        return default
    return counter.positive(command.amount, "amount") if due else counter.amount(command.amount, "amount")


def _foreign(counter: Counter, known: Reference, currency: str, command: Pay, home_minor: int) -> Foreign:
    """The foreign amount that was typed, or that covers what is due, with today's rate frozen."""
    rate = rate_of(known.all(ExchangeRate).values(), currency, counter.now.day)
    if rate is None:
        raise Refusal("no_exchange_rate", {"currency": currency})
    step = _step(counter, known, currency)
    if command.amount is None:
        amount = foreign_of(home_minor, rate.rate, currency, counter.till.currency, step)
    else:
        amount = typed.positive_minor(command.amount, currency, "amount")
        _payable_in_coins(amount, step, currency)
    return Foreign(currency, amount, rate)


def _step(counter: Counter, known: Reference, currency: str) -> int:
    return step_of(known.all(CashRounding).values(), currency, counter.now.day)


def _payable_in_coins(amount_minor: int, step: int, currency: str) -> None:
    if amount_minor % step:
        raise Refusal("no_such_coins", {"amount": format_minor(step, currency)})


def _as_booked(payment: Payment, tender: Tender, foreign: Foreign | None) -> Payment:
    """With the frozen rate, and named as the shop does: tenders that nobody renamed have their words on paper."""
    default = DEFAULT_TENDERS.get(tender.tender)
    if default is not None and payment.name == tender.name == default.name:
        payment = msgspec.structs.replace(payment, name="")
    if foreign is None:
        return payment
    return msgspec.structs.replace(
        payment,
        currency=foreign.currency,
        foreign_minor=foreign.amount_minor,
        rate=foreign.rate.rate,
        rate_source=foreign.rate.source or foreign.rate.valid_from,
    )


def _with_extra(counter: Counter, sale: OpenSale, business_case: str, amount_minor: int, of_line: int = 0) -> OpenSale:
    """The sale with a line that is no goods: it may always be added, for without it the sale could not be paid."""
    if not amount_minor:
        return sale
    line = money_line(
        business_case,
        counter.words[business_case],
        amount_minor,
        of_line=of_line,
    )
    return with_line(sale, line)


def _extras(counter: Counter, quote: Quote) -> dict[str, str]:
    """What this payment put on the receipt beside the goods, where there is something."""
    found = {"tip": quote.tip_minor, "rounding": quote.rounding_minor}
    return {name: counter.text(amount) for name, amount in found.items() if amount}
