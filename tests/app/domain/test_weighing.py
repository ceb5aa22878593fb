"""Tare classes, the barcodes on plates, and what a weight comes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import codes
from app.domain.quantity import gross_of
from app.domain.reference import ReferenceFault, value_of
from app.domain.weighing import MAX_TARE_G, Tare, TareClass, by_weight, tare_of

PLATES = TareClass("Teller", 0, "279999VVVVV0K")
CUPS = TareClass("Becher", 12, "036000291452")


@given(st.integers(0, 99_999), st.integers(0, 999_999))
def test_a_weight_comes_to_what_the_scale_reckons(grams: int, price_minor: int) -> None:
    assert gross_of(price_minor, grams) == (grams * price_minor * 2 + 1000) // 2000


def test_125_g_at_14_20_are_1_78() -> None:
    assert gross_of(1420, 125) == 178


@given(st.integers(0, 99_999))
def test_a_plate_says_its_own_grams(grams: int) -> None:
    body = f"279999{grams:05d}0"
    code = body + codes.gtin_check_digit(body)
    expected = Tare(grams, "Teller") if 0 < grams <= MAX_TARE_G else None
    assert tare_of(code, [CUPS, PLATES]) == expected


@given(st.integers(0, 9), st.integers(0, 12))
def test_a_plate_that_was_misread_sets_no_tare(digit: int, at: int) -> None:
    good = "2799990034505"
    misread = good[:at] + str(digit) + good[at + 1 :]
    assert (tare_of(misread, [PLATES]) is None) == (misread != good)


def test_a_code_is_found_however_it_was_scanned_and_goods_are_no_packing() -> None:
    assert tare_of("0036000291452", [CUPS, PLATES]) == tare_of("036000291452", [PLATES, CUPS]) == Tare(12, "Becher")
    assert tare_of("4006381333931", [CUPS, PLATES]) is None
    assert tare_of("", [TareClass("Korb", 250)]) is None


@pytest.mark.parametrize(
    "value",
    [
        {"name": "", "grams": 12},
        {"name": " Becher", "grams": 12},
        {"name": "B\x1b", "grams": 12},
        {"name": "Becher"},
        {"name": "Becher", "grams": -1},
        {"name": "Becher", "grams": 10_000},
        {"name": "Becher", "grams": 1.5},
        {"name": "Becher", "grams": 12, "barcode": "4006381333932"},
        {"name": "Becher", "grams": 12, "barcode": "zwei Worte"},
        {"name": "Teller", "barcode": "279999VVVVV"},
        {"name": "Teller", "barcode": "VVVVVVVVVVVVK"},
        {"name": "Teller", "grams": 1, "barcode": "279999VVVVV0K"},
    ],
)
def test_packing_that_cannot_be_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ReferenceFault):
        value_of("tare_class", value)


@pytest.mark.parametrize(("unit", "weighed"), [("kg", True), ("KG ", True), ("Stk", False), ("g", False), ("l", False)])
def test_goods_by_the_kilogram_are_weighed(unit: str, weighed: bool) -> None:
    assert by_weight(unit) is weighed
