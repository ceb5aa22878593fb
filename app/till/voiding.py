"""The void of a whole receipt (Belegstorno): a new record that takes everything back, never a change of the old one.

1. Every line, tax row and tender comes again with the other sign, so both receipts sum to nothing in every column.
   Money goes back the way it came.
2. What the receipt used of resources is granted again: vouchers, coupons, purse. What a customer owes for it is paid,
   and what it gave back to a credit is owed again.
3. What it brought into circulation must all be there still, and is used up with reference to the void: a voucher
   sold on it that has been spent, or a coupon, makes the void impossible.
4. It happens once, and not after something of it was returned: returns and voids of a receipt share a claim.

What cannot be undone so (foreign cash, delivery notes, orders, settlements of what was owed) is refused, and says why.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.resources import AskBalance
from app.books.questions.returns import AskLastReceipt, AskReturned, AskTraces, Trace, TracesView
from app.domain import resource
from app.domain.instant import iso
from app.domain.sale import OpenSale
from app.facts.base import Fact
from app.facts.circulation import ReceivablePaid, ResourceGranted, ResourceHeld, ResourceUsed
from app.facts.sales import CardRow, ReceiptCompleted
from app.till import charging, numbering, typed
from app.till.commands import VoidReceipt
from app.till.completing import coverage_row
from app.till.covering import held_coverage
from app.till.effects import Effect, Event
from app.till.holding import Granted, hold_of, under_claim
from app.till.mirroring import Head, mirrored, what_stands
from app.till.refusals import Refusal
from app.till.returning import known_receipt, receipt_number
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

GIVEN_BACK = (resource.VOUCHER, resource.COUPON, resource.PURSE, resource.BONUS)
"""What a receipt may have used and a void grants again."""
RETURNED_TO = (*GIVEN_BACK, resource.CREDIT)
"""All that a void can make good; a credit was not used but owed."""
TAKEN_BACK = (resource.VOUCHER, resource.COUPON, resource.PURSE, resource.BONUS)
"""What a receipt may have granted and a void uses up."""


def void_receipt(counter: Counter, command: VoidReceipt) -> Steps:
    """The receipt of that number, or this till's last one, is taken back at once; no ``pay`` follows."""
    why = typed.reason(command.reason, needed=False)
    if counter.sale is not None:
        raise Refusal("sale_open")
    receipt = yield from _receipt(counter, command)
    named = {"receipt_no": receipt.receipt_no}
    if receipt.receipt_type != "receipt":
        raise Refusal("void_of_void", named)
    if standing := what_stands(receipt):
        raise Refusal("void_not_possible", {**named, "name": standing})
    if receipt.currency != counter.till.currency:
        raise Refusal("receipt_other_currency", {**named, "currency": receipt.currency})
    yield from counter.allowed("void_receipt", f"{receipt.receipt_no} {why}".strip())
    yield from _check_whole(receipt)
    known = yield from _traces(receipt)
    yield from _check_unused(receipt, known.granted)
    # Before anybody is asked: a terminal takes as long as a customer, and a claim must not.
    proofs = yield from charging.moved_back(counter, receipt)

    def held(granted: Granted) -> Steps:
        yield from _check_whole(receipt)
        traces = yield from _traces(receipt)
        if _granted_by(traces) != _granted_by(known):
            # Whoever promised has told of more that the receipt brought into circulation: claimed the next time.
            raise Refusal("void_busy", named)
        taken = yield from _taken_back(counter, receipt, traces.granted, granted)
        holds = ((yield from _void_hold(counter, receipt, granted)), *taken)
        return (yield from _written(counter, receipt, holds, traces.used, granted.claim_id, why, proofs))

    names = (resource.name(resource.RETURN, receipt.receipt_no), *_granted_by(known))
    return (yield from under_claim(counter, names, held, named=named, refusals="void"))


def _receipt(counter: Counter, command: VoidReceipt) -> Generator[Effect, Event, ReceiptCompleted]:
    if command.receipt_no is None:
        number = (yield from look(AskLastReceipt(counter.till.till_no), fresh=True)) or ""
    else:
        number = receipt_number(command.receipt_no)
    if not number:
        raise Refusal("no_receipt_yet")
    return (yield from known_receipt(counter, number, refusals="void")).receipt


def _traces(receipt: ReceiptCompleted) -> Generator[Effect, Event, TracesView]:
    """What the receipt left in the ledger; refused if something of it cannot be taken back."""
    traces = yield from look(AskTraces(receipt.receipt_no), fresh=True)
    used = (each.resource for each in traces.used if resource.kind_of(each.resource) not in RETURNED_TO)
    granted = (each.resource for each in traces.granted if resource.kind_of(each.resource) not in TAKEN_BACK)
    for name in (*used, *granted):
        raise Refusal("void_not_possible", {"receipt_no": receipt.receipt_no, "name": name})
    return traces


def _granted_by(traces: TracesView) -> tuple[str, ...]:
    """The resources that the receipt granted something, each once."""
    return tuple(dict.fromkeys(each.resource for each in traces.granted))


def _check_whole(receipt: ReceiptCompleted) -> Generator[Effect, Event, None]:
    numbers = tuple(line.line for line in receipt.lines)
    before = yield from look(AskReturned(receipt.receipt_no, numbers), fresh=True)
    if before.voided:
        raise Refusal("receipt_voided", {"receipt_no": receipt.receipt_no})
    if any(returned.quantity_milli for returned in before.by_line.values()):
        raise Refusal("void_after_return", {"receipt_no": receipt.receipt_no})


def _void_hold(counter: Counter, receipt: ReceiptCompleted, granted: Granted) -> Generator[Effect, Event, ResourceHeld]:
    name = resource.name(resource.VOID, receipt.receipt_no)
    hold_id = counter.draw("void")[:16].hex()
    return (yield from hold_of(counter, _standing(counter, hold_id), name, 1, granted, hold_id=hold_id, capacity=1))


def _check_unused(receipt: ReceiptCompleted, grants: Sequence[Trace]) -> Generator[Effect, Event, None]:
    for granted in grants:
        balance = yield from look(AskBalance(granted.resource), fresh=True)
        if balance.left < granted.amount:
            raise Refusal("void_value_used", {"receipt_no": receipt.receipt_no})


def _taken_back(
    counter: Counter, receipt: ReceiptCompleted, grants: Sequence[Trace], claimed: Granted
) -> Generator[Effect, Event, list[ResourceHeld]]:
    """The holds that use up what the receipt granted; refused if it is not all there."""
    yield from _check_unused(receipt, grants)
    holds = []
    for granted in grants:
        hold_id = counter.draw(f"void {granted.resource}")[:16].hex()
        standing = _standing(counter, hold_id)
        hold = yield from hold_of(counter, standing, granted.resource, granted.amount, claimed, hold_id=hold_id)
        holds.append(hold)
    return holds


def _written(
    counter: Counter,
    receipt: ReceiptCompleted,
    held: Sequence[ResourceHeld],
    used: Sequence[Trace],
    claim_id: str,
    why: str,
    proofs: Mapping[int, CardRow],
) -> Steps:
    """The void's receipt with all that belongs to it, in one durable step."""
    z_no = yield from counter.period()
    number = yield from numbering.receipt_number(counter)
    at = iso(counter.now.wall_ms)
    head = Head(
        receipt_no=number,
        till_no=counter.till.till_no,
        sale_id=counter.draw("sale")[:16].hex(),
        started_at=at,
        finished_at=at,
        business_day=counter.now.day,
        cashier=counter.clerk.cashier,
        user=counter.clerk.user,
        approved_by=counter.approved_by,
        z_no=z_no,
        receipt_type="training" if counter.training else "void",
    )
    void = mirrored(receipt, head, why, proofs)
    coverage = tuple(coverage_row(each) for each in map(held_coverage, held) if each.asked)
    void = msgspec.structs.replace(void, coverage=coverage)
    facts: list[Fact] = [*held, void]
    facts += [ResourceUsed(hold.hold_id, hold.resource, hold.amount, number, at) for hold in held]
    facts += [_given_back(counter, trace, number, at) for trace in used]
    facts += _owed_again(receipt, void)
    yield from counter.journal(tuple(facts), None, claim_id=claim_id, printed=void)
    counter.last = void
    numbering.used(counter, number)
    return {
        "due": counter.text(0),
        "receipt_no": number,
        "total": counter.text(void.total_minor),
        "change": counter.text(0),
        "vouchers": [],
        "voids": receipt.receipt_no,
    }


def _given_back(counter: Counter, used: Trace, void_no: str, at: str) -> Fact:
    """What the receipt had used may be used again; credit was not used but owed, so the void pays it."""
    kind, _, holder = used.resource.partition("/")
    fact_id = f"{void_no}/{used.resource}"
    if kind == resource.CREDIT:
        return ReceivablePaid(
            paid_id=fact_id,
            customer_no=holder,
            amount_minor=used.amount,
            receipt_no=void_no,
            at=at,
            till_no=counter.till.till_no,
        )
    return ResourceGranted(
        grant_id=fact_id,
        resource=used.resource,
        amount=used.amount,
        granted_at=at,
        till_no=counter.till.till_no,
        reference=void_no,
        reason="void",
    )


def _owed_again(receipt: ReceiptCompleted, void: ReceiptCompleted) -> list[ReceivablePaid]:
    """What the receipt gave back to a customer's credit: the ledger grants credits nothing, so the paper tells."""
    return [
        ReceivablePaid(
            paid_id=f"{void.receipt_no}/{number}",
            customer_no=row.reference,
            amount_minor=-row.amount_minor,
            receipt_no=void.receipt_no,
            at=void.finished_at,
            till_no=void.till_no,
            reversal=True,
        )
        for number, row in enumerate(receipt.tenders)
        if row.tender_kind == "customer_credit" and row.amount_minor < 0
    ]


def _standing(counter: Counter, hold_id: str) -> OpenSale:
    """What holds of a void belong to, since no sale is open: themselves."""
    return OpenSale(sale_id=hold_id, started_at="", currency=counter.till.currency)
