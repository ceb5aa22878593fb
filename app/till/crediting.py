"""Customers' money: credit, paying a credit, the purse, the bonus.

1. A credit is held like everything that can be used up, but nobody grants it: what is left of ``credit/NO`` is
   the limit less what is owed and held over all tills. That is checked again under the claim, so it never goes
   beyond the limit while all tills hear each other.
2. Goods given back to the credit lower what is owed; that may go below zero, in the customer's favour.
3. What is paid of a credit is a line of the receipt, never more than is owed: it is held (``settling/NO``) from the
   moment it is on a sale. Tills that are cut off may take it twice: the statement shows it in the customer's favour.
4. Top-ups and bonus are granted with the receipt: before it is complete there is nothing to spend.
5. Bonus is earned on goods, after discounts (``app.domain.customer.bonus_of``).
6. A void takes top-ups and bonus back by the ledger, and pays what was bought on credit (``voiding.py``).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.customers import FindCredit
from app.books.questions.resources import AskBalance
from app.domain import resource
from app.domain.business_case import PURSE_TOP_UP, RECEIVABLE_SETTLEMENT, SALE
from app.domain.customer import BonusRule, bonus_of
from app.domain.sale import OpenSale, Payment, SaleLine
from app.domain.sale_steps import money_line
from app.domain.tender import Tender
from app.facts.base import Fact
from app.facts.circulation import ReceivablePaid, ResourceGranted
from app.facts.sales import ReceiptCompleted
from app.till import delivering
from app.till.commands import Pay, PayCredit, TopUp
from app.till.customers import known_customer
from app.till.effects import Effect, Event
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.offering import Offered, Take, payment_by
from app.till.refusals import Refusal
from app.till.steps import Steps, look, reference

if TYPE_CHECKING:
    from app.till.counter import Counter

PURSES = {"purse": resource.PURSE, "bonus_purse": resource.BONUS}
"""Which purse a kind of tender takes from."""


# -- lines ---------------------------------------------------------------------------------------


def pay_credit(counter: Counter, command: PayCredit) -> Steps:
    """A line that takes money for what a customer owes; with a reference for that one invoice or delivery note."""
    if command.reference is not None:
        return (yield from delivering.pay_reference(counter, command))
    found = yield from known_customer(counter, command.customer, blocked=True)
    no = found.customer_no
    wanted = None if command.amount is None else counter.positive(command.amount, "amount")
    _payable(counter, no, (yield from _owed(counter, no)), wanted)

    def held(granted: Granted) -> Steps:
        owed = yield from _owed(counter, no)
        amount = _payable(counter, no, owed, wanted)
        name = resource.name(resource.SETTLING, no)
        line = _line(counter, RECEIVABLE_SETTLEMENT, no, amount, name)
        line = msgspec.structs.replace(line, hold_id=counter.draw("settling")[:16].hex(), held_amount=amount)
        sale = yield from counter.repriced(counter.with_line(line))
        hold = yield from hold_of(counter, sale, name, amount, granted, hold_id=line.hold_id)
        yield from counter.journal((hold,), sale, claim_id=granted.claim_id)
        fields = {"line": sale.lines[-1].line, **counter.sums(), "amount": counter.text(amount)}
        return {**fields, "owed": counter.text(owed - amount), "coverage": coverage_fields(granted)}

    # The policy is that of settling, not of credit: money that is offered is taken as long as nobody says otherwise.
    # At worst the customer has some to come.
    name = resource.name(resource.CREDIT, no)
    return (yield from under_claim(counter, name, held, named={"no": no}, refusals="credit"))


def top_up(counter: Counter, command: TopUp) -> Steps:
    """A line that puts money into the customer's purse; it is there with the receipt."""
    found = yield from known_customer(counter, command.customer)
    amount = counter.positive(command.amount, "amount")
    line = _line(counter, PURSE_TOP_UP, found.customer_no, amount, resource.name(resource.PURSE, found.customer_no))
    return {**(yield from _added(counter, line)), "amount": counter.text(amount)}


def is_payment_of_credit(line: SaleLine, customer_no: str = "") -> bool:
    """Whether the line pays a customer's credit (this one's), and not an invoice or a delivery note.

    Its ``resource`` says so.
    """
    paid = line.business_case == RECEIVABLE_SETTLEMENT and resource.kind_of(line.resource) == resource.SETTLING
    return paid and customer_no in ("", line.reference)


def _owed(counter: Counter, no: str) -> Generator[Effect, Event, int]:
    """What the customer owes and nobody is paying just now, at any till."""
    credit = yield from look(FindCredit(no), fresh=True)
    paying = (yield from look(AskBalance(resource.name(resource.SETTLING, no)), fresh=True)).held
    # In training nothing is held, so what is on the sale is counted as well.
    lines = counter.sale.lines if counter.sale else ()
    here = sum(line.gross_minor for line in lines if is_payment_of_credit(line, no))
    return credit.owed_minor - max(paying, here)


def _payable(counter: Counter, no: str, owed: int, wanted: int | None) -> int:
    """How much is paid; a refusal if nothing is owed, or less than wanted."""
    if owed <= 0:
        raise Refusal("nothing_owed", {"no": no})
    if wanted is not None and wanted > owed:
        raise Refusal("more_than_credit", {"no": no, "amount": counter.text(owed)})
    return owed if wanted is None else wanted


def _line(counter: Counter, business_case: str, customer_no: str, amount_minor: int, name: str) -> SaleLine:
    return money_line(
        business_case,
        counter.words[business_case],
        amount_minor,
        reference=customer_no,
        resource=name,
    )


def _added(counter: Counter, line: SaleLine) -> Steps:
    sale = yield from counter.repriced(counter.with_line(line))
    counter.keep(sale)
    return {"line": sale.lines[-1].line, **counter.sums()}


# -- tenders -------------------------------------------------------------------------------------


def take_credit(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """The customer owes it: checked against the limit over all tills. Below zero the customer owes less."""
    if not sale.customer_no:
        raise Refusal("customer_needed", {"tender": tender.name})
    found = yield from known_customer(counter, sale.customer_no)
    no = found.customer_no
    name = resource.name(resource.CREDIT, no)
    payment = _payment(counter, tender, amount_minor, no, name)
    if amount_minor <= 0:
        return (yield from take(Offered(payment)))
    yield from counter.allowed("credit", no)
    credit = yield from look(FindCredit(no))
    _within(counter, no, credit.left_minor, amount_minor)

    def held(granted: Granted) -> Steps:
        again = yield from look(FindCredit(no), fresh=True)
        _within(counter, no, again.left_minor, amount_minor)
        fields = {"credit_left": counter.text(again.left_minor - amount_minor)}
        return (yield from _held(counter, sale, payment, granted, fields, take))

    return (yield from under_claim(counter, name, held, named={"no": no}, refusals="credit"))


def take_purse(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """Out of the customer's purse or bonus; without an amount as much as there is. Below zero it is put back."""
    if not sale.customer_no:
        raise Refusal("customer_needed", {"tender": tender.name})
    found = yield from known_customer(counter, sale.customer_no)
    no = found.customer_no
    name = resource.name(PURSES[tender.kind], no)
    if amount_minor <= 0:
        return (yield from take(Offered(_payment(counter, tender, amount_minor, no, name))))
    ledger = yield from look(AskBalance(name))
    _covered(counter, no, tender, ledger.left, amount_minor, command)

    def held(granted: Granted) -> Steps:
        again = yield from look(AskBalance(name), fresh=True)
        amount = _covered(counter, no, tender, again.left, amount_minor, command)
        fields = {"balance": counter.text(again.left - amount)}
        payment = _payment(counter, tender, amount, no, name)
        return (yield from _held(counter, sale, payment, granted, fields, take))

    return (yield from under_claim(counter, name, held, named={"no": no}, refusals="purse"))


def _within(counter: Counter, no: str, left_minor: int, amount_minor: int) -> None:
    if amount_minor > left_minor:
        raise Refusal("credit_limit", {"no": no, "amount": counter.text(max(0, left_minor))})


def _covered(counter: Counter, no: str, tender: Tender, left_minor: int, amount_minor: int, command: Pay) -> int:
    """How much of the purse this payment takes."""
    if left_minor <= 0:
        raise Refusal("purse_empty", {"no": no, "tender": tender.name})
    if command.amount is not None and amount_minor > left_minor:
        raise Refusal("purse_balance", {"no": no, "tender": tender.name, "balance": counter.text(left_minor)})
    return min(amount_minor, left_minor)


def _payment(counter: Counter, tender: Tender, amount_minor: int, no: str, name: str) -> Payment:
    return payment_by(
        tender,
        amount_minor,
        reference=no,
        resource=name,
        hold_id=counter.draw("hold")[:16].hex() if amount_minor > 0 else "",
    )


def _held(
    counter: Counter, sale: OpenSale, payment: Payment, granted: Granted, fields: dict[str, str], take: Take
) -> Steps:
    hold = yield from hold_of(counter, sale, payment.resource, payment.amount_minor, granted, hold_id=payment.hold_id)
    answer = {**fields, "coverage": coverage_fields(granted)}
    return (yield from take(Offered(payment, (hold,), granted.claim_id, answer)))


# -- receipts ------------------------------------------------------------------------------------


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """What the receipt does to credit, purse and bonus."""
    facts: list[Fact] = []
    for payment in sale.payments:
        if payment.amount_minor < 0 and payment.tender_kind == "customer_credit":
            facts.append(_paid(counter, receipt, payment.line, payment.reference, -payment.amount_minor))
        elif payment.amount_minor < 0 and payment.tender_kind in PURSES:
            name = resource.name(PURSES[payment.tender_kind], payment.reference)
            facts.append(_granted(counter, receipt, payment.line, name, -payment.amount_minor))
    for line in sale.lines:
        if line.business_case == PURSE_TOP_UP:
            facts.append(_granted(counter, receipt, line.line, line.resource, line.gross_minor))
        elif is_payment_of_credit(line):
            facts.append(_paid(counter, receipt, line.line, line.reference, line.gross_minor))
    return [*facts, *(yield from _bonus(counter, receipt))]


def _bonus(counter: Counter, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    if not receipt.customer_no:
        return ()
    rules = (yield from reference()).all(BonusRule).values()
    goods = sum(line.gross_minor for line in receipt.lines if line.business_case == SALE)
    earned = bonus_of(rules, receipt.customer_group, receipt.business_day, goods)
    if not earned:
        return ()
    return (_granted(counter, receipt, 0, resource.name(resource.BONUS, receipt.customer_no), earned, "turnover"),)


def _paid(counter: Counter, receipt: ReceiptCompleted, number: int, customer_no: str, amount_minor: int) -> Fact:
    return ReceivablePaid(
        paid_id=counter.draw(f"paid/{number}")[:16].hex(),
        customer_no=customer_no,
        amount_minor=amount_minor,
        receipt_no=receipt.receipt_no,
        at=receipt.finished_at,
        till_no=receipt.till_no,
    )


def _granted(
    counter: Counter, receipt: ReceiptCompleted, number: int, name: str, amount: int, reason: str = ""
) -> Fact:
    return ResourceGranted(
        grant_id=counter.draw(f"grant/{number}")[:16].hex(),
        resource=name,
        amount=amount,
        granted_at=receipt.finished_at,
        till_no=receipt.till_no,
        reference=receipt.receipt_no,
        reason=reason,
    )
