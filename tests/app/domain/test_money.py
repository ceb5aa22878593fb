from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import (
    MAX_AMOUNT_MINOR,
    MINOR_DIGITS,
    MoneyError,
    divide_half_up,
    format_minor,
    parse_minor,
    spread,
)

amounts = st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR)


@given(amounts, st.sampled_from(sorted(MINOR_DIGITS)))
def test_what_is_written_reads_back(amount: int, currency: str) -> None:
    assert parse_minor(format_minor(amount, currency), currency, negative=True) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12,34", "EUR", 1234),
        ("12", "EUR", 1200),
        ("0.5", "EUR", 50),
        (" 7 ", "EUR", 700),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("-0", "EUR", 0),
    ],
)
def test_amounts_are_read_by_the_currency(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.234", "too_many_decimals"),
        ("1.2.3", "not_a_number"),
        ("1.234,56", "not_a_number"),
        ("1e3", "not_a_number"),
        ("", "not_a_number"),
        ("NaN", "not_a_number"),
        ("١٢", "not_a_number"),
        ("-1", "negative"),
        ("10000000.00", "too_large"),
        ("9" * 30, "not_a_number"),
    ],
)
def test_a_slip_is_named(text: str, fault: str) -> None:
    with pytest.raises(MoneyError) as refused:
        parse_minor(text, "EUR")
    assert refused.value.fault == fault


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        parse_minor("1", "XXX")


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_slip(text: str) -> None:
    try:
        assert abs(parse_minor(text, "EUR", negative=True)) <= MAX_AMOUNT_MINOR
    except MoneyError:
        pass


@given(amounts, st.integers(1, 10**6))
def test_rounding_is_symmetric_and_within_a_half(numerator: int, denominator: int) -> None:
    rounded = divide_half_up(numerator, denominator)
    assert divide_half_up(-numerator, denominator) == -rounded
    assert abs(2 * (rounded * denominator - numerator)) <= denominator


def test_a_zero_denominator_is_refused() -> None:
    with pytest.raises(ValueError):
        divide_half_up(1, 0)


def test_a_discount_of_five_over_two_rates() -> None:
    assert spread(500, [380, 1070]) == (131, 369)


def test_equal_remainders_go_to_the_earlier_part() -> None:
    assert spread(100, [1, 1, 1]) == (34, 33, 33)
    assert spread(-100, [1, 1, 1]) == (-34, -33, -33)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_parts_add_up_and_none_is_off_by_a_cent(amount: int, weights: list[int]) -> None:
    if not sum(weights):
        weights = [*weights, 1]
    parts = spread(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - amount * weight) < sum(weights)


def test_nothing_spread_over_nothing_is_nothing() -> None:
    assert spread(0, [0, 0]) == (0, 0)
    with pytest.raises(ValueError):
        spread(1, [0, 0])
    with pytest.raises(ValueError):
        spread(1, [2, -1])
