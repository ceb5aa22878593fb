"""Counting: what exists, and what it comes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cash import DENOMINATIONS, MAX_PIECES, CountError, pieces_of, sum_of
from app.domain.money import MAX_AMOUNT_MINOR, MINOR_DIGITS, format_minor

counts = st.sampled_from(sorted(DENOMINATIONS)).flatmap(
    lambda currency: st.tuples(
        st.just(currency), st.dictionaries(st.sampled_from(DENOMINATIONS[currency]), st.integers(0, 999))
    )
)


def test_every_currency_has_its_pieces_the_largest_first() -> None:
    assert DENOMINATIONS.keys() == MINOR_DIGITS.keys()
    for pieces in DENOMINATIONS.values():
        assert list(pieces) == sorted(set(pieces), reverse=True)
        assert pieces[-1] > 0


@given(counts)
def test_a_count_comes_to_the_sum_of_its_pieces_however_they_are_written(counted: tuple[str, dict[int, int]]) -> None:
    currency, pieces = counted
    plain = {format_minor(piece, currency): count for piece, count in pieces.items()}
    commas = {text.replace(".", ","): count for text, count in plain.items()}
    expected = sum(piece * count for piece, count in pieces.items())
    if expected > MAX_AMOUNT_MINOR:
        with pytest.raises(CountError, match="too_large"):
            pieces_of(currency, plain)
        return
    found = pieces_of(currency, plain)
    assert sum_of(found) == expected
    assert found == pieces_of(currency, commas)
    assert all(count for _, count in found)


@pytest.mark.parametrize(
    ("currency", "counted", "fault"),
    [
        ("EUR", {"3": 1}, "denomination"),
        ("EUR", {"": 1}, "denomination"),
        ("CHF", {"0.01": 1}, "denomination"),
        ("JPY", {"0.5": 1}, "denomination"),
        ("EUR", {"5": -1}, "pieces"),
        ("EUR", {"5": MAX_PIECES + 1}, "pieces"),
        ("EUR", {"5": True}, "pieces"),
        ("EUR", {"5": "1"}, "pieces"),
        ("EUR", {"5": 1.0}, "pieces"),
        ("EUR", {"500": MAX_PIECES}, "too_large"),
    ],
)
def test_what_cannot_be_is_named(currency: str, counted: dict[str, object], fault: str) -> None:
    with pytest.raises(CountError) as caught:
        pieces_of(currency, counted)
    assert caught.value.fault == fault
