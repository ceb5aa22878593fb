"""The laws of number ranges: no number is ever given out twice, whoever gives it and whatever fails."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.number_range import (
    GENERATION,
    KINDS,
    LOST_AT_MOST,
    Assigned,
    Beginning,
    Given,
    NumberRange,
    NumbersUsedUp,
    Span,
    default_prefix,
    next_of,
    overlapping,
    raised_floor,
    spans_of,
    split_number,
    usable,
)
from app.domain.receipt_no import of_till, split_receipt_no

ranges = st.builds(
    lambda number, till, prefix, start, length, digits: NumberRange(
        str(number), "order", till, prefix, start, start + length, digits
    ),
    st.integers(0, 9), st.integers(1, 3), st.sampled_from(["", "A", "A-"]), st.integers(1, 12), st.integers(0, 4),
    st.integers(1, 3),
)  # fmt: skip
takes = st.tuples(st.integers(1, 3), st.booleans())


def last_used(spans: Iterable[Span], used: Iterable[str]) -> list[int]:
    """As the books answer it."""
    split = [found for number in used if (found := split_number(number))]
    return [
        max((n for prefix, n in split if prefix == span.prefix and span.start <= n <= (span.end or n)), default=0)
        for span in spans
    ]


@given(st.lists(ranges | takes, max_size=60))
def test_no_number_is_given_twice_by_any_tills_ranges_and_crashes(
    steps: list[NumberRange | tuple[int, bool]],
) -> None:
    assigned: dict[str, NumberRange] = {}
    used: list[str] = []
    for step in steps:
        if isinstance(step, NumberRange):
            if overlapping(step, assigned.values()) is None:
                assigned[step.key] = step
            continue
        till_no, durable = step
        spans = spans_of(assigned.values(), "order", till_no)
        # A till cut off from all others knows what it gave out itself; that is enough.
        try:
            found = next_of(spans, last_used(spans, used))
        except NumbersUsedUp:
            continue
        assert split_number(found.number) == (found.prefix, found.sequence)
        assert found.number not in used
        assert (found.prefix, found.sequence) not in {split_number(number) for number in used}
        if durable:
            used.append(found.number)
    assert len(set(used)) == len(used)


@given(ranges, ranges)
def test_ranges_overlap_exactly_when_they_share_a_number(one: NumberRange, other: NumberRange) -> None:
    numbers = [
        {(each.prefix, sequence) for sequence in range(each.start, each.end + 1)} for each in (one, other)
    ]  # fmt: skip
    shared = bool(numbers[0] & numbers[1]) and one.key != other.key
    assert (overlapping(one, [other]) is not None) == shared


@given(st.text(max_size=60))
def test_any_text_is_taken_apart_in_one_way_or_none(text: str) -> None:
    split = split_number(text)
    if split is not None:
        assert text.startswith(split[0])
        assert not split[0][-1:].isdigit() or not split[0][-1:].isascii()
        assert int(text[len(split[0]) :]) == split[1]


@pytest.mark.parametrize("kind", KINDS)
def test_no_range_may_have_the_prefix_of_a_till_without_one(kind: str) -> None:
    for till_no in (1, 12, 999_999_999):
        taken = NumberRange("x", kind, 1, default_prefix(kind, till_no), 1, 9)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="prefix"):
            taken.check()


def test_ninety_percent_warn_and_the_end_is_the_end() -> None:
    span = Span("order", "A", 11, 20)
    assert next_of([span], [0]) == Given("A000011", "A", 11, 9, 10)
    assert not next_of([span], [17]).running_out
    assert next_of([span], [18]).running_out
    assert next_of([span], [19]) == Given("A000020", "A", 20, 0, 10)
    with pytest.raises(NumbersUsedUp):
        next_of([span], [20])
    assert not next_of([Span("order", "O1-", 1, 0)], [10**9]).running_out


@pytest.mark.parametrize("text", ["", "abc", "1-1", "1-000000", " 1-000001", "01-000001x", "A0", "Ä1", "A\n1"])
def test_what_is_no_receipt_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a receipt number"):
        split_receipt_no(text)


def test_a_receipt_of_a_tills_own_count_is_of_that_till_alone() -> None:
    assert of_till("3-000001", 3)
    assert not of_till("3-000001", 4)
    assert of_till("FAIR/0001", 4)


hours = st.tuples(st.integers(0, 400_000), st.integers(0, 400_000), st.sampled_from(["replaced", "restored", "on"]))


@given(st.lists(hours, max_size=12))
def test_hardware_that_takes_anothers_place_never_repeats_a_number_however_much_was_lost(
    story: list[tuple[int, int, str]],
) -> None:
    """Numbers are given in runs; of each run the newest may be lost with the disk before anybody hears of them."""
    generation, raised, known = 1, 0, 0
    given_out: list[tuple[int, int]] = []
    for numbers, lost, then in story:
        beginning = Beginning.of(generation, raised)
        (span,) = spans_of([], "receipt", 3, beginning)
        try:
            first = next_of([span], [known if known >= span.start else 0]).sequence
        except NumbersUsedUp:
            first = span.end + 1
        last = min(first + numbers - 1, span.end)
        assert first == max(known, beginning.floor) + 1 or last < first
        assert all(last < old_first or first > old_last for old_first, old_last in given_out)
        if last < first:
            continue
        given_out.append((first, last))
        assert (generation - 1) * GENERATION < first <= last <= generation * GENERATION
        if then == "replaced":
            generation, raised = generation + 1, 0
            known = max(known, last - lost)
        elif then == "restored":
            known = max(known, last - min(lost, LOST_AT_MOST))
            raised = raised_floor(max(known, beginning.floor))
        else:
            known = last


def test_new_hardware_counts_from_its_own_million() -> None:
    second = Beginning.of(2)
    (span,) = spans_of([], "receipt", 3, second)
    assert next_of([span], [0]).number == "3-1000001"
    assert next_of([span], [1_000_017]).number == "3-1000018"
    (span,) = spans_of([], "z_report", 3, Beginning.of(1, 200_000))
    assert next_of([span], [0]).number == "Z3-200001"


@given(ranges, ranges)
def test_a_range_counts_for_new_hardware_only_without_any_number_of_the_old(new: NumberRange, old: NumberRange) -> None:
    shared = new.prefix == old.prefix and new.start <= old.end and old.start <= new.end
    assert usable([new], [Assigned(old.prefix, old.start, old.end)]) == ([] if shared else [new])
