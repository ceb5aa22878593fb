"""Cash beside receipts: put into the drawer, taken out of it. ``reports.py`` has what a Z report makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.books.questions.cash import AskDrawers
from app.domain.instant import iso
from app.domain.money import format_minor
from app.facts.sales import CashMoved
from app.till import typed
from app.till.commands import CashTransfer, OpeningFloat, PayIn, PayOut
from app.till.refusals import Refusal
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_REASON = 100


def opening_float(counter: Counter, command: OpeningFloat) -> Steps:
    """Change money put into the drawer."""
    return (yield from _move(counter, "opening_float", command.amount, command.currency, "", sign=1))


def pay_in(counter: Counter, command: PayIn) -> Steps:
    """Cash into the drawer."""
    reason = _needed(command.reason)
    return (yield from _move(counter, "pay_in", command.amount, command.currency, reason, sign=1))


def pay_out(counter: Counter, command: PayOut) -> Steps:
    """Cash out of the drawer, at most what it should hold."""
    reason = _needed(command.reason)
    return (yield from _move(counter, "pay_out", command.amount, command.currency, reason, sign=-1))


def cash_transfer(counter: Counter, command: CashTransfer) -> Steps:
    """Cash out of the drawer into the safe."""
    reason = _reason(command.reason)
    return (yield from _move(counter, "cash_transfer", command.amount, command.currency, reason, sign=-1))


def _move(
    counter: Counter, movement: str, amount_text: str, currency_text: str | None, reason: str, *, sign: int
) -> Steps:
    currency = typed.currency(counter.till.currency if currency_text is None else currency_text)
    amount = typed.positive_minor(amount_text, currency, "amount")
    yield from counter.allowed("cash_movement", f"{movement} {format_minor(amount, currency)} {currency}")
    z_no = yield from counter.period()
    drawers = yield from look(AskDrawers(counter.till.till_no, z_no, counter.till.currency), fresh=True)
    held = sum(drawer.expected_minor for drawer in drawers if drawer.currency == currency)
    if sign < 0 and amount > held:
        values = {"balance": format_minor(held, currency), "currency": currency}
        raise Refusal("not_enough_cash", values)
    fact = moved(counter, movement, currency, sign * amount, z_no, reason)
    yield from counter.journal((fact,), counter.sale, printed=fact)
    return {
        "movement": movement,
        "amount": format_minor(amount, currency),
        "currency": currency,
        "balance": format_minor(held + sign * amount, currency),
        "z_no": z_no,
    }


def moved(counter: Counter, movement: str, currency: str, amount_minor: int, z_no: int, reason: str = "") -> CashMoved:
    """The fact that cash was moved; below zero: out of the drawer."""
    return CashMoved(
        movement_id=counter.draw(f"{movement}/{currency}")[:16].hex(),
        till_no=counter.till.till_no,
        z_no=z_no,
        movement=movement,
        currency=currency,
        amount_minor=amount_minor,
        moved_at=iso(counter.now.wall_ms),
        business_day=counter.now.day,
        cashier=counter.clerk.cashier,
        reason=reason,
        approved_by=counter.approved_by,
    )


def _needed(text: str) -> str:
    if not text.strip():
        raise Refusal("movement_reason_needed")
    return _reason(text)


def _reason(text: str) -> str:
    return typed.short_text(text, MAX_REASON, "movement_reason_too_long")
