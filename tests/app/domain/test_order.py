"""Deposits are spread over the rates of what was ordered, and never cover more than that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import by_key, shares

goods = st.dictionaries(st.sampled_from(["0", "1", "2", "3"]), st.integers(0, 10_000), min_size=1)


@given(goods, st.lists(st.integers(0, 5_000), max_size=6))
def test_deposits_in_any_parts_never_cover_a_key_beyond_its_goods(
    ordered: dict[str, int], amounts: Sequence[int]
) -> None:
    covered: dict[str, int] = {}
    for amount in amounts:
        left = sum(ordered.values()) - sum(covered.values())
        if amount > left:
            with pytest.raises(ValueError, match="more than the order has left"):
                shares(amount, ordered, covered)
            continue
        parts = shares(amount, ordered, covered)
        assert sum(part for _key, part in parts) == amount
        covered = by_key([*covered.items(), *parts])
    assert all(covered.get(key, 0) <= gross for key, gross in ordered.items())


@given(goods, st.data())
def test_deposits_of_the_whole_total_cover_every_key_exactly(ordered: dict[str, int], data: st.DataObject) -> None:
    total = sum(ordered.values())
    first = data.draw(st.integers(0, total))
    covered = by_key(shares(first, ordered, {}))
    covered = by_key([*covered.items(), *shares(total - first, ordered, covered)])
    assert covered == {key: gross for key, gross in sorted(ordered.items()) if gross}


def test_the_worked_example() -> None:
    assert shares(500, {"1": 380, "2": 1070}, {}) == (("1", 131), ("2", 369))
    assert shares(950, {"1": 380, "2": 1070}, {"1": 131, "2": 369}) == (("1", 249), ("2", 701))
