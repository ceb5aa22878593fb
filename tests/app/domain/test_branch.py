"""Branches, plans and blocks of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.branch import Branch, PaperTexts, TillPlan, plan_of, texts_of
from app.domain.number_pool import NumberPool, PoolUsedUp, next_block
from app.domain.number_range import Assigned, NumberRange, overlapping
from app.domain.reference import Reference, ReferenceFault, value_of
from app.domain.settings import check_among

POOL = NumberPool("R26", "receipt", "R26/", 101, 999, 50)


def test_texts_go_from_the_plan_to_the_branch_to_the_till() -> None:
    known = Reference(
        "1",
        {
            "branch": {"koeln": Branch("koeln", "Köln", ("Zoo Neumann Köln",), ("Danke",))},
            "till_plan": {
                "2": TillPlan(2, "koeln", ("fair", "hall4"), foot=("Umtausch am Stand",)),
                "3": TillPlan(3, groups=("fair",)),
            },
        },
    )
    assert texts_of(known, 2) == PaperTexts(("Zoo Neumann Köln",), ("Umtausch am Stand",))
    assert texts_of(known, 3) == texts_of(known, 7) == PaperTexts(None, None)
    assert plan_of(known, 7) == TillPlan(7)


@pytest.mark.parametrize(
    ("subject", "raw"),
    [
        ("till_plan", {"till_no": 0}),
        ("till_plan", {"till_no": 1, "groups": ["a", "b", "c", "d"]}),
        ("till_plan", {"till_no": 1, "groups": ["a", "a"]}),
        ("till_plan", {"till_no": 1, "branch": "a b"}),
        ("till_plan", {"till_no": 1, "foot": ["x"] * 9}),
        ("branch", {"branch": "", "name": "Köln"}),
        ("branch", {"branch": "k", "name": "Köln", "head": ["a\nb"]}),
        ("device_group", {"group": "k", "name": " "}),
        ("number_pool", {"pool": "p", "kind": "receipt", "prefix": "3-", "start": 1, "end": 99, "block": 10}),
        ("number_pool", {"pool": "p", "kind": "receipt", "prefix": "R", "start": 1, "end": 99, "block": 100}),
        ("number_pool", {"pool": "p", "kind": "receipt", "prefix": "R", "start": 1, "end": 10**9, "block": 10}),
    ],
)
def test_what_is_no_plan_branch_or_pool_is_refused(subject: str, raw: dict[str, object]) -> None:
    with pytest.raises(ReferenceFault):
        value_of(subject, raw)


def test_pools_share_no_numbers() -> None:
    known = Reference("1", {"number_pool": {"R26": POOL}})
    check_among(NumberPool("R27", "receipt", "R26/", 1_000, 2_000, 50), known)
    with pytest.raises(ReferenceFault, match="R26"):
        check_among(NumberPool("R27", "receipt", "R26/", 999, 2_000, 50), known)


@given(
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 60)), max_size=5),
    st.lists(st.integers(1, 9), max_size=40),
)
def test_no_two_tills_get_a_number_in_common(block: int, others: list[tuple[int, int]], tills: list[int]) -> None:
    pool = NumberPool("P", "receipt", "P", 1, 300, block)
    elsewhere = [Assigned("P", start, start + more) for start, more in others]
    ranges: list[NumberRange] = []
    for till_no in tills:
        try:
            ranges.append(next_block(pool, [*elsewhere, *ranges], till_no))
        except PoolUsedUp:
            break
    numbers = [number for each in ranges for number in range(each.start, each.end + 1)]
    assert len(set(numbers)) == len(numbers) == block * len(ranges)
    assert set(numbers).isdisjoint(number for each in elsewhere for number in range(each.start, each.end + 1))
    assert all(1 <= number <= 300 for number in numbers)
    assert all(overlapping(each, ranges) is None for each in ranges)
