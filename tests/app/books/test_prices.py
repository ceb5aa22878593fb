"""Prices out of the books: whatever came first, every till asks the same."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.articles import FindForSale, ListPrices
from app.books.reader import BooksReader
from app.facts.base import Fact
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, VatRateSet
from tests.app.books.shelf import MEMBERS, Books, arrival, records_of

DAYS = ("", "2026-12-01", "2026-12-24")
ASKED = ("2026-11-30", "2026-12-01", "2026-12-24", "2026-12-25")

entered = st.builds(
    PriceSet,
    st.just("1"),
    st.sampled_from([1, 2]),
    st.none() | st.integers(1, 99),
    st.sampled_from(DAYS[:2]),
    st.sampled_from(["", DAYS[2]]),
)
said: st.SearchStrategy[Fact] = st.one_of(
    entered,
    entered,
    entered,
    st.builds(ArticleSet, st.just("1"), st.just("Napf"), st.integers(100, 199), st.just("EUR"), st.just("1")),
    st.builds(
        lambda percent, removed: ReferenceSet(
            "price_list", "3", {"no": 3, "name": "Handel", "derived_from": 2, "percent_bp": percent}, removed
        ),
        st.integers(-99, 99),
        st.booleans(),
    ),
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), said), min_size=8, max_size=20), st.integers(0, 2**32))
def test_prices_do_not_depend_on_the_order_in_which_they_arrive(
    two_books: tuple[Books, Books], facts: list[tuple[str, Fact]], seed: int
) -> None:
    one, other = two_books
    records = records_of([("a", ArticleSet("1", "Napf", 100, "EUR", "1")), *facts])
    one.writer.rebuild(records)
    other.writer.rebuild([])
    for batch in arrival(records, random.Random(seed)):
        other.writer.apply(batch)
    # A reader keeps the reference data as long as the feeds have not grown; here they begin anew.
    here, there = BooksReader(one.engine), BooksReader(other.engine)
    for day in ASKED:
        for price_list in (1, 2, 3):
            question = FindForSale("1", day, price_list)
            assert here.ask(question) == there.ask(question)


def test_a_price_holds_from_its_first_day_to_its_last(books: Books) -> None:
    facts = [
        VatRateSet("1", "2020-01-01", 1900),
        ArticleSet("1", "Napf", 100, "EUR", "1"),
        PriceSet("1", 1, 80, "2026-12-01", "2026-12-24"),
    ]
    books.writer.apply(records_of([("a", fact) for fact in facts]))
    assert [books.reader.ask(ListPrices("1", day)) for day in ASKED] == [{1: 100}, {1: 80}, {1: 80}, {1: 100}]


def test_a_price_until_a_day_leaves_the_lasting_one_as_it_was(books: Books) -> None:
    facts = [ArticleSet("1", "Napf", 100, "EUR", "1"), PriceSet("1", 2, 90), PriceSet("1", 2, 70, "", "2026-12-01")]
    books.writer.apply(records_of([("a", fact) for fact in facts]))
    assert books.reader.ask(ListPrices("1", "2026-12-01")) == {1: 100, 2: 70}
    assert books.reader.ask(ListPrices("1", "2026-12-02")) == {1: 100, 2: 90}
