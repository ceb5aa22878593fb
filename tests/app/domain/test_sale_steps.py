from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.business_case import SALE
from app.domain.sale import OpenSale, Payment, SaleLine
from app.domain.sale_steps import with_line, with_payment, without

EMPTY = OpenSale(sale_id="s", started_at="2026-11-21T18:37:14.000Z", currency="EUR")
GOODS = SaleLine(0, SALE, "Ware", 1000, "Stk", 500, 500, vat_key="1", vat_rate_bp=1900)


@given(st.lists(st.sampled_from([GOODS, Payment(0, "cash", 100)]), max_size=12), st.data())
def test_a_number_is_never_used_again(steps: list[SaleLine | Payment], data: st.DataObject) -> None:
    sale = EMPTY
    given_out: list[int] = []
    for step in steps:
        sale = with_line(sale, step) if isinstance(step, SaleLine) else with_payment(sale, step)
        given_out.append((*sale.lines, *sale.payments)[-1].line if isinstance(step, Payment) else sale.lines[-1].line)
        if data.draw(st.booleans()):
            sale = without(sale, data.draw(st.sampled_from(given_out)))
    assert len(set(given_out)) == len(given_out)
