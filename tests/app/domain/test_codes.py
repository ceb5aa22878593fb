from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from app.domain import codes
from app.domain.article import barcode_fault, is_name, is_unit


@pytest.mark.parametrize("code", ["4006381333931", "2212341012347", "2812347012503", "73513537", "036000291452"])
def test_right_check_digits(code: str) -> None:
    assert not codes.has_wrong_check_digit(code)
    assert barcode_fault(code) is None


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: int, place: int, shift: int) -> None:
    body = f"{number:012d}"
    code = body + codes.gtin_check_digit(body)
    assert not codes.has_wrong_check_digit(code)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert codes.has_wrong_check_digit(wrong)
    assert barcode_fault(wrong) == "wrong_check_digit"


def test_upc_a_is_the_ean_with_a_leading_zero() -> None:
    assert codes.canonical("036000291452") == "0036000291452"
    assert ean.is_valid(codes.canonical("036000291452"))
    assert codes.canonical("036000291453") == "036000291453"
    assert codes.canonical("4006381333931") == "4006381333931"


def test_codes_of_the_shops_own() -> None:
    assert barcode_fault("PALETTE-7") is None
    assert barcode_fault("12345") is None
    assert barcode_fault("mit blank") == "not_a_code"
    assert barcode_fault("x" * 41) == "not_a_code"


def test_ident_numbers() -> None:
    assert all(codes.is_ident_no(text) for text in ("0815", "A-17", "Größe.3", "9" * 30))
    assert not any(codes.is_ident_no(text) for text in ("", "9" * 31, "a b", "ü\n"))


def test_names_and_units() -> None:
    assert is_name("Vogelfutter 2,5 kg")
    assert not any(is_name(text) for text in ("", " ", "x" * 101, "a\nb", "a\x07"))
    assert is_unit("kg")
    assert not is_unit("x" * 13)
