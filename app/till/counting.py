"""The drawer counted: what was typed of it, and how that differs from what it should hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.books.questions.cash import AskDrawers
from app.domain.cash import CountError, Pieces, pieces_of, sum_of
from app.domain.instant import iso
from app.facts.sales import CashCounted, CountedCash
from app.till import typed
from app.till.commands import CountCash
from app.till.figures import drawer_fields
from app.till.refusals import Refusal
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

Counted = Mapping[str, tuple[int, Pieces]]
"""By currency: what was counted in minor units, and its pieces if they were."""


def count_cash(counter: Counter, command: CountCash) -> Steps:
    """Count the drawer; it moves nothing, a Z report does."""
    counted = counted_of(command.counted)
    yield from counter.allowed("cash_movement", "count_cash")
    z_no = yield from counter.period()
    drawers = yield from look(AskDrawers(counter.till.till_no, z_no, counter.till.currency), fresh=True)
    found = tuple(drawer for drawer in compared(drawers, counted) if drawer.currency in counted)
    fact = CashCounted(
        count_id=counter.draw("count")[:16].hex(),
        till_no=counter.till.till_no,
        z_no=z_no,
        counted_at=iso(counter.now.wall_ms),
        business_day=counter.now.day,
        cashier=counter.clerk.cashier,
        drawers=found,
    )
    yield from counter.journal((fact,), counter.sale, printed=fact)
    return {"z_no": z_no, "drawers": [drawer_fields(drawer) for drawer in found]}


def compared(drawers: tuple[CountedCash, ...], counted: Counted) -> tuple[CountedCash, ...]:
    """The drawers with what was counted of them; counted money that nobody expected is all difference."""
    expected = {drawer.currency: drawer.expected_minor for drawer in drawers}
    for currency in sorted(counted):
        expected.setdefault(currency, 0)
    found = []
    for currency, amount in expected.items():
        if currency in counted:
            held, pieces = counted[currency]
            found.append(CountedCash(currency, amount, held, held - amount, pieces))
        else:
            found.append(CountedCash(currency, amount))
    return tuple(found)


def counted_of(given: Mapping[str, Any]) -> Counted:
    """What was typed: an amount, or pieces by denomination, of each currency."""
    if not given:
        raise Refusal("nothing_counted")
    found: dict[str, tuple[int, Pieces]] = {}
    for name, value in given.items():
        currency = typed.currency(name)
        if isinstance(value, str):
            found[currency] = (typed.amount_minor(value, currency, "amount"), ())
        elif isinstance(value, dict):
            try:
                pieces = pieces_of(currency, value)
            except CountError as error:
                values = {"text": typed.shown(error.text), "currency": currency}
                raise Refusal(f"counted_{error.fault}", values) from None
            found[currency] = (sum_of(pieces), pieces)
        else:
            raise Refusal("counted_unreadable", {"currency": currency})
    return found
