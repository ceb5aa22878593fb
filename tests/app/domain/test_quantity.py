from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.quantity import MAX_QUANTITY_MILLI, QuantityError, format_milli, gross_of, parse_milli


@given(st.integers(1, MAX_QUANTITY_MILLI))
def test_what_is_written_reads_back(milli: int) -> None:
    assert parse_milli(format_milli(milli)) == milli


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0", "zero"),
        ("0.000", "zero"),
        ("1000000", "too_large"),
        ("4006381333931", "not_a_number"),
        ("-1", "not_a_number"),
        ("1.2345", "too_many_decimals"),
        ("", "not_a_number"),
        ("drei", "not_a_number"),
    ],
)
def test_a_slip_is_named(text: str, fault: str) -> None:
    with pytest.raises(QuantityError) as refused:
        parse_milli(text)
    assert refused.value.fault == fault


def test_short_texts() -> None:
    assert [format_milli(milli) for milli in (3000, 250, 1250, 100_000, -500)] == ["3", "0.25", "1.25", "100", "-0.5"]


def test_a_line_is_rounded_half_up() -> None:
    assert gross_of(790, 1250) == 988
    assert gross_of(499, 3000) == 1497
    assert gross_of(1, 500) == 1
