from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business_case import SALE, VOUCHER_REDEMPTION, VOUCHER_SALE
from app.domain.sale import OpenSale, Payment, SaleLine
from app.domain.sale_steps import with_line, with_payment, without
from app.domain.settlement import overpaid, settle, usable_minor
from app.domain.vat import net_of

EMPTY = OpenSale(sale_id="s", started_at="2026-11-21T18:37:14.000Z", currency="EUR")


def goods(gross: int, vat_key: str = "1", rate_bp: int = 1900) -> SaleLine:
    return SaleLine(0, SALE, "Ware", 1000, "Stk", gross, gross, vat_key=vat_key, vat_rate_bp=rate_bp)


def multi_purpose(value: int) -> SaleLine:
    return SaleLine(0, VOUCHER_SALE, "Gutschein", 1000, "Stk", value, value, voucher_kind="multi_purpose")


def cash(amount: int) -> Payment:
    return Payment(0, "cash", amount)


def single_purpose(amount: int, vat_key: str = "1") -> Payment:
    return Payment(0, "voucher", amount, "CODE", "single_purpose", "h", vat_key, "Gutschein")


lines = st.one_of(
    st.builds(goods, st.integers(0, 10**6), st.just("1"), st.sampled_from([1900, 1600])),
    st.builds(goods, st.integers(0, 10**6), st.just("2"), st.just(700)),
    st.builds(multi_purpose, st.integers(1, 10**5)),
)


@given(st.lists(lines, min_size=1, max_size=8), st.lists(st.integers(1, 10**6), max_size=4), st.integers(0, 10**6))
def test_money_in_is_money_out(sold: list[SaleLine], part_payments: list[int], voucher: int) -> None:
    sale = EMPTY
    for line in sold:
        sale = with_line(sale, line)
    used = usable_minor(sale, voucher, "single_purpose", "1")
    if used:
        sale = with_payment(sale, single_purpose(used))
    for amount in part_payments:
        if sale.due_minor > amount:
            sale = with_payment(sale, cash(amount))
    sale = with_payment(sale, cash(sale.due_minor + 37)) if sale.due_minor else sale
    done = settle(sale)
    assert sum(line.gross_minor for line in done.lines) == done.total_minor
    assert sum(row.gross_minor for row in done.tax_table) == done.total_minor
    assert sum(tender.amount_minor for tender in done.tenders) - done.change_minor == done.total_minor
    assert all(row.net_minor + row.tax_minor == row.gross_minor >= 0 for row in done.tax_table)
    assert [line.line for line in done.lines] == list(range(1, len(done.lines) + 1))
    assert done.total_minor == sale.total_minor - used


def test_an_unsettled_sale_becomes_no_receipt() -> None:
    with pytest.raises(ValueError):
        settle(EMPTY)
    with pytest.raises(ValueError):
        settle(with_line(EMPTY, goods(100)))


def test_a_free_sale_is_settled_without_money() -> None:
    done = settle(with_line(EMPTY, goods(0)))
    assert (done.total_minor, done.tenders, done.change_minor) == (0, (), 0)


def test_taking_a_line_back_may_not_leave_too_much_paid() -> None:
    sale = with_payment(with_line(with_line(EMPTY, goods(300)), goods(200)), cash(400))
    assert overpaid(without(sale, 1))
    assert not overpaid(without(without(sale, 1), 3))


def test_a_single_purpose_voucher_takes_its_goods_out_of_the_tax_base() -> None:
    sale = with_line(with_line(EMPTY, goods(1190)), goods(1070, "2", 700))
    sale = with_payment(with_payment(sale, single_purpose(1190)), cash(1070))
    done = settle(sale)
    by_key = {row.vat_key: row for row in done.tax_table}
    assert (by_key["1"].gross_minor, by_key["1"].tax_minor) == (0, 0)
    assert by_key["2"].tax_minor == 70
    assert done.total_minor == 1070
    assert done.lines[-1].business_case == VOUCHER_REDEMPTION
    assert done.lines[-1].gross_minor == -1190


def test_its_tax_is_that_of_the_goods_today_even_if_the_rate_changed_since() -> None:
    sale = with_line(with_line(EMPTY, goods(1000, rate_bp=1600)), goods(1000, rate_bp=1900))
    done = settle(with_payment(with_payment(sale, single_purpose(1500)), cash(500)))
    assert [(row.rate_bp, row.gross_minor) for row in done.tax_table] == [(1600, 0), (1900, 500)]
    assert done.tax_table[1].net_minor == net_of(500, 1900)


def test_a_single_purpose_voucher_pays_only_for_its_goods() -> None:
    sale = with_line(with_line(EMPTY, goods(500)), goods(1000, "2", 700))
    assert usable_minor(sale, 9_999, "single_purpose", "1") == 500
    assert usable_minor(sale, 9_999, "single_purpose", "3") == 0
    assert usable_minor(sale, 9_999, "multi_purpose", "") == 1500
    assert usable_minor(with_payment(sale, single_purpose(500)), 9_999, "single_purpose", "1") == 0
    assert usable_minor(sale, -5, "multi_purpose", "") == 0


def test_its_goods_cannot_be_taken_back_before_it_is() -> None:
    sale = with_payment(with_line(with_line(EMPTY, goods(500)), goods(1000, "2", 700)), single_purpose(500))
    assert overpaid(without(sale, 1))
    assert not overpaid(without(sale, 2))
