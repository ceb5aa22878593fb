"""The view of a sale: made anew only where something has changed, and always what a fresh one would be."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sale import Discount, OpenSale, SaleLine
from app.domain.sale_steps import with_line, without
from app.till.views import Views
from tests.benchmarks.homes import receipts

NO = "3-000123"
RECEIPT = next(receipts(3, 1))


def goods(name: str, price_minor: int) -> SaleLine:
    return SaleLine(0, "sale", name, 1000, "Stk", price_minor, price_minor)


@dataclass(frozen=True)
class Step:
    """What happens to a sale: a line more, one that is taken back, one that becomes cheaper."""

    kind: str
    place: int


def after(sale: OpenSale, step: Step) -> OpenSale:
    if step.kind == "scan" or not sale.lines:
        return with_line(sale, goods(f"article {step.place}", 100 + step.place))
    line = sale.lines[step.place % len(sale.lines)]
    if step.kind == "void":
        return without(sale, line.line)
    cheaper = msgspec.structs.replace(line, gross_minor=line.gross_minor - 1, discounts=(Discount("x", "", 1),))
    return msgspec.structs.replace(sale, lines=tuple(cheaper if each is line else each for each in sale.lines))


STEPS = st.lists(st.builds(Step, st.sampled_from(["scan", "scan", "void", "cheaper"]), st.integers(0, 30)), max_size=30)


@given(STEPS)
def test_after_every_step_it_is_what_a_fresh_view_is_and_lines_that_stayed_are_the_same(steps: list[Step]) -> None:
    views, sale = Views("EUR"), OpenSale("a", "2026-11-21T10:00:00.000Z", "EUR")
    shown: dict[int, object] = {}
    for step in steps:
        before, sale = sale, after(sale, step)
        view = views.of(sale, NO, None, training=False)
        assert view == Views("EUR").of(sale, NO, None, training=False)
        assert views.of(sale, NO, None, training=False) is view
        stayed = {line.line for line in sale.lines if any(line is was for was in before.lines)}
        assert all(line is shown[line.line] for line in view.lines if line.line in stayed)
        shown = {line.line: line for line in view.lines}


def test_it_shows_every_change_of_what_stands_beside_the_lines() -> None:
    views, sale = Views("EUR"), with_line(OpenSale("a", "2026-11-21T10:00:00.000Z", "EUR"), goods("leash", 2999))
    assert not views.of(sale, NO, None, training=False).training
    assert views.of(sale, NO, None, training=True).training
    assert views.of(sale, "3-000124", None, training=True).next_receipt_no == "3-000124"
    assert views.of(None, "3-000124", None, training=True).lines == ()
    done = RECEIPT
    assert views.of(None, "3-000124", done, training=True).last is done
