from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import codes
from app.screens import amounts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2000", "20.00"),
        ("5", "0.05"),
        ("20,", "20.00"),
        ("20,5", "20.50"),
        ("20.05", "20.05"),
        (",5", "0.50"),
        ("9999999", "99999.99"),
    ],
)
def test_digits_are_cents_and_a_comma_makes_them_euros(typed: str, meant: str) -> None:
    assert amounts.amount(typed) == meant


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "no_amount"),
        (",", "no_amount"),
        ("20,055", "no_amount"),
        ("1.000,00", "no_amount"),
        ("100000,00", "no_amount"),
        ("12345678", "no_amount"),
        ("4006381333931", "scan_is_no_money"),
        ("40063813", "no_amount"),
        ("abc", "no_amount"),
        ("-5", "no_amount"),
        ("٣٣", "no_amount"),
        ("0", "amount_zero"),
        ("0,00", "amount_zero"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(typed: str, code: str) -> None:
    with pytest.raises(amounts.NotAnAmount) as refusal:
        amounts.amount(typed)
    assert refusal.value.code == code


def test_a_currency_without_decimals_has_no_comma() -> None:
    assert amounts.amount("500", minor_digits=0) == "500"
    with pytest.raises(amounts.NotAnAmount):
        amounts.amount("5,5", minor_digits=0)


@given(st.integers(min_value=0), st.sampled_from([7, 11, 12, 13]))
def test_no_scan_is_ever_an_amount_or_a_quantity(number: int, length: int) -> None:
    body = str(number % 10**length).rjust(length, "0")
    scan = body + codes.gtin_check_digit(body)
    assert amounts.is_scan(scan)
    assert amounts.quantity(scan) is None
    with pytest.raises(amounts.NotAnAmount):
        amounts.amount(scan)


@given(st.text(max_size=20))
def test_an_amount_is_refused_or_has_two_decimals_and_at_most_seven_digits(typed: str) -> None:
    try:
        value = amounts.amount(typed)
    except amounts.NotAnAmount:
        return
    whole, _point, cents = value.partition(".")
    assert len(cents) == 2
    assert len(whole.lstrip("0") + cents) <= 7
    assert int(whole + cents) > 0


@pytest.mark.parametrize(("typed", "meant"), [("3", "3"), ("0,25", "0.25"), ("1000000", "1000000"), ("0", "0")])
def test_a_quantity_is_passed_on_with_a_point(typed: str, meant: str) -> None:
    assert amounts.quantity(typed) == meant


@pytest.mark.parametrize("typed", ["", "x", "1,2345", "-1", "12345678", "1,", "٣"])
def test_what_is_no_quantity_is_none(typed: str) -> None:
    assert amounts.quantity(typed) is None


@pytest.mark.parametrize(
    ("typed", "percent"),
    [("5", "5"), ("7,5", "7.5"), ("0", "0"), ("100", "100"), ("100,00", "100.00"), ("099", "099")]
    + [(text, None) for text in ("", "100,01", "101", "5,", ",5", "5,555", "1000", "-5", "٥", "4006381333931")],
)
def test_a_percentage_is_at_most_a_hundred_with_two_decimals(typed: str, percent: str | None) -> None:
    assert amounts.percent(typed) == percent
