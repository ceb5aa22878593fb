"""Exchange rates, coins and the tenders that a till knows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import MINOR_DIGITS
from app.domain.tender import (
    DEFAULT_TENDERS,
    CashRounding,
    ExchangeRate,
    Tender,
    foreign_of,
    fraction_of,
    home_of,
    rate_of,
    rounded,
    step_of,
    tenders_of,
)

currencies = st.sampled_from(sorted(MINOR_DIGITS))
rates = st.decimals("0.0001", "99999", places=4).map(str)
steps = st.sampled_from([1, 5, 10, 25, 100])


@given(st.integers(0, 10**9), rates, currencies, currencies, steps)
def test_foreign_cash_covers_what_is_due_and_one_coin_less_does_not(
    due: int, rate: str, foreign: str, home: str, step: int
) -> None:
    needed = foreign_of(due, rate, foreign, home, step)
    assert needed % step == 0
    worth = Fraction(rate) * 10 ** MINOR_DIGITS[home] / 10 ** MINOR_DIGITS[foreign]
    assert needed * worth >= due
    assert (needed - step) * worth < due
    assert home_of(needed, rate, foreign, home) >= due


@given(st.integers(-(10**9), 10**9), rates, currencies, currencies)
def test_an_amount_is_worth_its_rate_rounded_half_up_by_magnitude(
    amount: int, rate: str, foreign: str, home: str
) -> None:
    exact = amount * Fraction(rate) * 10 ** MINOR_DIGITS[home] / 10 ** MINOR_DIGITS[foreign]
    found = home_of(amount, rate, foreign, home)
    assert abs(found - exact) <= Fraction(1, 2)
    assert home_of(-amount, rate, foreign, home) == -found


@given(st.integers(-(10**9), 10**9), steps)
def test_rounding_goes_to_the_nearest_coin(amount: int, step: int) -> None:
    found = rounded(amount, step)
    assert found % step == 0
    assert 2 * abs(found - amount) <= step
    assert rounded(-amount, step) == -found


@pytest.mark.parametrize("rate", ["", "0", "0.000", "-1", "1,04", "1e3", "1.", ".5", "nan", "12345678", "1" * 40])
def test_what_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        fraction_of(rate)


def test_the_rate_of_the_day_is_the_latest_that_has_begun() -> None:
    table = [ExchangeRate("CHF", f"2026-{month:02d}-01", f"1.0{month}") for month in (3, 1, 2)]
    assert rate_of(table, "CHF", "2025-12-31") is None
    assert rate_of(table, "USD", "2026-12-31") is None
    assert [found.rate for day in ("2026-01-01", "2026-02-28", "2027-01-01") if (found := rate_of(table, "CHF", day))]
    assert rate_of(table, "CHF", "2026-02-28") == table[2]


def test_coins_by_day_and_currency() -> None:
    dutch = [CashRounding("EUR", "2004-09-01", 5, "NL"), CashRounding("EUR", "2030-01-01", 0, "NL")]
    assert step_of(dutch, "EUR", "2004-08-31") == 1
    assert step_of(dutch, "EUR", "2026-11-21") == 5
    assert step_of(dutch, "EUR", "2030-01-01") == 1
    assert step_of((), "EUR", "2026-11-21") == 1, "Germany and Austria do not round"
    assert step_of((), "CHF", "2026-11-21") == 5
    assert step_of([CashRounding("CHF", "2026-01-01", 1)], "CHF", "2026-11-21") == 1


def test_reference_data_changes_adds_and_switches_off_tenders() -> None:
    assert len(DEFAULT_TENDERS) >= 15
    kinds = {tender.kind for tender in DEFAULT_TENDERS.values()}
    assert {"cash", "foreign_cash", "cheque", "card", "voucher", "token", "customer_credit", "delivery_note"} < kinds
    own = {
        "visa": Tender("visa", "VISA", "card", active=False),
        "twint": Tender("twint", "TWINT", "other", order=15),
    }
    found = tenders_of(own, "EUR")
    assert "visa" not in found
    assert "eur" not in found
    assert list(found)[:3] == ["cash", "twint", "card"]
    for tender in DEFAULT_TENDERS.values():
        tender.check()
