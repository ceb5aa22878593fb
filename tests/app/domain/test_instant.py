from __future__ import annotations

import pytest

from app.domain.instant import iso, parse_day
from app.domain.receipt_no import parse_receipt_no, receipt_no


def test_instants_are_utc_with_milliseconds() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert iso(1_795_286_234_007) == "2026-11-21T18:37:14.007Z"


def test_days_are_checked_against_the_calendar() -> None:
    assert parse_day(" 2028-02-29 ") == "2028-02-29"
    for text in ("2026-02-29", "21.11.2026", "20261121", "2026-1-1", "", "2026-W01-1"):
        with pytest.raises(ValueError):
            parse_day(text)


def test_receipt_numbers_read_back_and_grow_past_six_digits() -> None:
    for till_no, sequence in ((1, 1), (12, 999_999), (3, 1_000_000)):
        assert parse_receipt_no(receipt_no(till_no, sequence)) == (till_no, sequence)
    assert receipt_no(3, 123) == "3-000123"


@pytest.mark.parametrize("text", ["", "3", "3-12", "0-000001", "3-0000001", "3-000000", "a-000001", "3-000001x"])
def test_anything_else_is_no_receipt_number(text: str) -> None:
    with pytest.raises(ValueError):
        parse_receipt_no(text)


def test_till_and_sequence_are_counted_from_one() -> None:
    for till_no, sequence in ((0, 1), (1, 0)):
        with pytest.raises(ValueError):
            receipt_no(till_no, sequence)
