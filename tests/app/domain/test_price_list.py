"""Price lists: derived ones follow their source, scheduled prices count when their day has come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.price_list import PRICE_LISTS, Entry, Priced, PriceList, Prices, derived, makes_a_ring, price_in
from app.domain.reference import ReferenceFault, value_of

OWN = Entry(1, "", "1", 1000)

roundings = st.sampled_from(["half_up", "up", "down"])
steps = st.sampled_from([(1, 0), (5, 0), (10, 9), (50, 0), (100, 99), (100, 95)])
lists_derived = st.builds(
    lambda percent, step, rounding: PriceList(2, "Handel", 1, percent, step[0], rounding, step[1]),
    st.integers(-10_000, 100_000),
    steps,
    roundings,
)
amounts = st.integers(0, 999_999)
entries = st.lists(
    st.builds(
        Entry,
        st.integers(1, 4),
        st.sampled_from(["", "2026-01-01", "2026-11-21"]),
        st.text("0123456789", min_size=1, max_size=4),
        amounts,
    ),
    max_size=8,
)
any_lists = st.lists(
    st.builds(
        PriceList,
        st.integers(1, 5),
        st.just("Liste"),
        st.one_of(st.none(), st.just("purchase"), st.integers(1, 5)),
        st.integers(-5_000, 5_000),
        fall_back=st.booleans(),
    ),
    max_size=5,
).map(lambda lists: {each.key: each for each in lists})


@given(lists_derived, amounts, amounts)
def test_a_dearer_source_never_makes_a_cheaper_price(by: PriceList, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= derived(low, by) <= derived(high, by)


@given(lists_derived, amounts)
def test_a_derived_price_ends_as_its_list_says_and_is_rounded_the_way_it_says(by: PriceList, source: int) -> None:
    price = derived(source, by)
    exact = source * (10_000 + by.percent_bp)
    if not price:
        assert exact == 0 or (by.ending_minor == 0 and by.rounding != "up")
        return
    assert price % by.round_to_minor == by.ending_minor
    if by.rounding == "up":
        assert price * 10_000 >= exact
    elif by.rounding == "down" and price > by.ending_minor:
        assert price * 10_000 <= exact
    if price > by.ending_minor:
        assert abs(price * 10_000 - exact) < by.round_to_minor * 10_000


@given(any_lists, entries, st.randoms(use_true_random=False), st.integers(1, 15))
def test_the_price_does_not_depend_on_the_order_of_what_was_entered(
    lists: dict[str, PriceList], entered: list[Entry], rng: object, wanted: int
) -> None:
    shuffled = list(entered)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one = price_in(wanted, lists, Prices(OWN, 400, tuple(entered)))
    assert one == price_in(wanted, lists, Prices(OWN, 400, tuple(shuffled)))
    assert one == price_in(wanted, lists, Prices(OWN, 400, tuple(entered + shuffled)))


@given(any_lists, entries, st.sampled_from(PRICE_LISTS))
def test_lists_derived_from_each_other_in_a_ring_end_and_list_1_always_has_a_price(
    lists: dict[str, PriceList], entered: list[Entry], wanted: int
) -> None:
    prices = Prices(OWN, 400, tuple(entered))
    found = price_in(wanted, lists, prices)
    assert found.price_list in (1, wanted)
    assert price_in(1, lists, prices).price_minor is not None
    by = lists.get(str(wanted))
    if by is None or by.fall_back:
        assert found.price_minor is not None


def test_of_the_prices_that_are_valid_the_latest_begun_counts_and_of_those_the_newest() -> None:
    old, new = Entry(1, "2026-11-01", "5", 900), Entry(1, "2026-11-20", "3", 800)
    assert price_in(1, {}, Prices(OWN, 0, (new, old))) == Priced(800, 1)
    again = Entry(1, "2026-11-20", "4", 850)
    assert price_in(1, {}, Prices(OWN, 0, (new, again, old))) == Priced(850, 1)
    assert price_in(1, {}, Prices(OWN, 0, (Entry(1, "", "2", 700),))) == Priced(700, 1)
    assert price_in(1, {}, Prices(Entry(1, "", "3", 1000), 0, (Entry(1, "", "2", 700),))) == Priced(1000, 1)


def test_a_list_is_derived_from_another_or_the_purchase_price_and_recalculated_at_once() -> None:
    trade = PriceList(2, "Handel", 1, percent_bp=-1000)
    staff = PriceList(3, "Personal", "purchase", percent_bp=2000, round_to_minor=5, rounding="up")
    chain = PriceList(4, "Filiale", 2, percent_bp=500, round_to_minor=10, ending_minor=9)
    lists = {each.key: each for each in (trade, staff, chain)}
    before = Prices(OWN, 401)
    assert [price_in(number, lists, before).price_minor for number in (2, 3, 4)] == [900, 485, 949]
    after = Prices(Entry(1, "", "2", 2000), 501)
    assert [price_in(number, lists, after).price_minor for number in (2, 3, 4)] == [1800, 605, 1889]
    assert price_in(2, lists, Prices(OWN, 0, (Entry(2, "", "2", 777),))) == Priced(777, 2)


def test_an_article_without_a_price_costs_what_list_1_says_or_is_refused() -> None:
    assert price_in(7, {}, Prices(OWN, 0)) == Priced(1000, 1)
    assert price_in(7, {"7": PriceList(7, "Streng", fall_back=False)}, Prices(OWN, 0)) == Priced(None, 7)
    no_purchase = PriceList(7, "Einkauf", "purchase", fall_back=False)
    assert price_in(7, {"7": no_purchase}, Prices(OWN, 0)) == Priced(None, 7)


def test_a_list_that_would_be_derived_from_itself_over_others_is_noticed() -> None:
    lists = {"2": PriceList(2, "b", 3), "3": PriceList(3, "c", 4), "9": PriceList(9, "i", 8), "8": PriceList(8, "h", 9)}
    assert makes_a_ring(PriceList(4, "d", 2), lists)
    assert not makes_a_ring(PriceList(4, "d", "purchase"), lists)
    assert not makes_a_ring(PriceList(4, "d", 9), lists)
    assert not makes_a_ring(PriceList(4, "d", 7), lists)


def test_list_1_may_be_derived_itself_and_then_follows_the_purchase_price() -> None:
    lists = {"1": PriceList(1, "Verkauf", "purchase", percent_bp=10_000)}
    assert price_in(1, lists, Prices(OWN, 400)) == Priced(800, 1)
    assert price_in(1, lists, Prices(OWN, 0)) == Priced(1000, 1)
    assert price_in(1, lists, Prices(OWN, 400, (Entry(1, "2026-01-01", "2", 750),))) == Priced(750, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"no": 0}, {"no": 16}, {"name": ""}, {"derived_from": 2}, {"derived_from": 16}, {"derived_from": "sales"},
        {"percent_bp": -10_001}, {"percent_bp": 100_001}, {"round_to_minor": 0}, {"ending_minor": 10},
        {"ending_minor": -1}, {"rounding": "bank"},
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    good = {"no": 2, "name": "Handel", "derived_from": 1, "round_to_minor": 10}
    value_of("price_list", good)
    with pytest.raises(ReferenceFault):
        value_of("price_list", {**good, **change})
