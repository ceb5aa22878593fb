"""Orders with deposits: place, deposit, pick up, cancel; what a receipt makes of them.

What happens to an order goes through the ledger of two resources, and everything claims ``order/NO``:

    order/NO      granted 1 when placed; whoever picks it up or cancels it holds and uses it
    deposit/NO    granted the total; a deposit holds its amount from the moment it is on a sale

So nobody picks an order up while a deposit on it is being paid elsewhere, and deposits never sum up to more than
the order. An order's lines come as one group: picking up is all or nothing, and voiding one of its lines takes the
whole pick-up back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.books.questions.customers import FindCustomer
from app.books.questions.orders import FindOrder, OrderView
from app.domain import order, resource
from app.domain.business_case import DEPOSIT, GOODS
from app.domain.customer import CustomerGroup
from app.domain.instant import iso
from app.domain.sale import OpenSale, SaleLine
from app.facts.base import Fact
from app.facts.circulation import (
    OrderCancelled,
    OrderDeposited,
    OrderPlaced,
    ResourceUsed,
)
from app.facts.sales import ReceiptCompleted
from app.till import typed
from app.till.commands import CancelOrder, DepositOrder, PickUp, PlaceOrder
from app.till.completing import uses_of
from app.till.effects import Effect, Event
from app.till.holding import ALONE, Granted, coverage_fields, hold_of, under_claim
from app.till.order_lines import (
    covered_by,
    dissolving,
    goods_of,
    money_lines,
    ordered,
    picked_up,
    rate_of,
    with_deposit,
    with_group,
)
from app.till.refusals import Refusal
from app.till.steps import Steps, look, nothing, reference

if TYPE_CHECKING:
    from app.till.counter import Counter

# -- placing and paying in advance ---------------------------------------------------------------


def place_order(counter: Counter, command: PlaceOrder) -> Steps:
    """The sale's goods become an order; with a deposit the sale goes on and holds that deposit alone."""
    sale = counter.payable_sale()
    _check_orderable(sale)
    due_on = _due_day(counter, command.due)
    note = typed.short_text(command.note, order.MAX_NOTE_LENGTH, "note_bad")
    deposit = counter.positive(command.deposit, "amount") if command.deposit else 0
    total = sale.total_minor
    if deposit > total:
        raise Refusal("deposit_too_high", {"amount": counter.text(deposit), "due": counter.text(total)})
    number = yield from counter.next_number("order")
    at = iso(counter.now.wall_ms)
    placed = OrderPlaced(
        order_no=number,
        till_no=counter.till.till_no,
        placed_at=at,
        cashier=counter.clerk.cashier,
        currency=sale.currency,
        lines=ordered(sale),
        total_minor=total,
        due_on=due_on,
        customer_no=sale.customer_no,
        note=note,
        sale_id="" if deposit else sale.sale_id,
    )
    # What coupons gave is in the prices that were ordered: they are used up with the order.
    facts: list[Fact] = [placed, *uses_of(sale, number, at)]
    fields = {"order_no": number, "total": counter.text(total), "deposit": counter.text(deposit)}
    if not deposit:
        yield from counter.journal(tuple(facts), None)
        return {**fields, "due": counter.text(0)}
    rates = {line.vat_key: line.vat_rate_bp for line in sale.lines}
    goods = order.by_key((line.vat_key, line.gross_minor) for line in sale.lines)
    shares = [(vat_key, rates[vat_key], part) for vat_key, part in order.shares(deposit, goods, {})]
    # The same sale goes on: if the answer of the journal is lost, the till finds it again by its id.
    rest = msgspec.structs.replace(
        sale, lines=(), coupons=(), issued_coupons=(), discounts=(), started_at=at, order_no=number
    )
    after, held = yield from with_deposit(counter, rest, number, shares, ALONE)
    after = yield from counter.repriced(after)
    yield from counter.journal((*facts, held), after)
    return {**fields, **counter.sums(), "order_total": counter.text(total)}


def deposit_order(counter: Counter, command: DepositOrder) -> Steps:
    """One more deposit on an order becomes lines of the sale; it counts when they are paid."""
    order_no = typed.document_no(command.order_no)
    amount = counter.positive(command.amount, "amount")

    def held(found: OrderView, granted: Granted) -> Steps:
        covered = order.by_key(covered_by(found))
        left = found.total_minor - found.paid_minor - found.deposited_minor
        if amount > left:
            raise Refusal("deposit_too_high", {"amount": counter.text(amount), "due": counter.text(left)})
        shares = []
        for vat_key, part in order.shares(amount, goods_of(found), covered):
            rate = yield from rate_of(found, vat_key, counter.now.day)
            shares.append((vat_key, rate, part))
        sale = msgspec.structs.replace(counter.begun(), order_no=order_no)
        after, hold = yield from with_deposit(counter, sale, order_no, shares, granted)
        after = yield from counter.repriced(after)
        yield from counter.journal((hold,), after, claim_id=granted.claim_id)
        fields = {"line": after.lines[-len(shares)].line, "order_no": order_no, "deposit": counter.text(amount)}
        return {**fields, **counter.sums(), "coverage": coverage_fields(granted)}

    return (yield from _with_order(counter, order_no, held))


def _check_orderable(sale: OpenSale) -> None:
    if sale.payments:
        raise Refusal("order_with_payments")
    for line in sale.lines:
        plain = line.business_case in GOODS and line.gross_minor >= 0 and line.quantity_milli > 0
        if not plain or line.hold_id or line.group:
            raise Refusal("order_goods_only", {"name": line.name})


def _due_day(counter: Counter, text: str | None) -> str:
    if not text:
        return ""
    due_on = typed.day(text)
    if due_on < counter.now.day:
        raise Refusal("date_passed", {"text": due_on})
    return due_on


# -- picking up ----------------------------------------------------------------------------------


def pick_up(counter: Counter, command: PickUp) -> Steps:
    """The order's lines come into the sale at the prices ordered, and its deposits are dissolved."""
    order_no = typed.document_no(command.order_no)

    def held(found: OrderView, granted: Granted) -> Steps:
        sale = counter.begun()
        first = sale.next_line
        name = resource.name(resource.ORDER, order_no)
        lines = yield from picked_up(counter, found)
        lines += yield from dissolving(counter, found)
        hold_id = counter.draw("order")[:16].hex()
        sale = msgspec.structs.replace((yield from _for_its_customer(sale, found)), order_no=order_no)
        after = yield from counter.repriced(with_group(counter, sale, lines, hold_id, name, 1))
        hold = yield from hold_of(counter, after, name, 1, granted, hold_id=hold_id)
        yield from counter.journal((hold,), after, claim_id=granted.claim_id)
        return {
            "line": first,
            "order_no": order_no,
            "order_total": counter.text(found.total_minor),
            "deposit": counter.text(found.deposited_minor + found.paid_minor),
            **counter.sums(),
            "coverage": coverage_fields(granted),
        }

    return (yield from _with_order(counter, order_no, held))


def _for_its_customer(sale: OpenSale, found: OrderView) -> Generator[Effect, Event, OpenSale]:
    """A sale that nothing was rung for yet becomes that of the order's customer, if this till knows him."""
    if sale.lines or sale.customer_no or not found.customer_no:
        return sale
    customer = yield from look(FindCustomer(found.customer_no))
    if customer is None or customer.forgotten or customer.blocked or customer.removed:
        return sale
    group = (yield from reference()).get(CustomerGroup, customer.customer_group)
    return msgspec.structs.replace(
        sale,
        customer_no=customer.customer_no,
        customer_group=customer.customer_group,
        price_list=group.price_list if group else sale.price_list,
    )


# -- cancelling ----------------------------------------------------------------------------------


def cancel_order(counter: Counter, command: CancelOrder) -> Steps:
    """Give the order up: at once, or with the receipt that refunds its deposits."""
    order_no = typed.document_no(command.order_no)
    reason = typed.reason(command.reason)

    def held(found: OrderView, granted: Granted) -> Steps:
        yield from counter.allowed("return", order_no)
        name = resource.name(resource.ORDER, order_no)
        hold_id = counter.draw("order")[:16].hex()
        fields = {
            "order_no": order_no,
            "refund": counter.text(found.deposited_minor),
            "web_paid": counter.text(found.paid_minor),
        }
        if not found.deposits:
            at = iso(counter.now.wall_ms)
            hold = yield from hold_of(counter, counter.begun(), name, 1, granted, hold_id=hold_id)
            used = ResourceUsed(hold_id=hold_id, resource=name, amount=1, reference=order_no, used_at=at)
            cancelled = OrderCancelled(order_no=order_no, at=at, till_no=counter.till.till_no, reason=reason)
            yield from counter.journal((hold, used, cancelled), counter.sale, claim_id=granted.claim_id)
            return {**fields, **counter.sums(), "coverage": coverage_fields(granted)}
        lines: list[SaleLine] = []
        for deposit in found.deposits:
            shares = [(vat_key, rate, -gross) for vat_key, rate, gross in deposit.lines]
            lines += money_lines(DEPOSIT, counter.words[DEPOSIT], shares, reference=deposit.receipt_no, reason=reason)
        sale = msgspec.structs.replace(counter.begun(), order_no=order_no)
        after = yield from counter.repriced(with_group(counter, sale, lines, hold_id, name, 1))
        hold = yield from hold_of(counter, after, name, 1, granted, hold_id=hold_id)
        yield from counter.journal((hold,), after, claim_id=granted.claim_id)
        first = after.lines[-len(lines)].line
        return {"line": first, **fields, **counter.sums(), "coverage": coverage_fields(granted)}

    return (yield from _with_order(counter, order_no, held))


# -- what a receipt makes of it ------------------------------------------------------------------


def prepare(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """A receipt is about an order only if something of it is still on the sale."""
    yield from nothing()
    about = {resource.name(kind, sale.order_no) for kind in (resource.ORDER, resource.DEPOSIT)}
    if sale.order_no and not any(line.group in about for line in sale.lines):
        return msgspec.structs.replace(sale, order_no="")
    return sale


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """Deposits that were paid with the receipt, and orders whose deposits it refunds."""
    yield from nothing()
    paid: dict[str, list[SaleLine]] = {}
    cancelled: dict[str, SaleLine] = {}
    for line in sale.lines:
        if line.business_case != DEPOSIT:
            continue
        if line.group.startswith(f"{resource.DEPOSIT}/"):
            paid.setdefault(line.reference, []).append(line)
        elif line.group.startswith(f"{resource.ORDER}/"):
            cancelled.setdefault(line.group.removeprefix(f"{resource.ORDER}/"), line)
    deposited = [
        OrderDeposited(
            order_no=order_no,
            receipt_no=receipt.receipt_no,
            at=receipt.finished_at,
            amount_minor=sum(line.gross_minor for line in lines),
            lines=tuple((line.vat_key, line.vat_rate_bp, line.gross_minor) for line in lines),
        )
        for order_no, lines in paid.items()
    ]
    refunded = [
        OrderCancelled(
            order_no=order_no,
            at=receipt.finished_at,
            till_no=receipt.till_no,
            reason=line.reason,
            receipt_no=receipt.receipt_no,
        )
        for order_no, line in cancelled.items()
    ]
    return (*deposited, *refunded)


# -- what they share -----------------------------------------------------------------------------


def _with_order(counter: Counter, order_no: str, body: Callable[[OrderView, Granted], Steps]) -> Steps:
    """Run ``body(order, granted)`` while nobody else does anything to the order; refused if that is done already."""
    named = {"order_no": order_no}
    known = yield from look(FindOrder(order_no), fresh=True)
    if known is not None:
        _check_open(counter, known)
    name = resource.name(resource.ORDER, order_no)

    def held(granted: Granted) -> Steps:
        found = yield from look(FindOrder(order_no), fresh=True)
        if found is None:
            raise Refusal("unknown_order", named)
        _check_open(counter, found)
        return (yield from body(found, granted))

    return (yield from under_claim(counter, name, held, named=named, refusals="order"))


def _check_open(counter: Counter, found: OrderView) -> None:
    named = {"order_no": found.order_no, "receipt_no": found.ended_by}
    if found.state != order.OPEN:
        raise Refusal(f"order_{found.state}", named)
    if found.currency != counter.till.currency:
        raise Refusal("order_other_currency", {**named, "currency": found.currency})
    if found.busy:
        raise Refusal("order_on_sale", named)
    if found.depositing_minor:
        raise Refusal("order_depositing", named)
