"""Sales put aside and taken up again at any till; merged and split.

A parked sale is a resource of 1 (``parked/NO``): taking it up is claimed, held and used in one durable step with
the sale that it becomes, so it is open at one till or waits for everybody, never both. Across a partition
two tills may take it up, if the policy allows it; the books list that as an overdraw.

The sale keeps its id on the way, because what it holds (vouchers, returns, coupons) is held for that id and
stays held. Prices and VAT are looked up again when it is taken up: they are those of the day of supply.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from app.books.questions.parked import FindParked, ParkedSale
from app.domain import resource
from app.domain.instant import iso
from app.domain.parking import ParkingFault, merged, parts_of, sale_of, text_of
from app.domain.sale import MAX_LINES, MAX_PAYMENTS, OpenSale
from app.domain.sale_steps import numbers_of
from app.facts.base import Fact
from app.facts.circulation import ResourceUsed, SaleParked
from app.till import typed
from app.till.commands import DropParked, Park, Resume, Split
from app.till.completing import facts_of_abort
from app.till.effects import Effect, Event
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.refusals import Refusal
from app.till.relooking import relooked
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_NAME = 60
MAX_REASON = 100
MAX_PARK_NO = 40
IN_A_DRAWER = ("cash", "foreign_cash", "cheque")
"""Money of these kinds lies in the drawer of the till that took it: another till cannot account for it."""


def park(counter: Counter, command: Park) -> Steps:
    """Put the open sale aside."""
    sale = counter.sale
    if sale is None or not sale.lines:
        raise Refusal("nothing_to_park")
    name = _name(command.name)
    fact = yield from _parked(counter, sale, name)
    yield from counter.journal((fact,), None)
    return _fields(counter, fact)


def split(counter: Counter, command: Split) -> Steps:
    """Park some lines as a sale of their own; the rest stays open."""
    sale = counter.open_sale()
    name = _name(command.name)
    numbers = {typed.line_number(text) for text in command.lines.split(",")[: MAX_LINES + 1] if text.strip()}
    if not numbers:
        raise Refusal("no_lines_chosen")
    unknown = numbers - {line.line for line in sale.lines}
    if unknown:
        number = min(unknown)
        raise Refusal("split_lines_only" if number in numbers_of(sale) else "unknown_line", {"line": str(number)})
    try:
        rest, part = parts_of(sale, numbers, counter.draw("split")[:16].hex())
    except ParkingFault as fault:
        raise _refusal(fault) from None
    rest = yield from counter.repriced(rest)
    part = yield from counter.repriced(part)
    fact = yield from _parked(counter, part, name)
    yield from counter.journal((fact,), rest)
    return {**_fields(counter, fact), "parked_total": counter.text(part.total_minor), **counter.sums()}


def resume(counter: Counter, command: Resume) -> Steps:
    """Take a parked sale up; into an open sale its lines are added."""

    def body(found: ParkedSale, granted: Granted) -> Steps:
        taken = _sale(counter, found)
        if found.till_no != counter.till.till_no and any(each.tender_kind in IN_A_DRAWER for each in taken.payments):
            raise Refusal("parked_with_cash", {"no": str(found.till_no)})
        sale = yield from _taken_up(counter, taken)
        facts = yield from _used(counter, sale, found, granted)
        yield from counter.journal(facts, sale, claim_id=granted.claim_id)
        return {
            "park_no": found.park_no,
            "name": found.name,
            "lines": len(sale.lines),
            **counter.sums(),
            "coverage": coverage_fields(granted),
        }

    return (yield from _under_claim(counter, command.park_no, body))


def drop_parked(counter: Counter, command: DropParked) -> Steps:
    """Give a parked sale up: the abort is a fact, and what it holds is given back."""
    if not command.reason.strip():
        raise Refusal("drop_reason_needed")
    reason = typed.short_text(command.reason, MAX_REASON, "park_text_too_long")

    def body(found: ParkedSale, granted: Granted) -> Steps:
        sale = _sale(counter, found)
        z_no = yield from counter.period()
        aborted = facts_of_abort(sale, counter.till, counter.clerk, counter.now, z_no)
        used = yield from _used(counter, sale, found, granted)
        facts = (*used, *aborted)
        yield from counter.journal(facts, counter.sale, claim_id=granted.claim_id)
        return {"park_no": found.park_no, "name": found.name, "total": counter.text(sale.total_minor)}

    yield from counter.allowed("void_sale", f"{typed.shown(command.park_no)}: {reason}")
    return (yield from _under_claim(counter, command.park_no, body))


# -- steps ---------------------------------------------------------------------------------------


def _parked(counter: Counter, sale: OpenSale, name: str) -> Generator[Effect, Event, SaleParked]:
    """The fact that puts the sale aside."""
    try:
        text = text_of(sale)
    except ParkingFault as fault:
        raise _refusal(fault) from None
    park_no = yield from counter.next_number("parked")
    return SaleParked(
        park_no=park_no,
        name=name,
        till_no=counter.till.till_no,
        parked_at=iso(counter.now.wall_ms),
        cashier=counter.clerk.cashier,
        currency=sale.currency,
        total_minor=sale.total_minor,
        lines=len(sale.lines),
        sale=text,
        sale_id=sale.sale_id,
    )


def _under_claim(counter: Counter, park_no: str, body: Callable[[ParkedSale, Granted], Steps]) -> Steps:
    """Look the parked sale up, claim it, look again, go on with what was found."""
    number = park_no.strip()
    if not number or len(number) > MAX_PARK_NO or "/" in number or not number.isprintable():
        raise Refusal("unknown_parked", {"park_no": typed.shown(park_no)})
    named = {"park_no": number}
    name = resource.name(resource.PARKED, number)

    def held(granted: Granted) -> Steps:
        # Whoever promises hands over what it knows first: one that was unknown may be known now.
        found = yield from look(FindParked(number), fresh=True)
        there = _there(found, named)
        return (yield from body(there, granted))

    found = yield from look(FindParked(number), fresh=True)
    if found is not None:
        _there(found, named)
    return (yield from under_claim(counter, name, held, named=named, refusals="parked"))


def _there(found: ParkedSale | None, named: dict[str, str]) -> ParkedSale:
    if found is None:
        raise Refusal("unknown_parked", named)
    if found.left <= 0:
        raise Refusal("parked_gone", named)
    return found


def _sale(counter: Counter, found: ParkedSale) -> OpenSale:
    if found.currency != counter.till.currency:
        raise Refusal("parked_other_currency", {"park_no": found.park_no, "currency": found.currency})
    try:
        sale = sale_of(found.sale)
    except ParkingFault as fault:
        raise _refusal(fault, park_no=found.park_no) from None
    if sale.currency != counter.till.currency or sale.training:
        raise Refusal("parked_unreadable", {"park_no": found.park_no})
    return sale


def _taken_up(counter: Counter, taken: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """What was parked as the open sale, or after what is on it; priced and taxed as of now."""
    sale = taken
    if counter.sale is not None:
        try:
            sale = merged(counter.sale, taken)
        except ParkingFault as fault:
            raise _refusal(fault) from None
    if len(sale.lines) > MAX_LINES or len(sale.payments) > MAX_PAYMENTS:
        raise Refusal("sale_full")
    sale = yield from relooked(counter, sale)
    return (yield from counter.repriced(sale))


def _used(
    counter: Counter, sale: OpenSale, found: ParkedSale, granted: Granted
) -> Generator[Effect, Event, tuple[Fact, ...]]:
    """The parked sale is held and used at once: it is gone from the list in the same durable step."""
    name = resource.name(resource.PARKED, found.park_no)
    hold_id = counter.draw("parked")[:16].hex()
    held = yield from hold_of(counter, sale, name, 1, granted, hold_id=hold_id)
    return (held, ResourceUsed(hold_id, name, 1, sale.sale_id, iso(counter.now.wall_ms)))


def _fields(counter: Counter, fact: SaleParked) -> dict[str, Any]:
    return {
        "park_no": fact.park_no,
        "name": fact.name,
        "total": counter.text(fact.total_minor),
        "lines": fact.lines,
    }


# -- slips ---------------------------------------------------------------------------------------


def _name(text: str) -> str:
    return typed.short_text(text, MAX_NAME, "park_text_too_long")


def _refusal(fault: ParkingFault, park_no: str = "") -> Refusal:
    code = {
        "too_large": "sale_too_large_to_park",
        "unreadable": "parked_unreadable",
        "customer": "other_customer",
        "whole": "sales_differ",
        "discount": "discounts_differ",
        "training": "not_in_training",
        "void": "void_stands_alone",
        "held": "line_is_held",
        "tip": "split_lines_only",
        "all": "nothing_left_to_sell",
    }[fault.fault]
    return Refusal(code, {"park_no": park_no, "line": fault.detail, "field": fault.detail})
