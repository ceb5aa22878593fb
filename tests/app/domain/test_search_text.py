"""Texts that are searched: spellings that are one, prices among the words, and what fits best."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article_search import MAX_WORDS, Word, wanted
from app.domain.price_list import PRICE_LISTS, Entry, PriceList, Prices, price_in
from app.domain.price_span import PriceSpan, before, sources_of
from app.domain.search_text import alike, group_part, text_of
from tests.app.domain.test_price_list import any_lists, entries, lists_derived

# "Hebräer" is not found by "hebraeer": nobody can tell that e from the one that stands for the dots.
names = st.text("aouäöüeßsn-", min_size=1, max_size=12).filter(lambda name: not re.search("[äöü]e", name))
SPELLINGS = {"ä": "äaÄA", "ö": "öoÖO", "ü": "üuÜU", "a": "aäA", "o": "oöO", "u": "uüU"}


@st.composite
def parts(draw: st.DrawFn) -> tuple[str, str]:
    """A name, and a part of it in one of its spellings."""
    name = draw(names)
    begin = draw(st.integers(0, len(name) - 1))
    part = name[begin : draw(st.integers(begin + 1, len(name)))]
    spelled = []
    for letter in part:
        if letter in "äöü" and draw(st.booleans()):
            spelled.append(alike(letter) + "e")
        elif letter == "ß" and draw(st.booleans()):
            spelled.append("ss")
        else:
            spelled.append(draw(st.sampled_from(SPELLINGS.get(letter, letter))))
    return name, "".join(spelled)


@given(parts())
def test_any_part_of_a_name_is_found_in_any_spelling(spelled: tuple[str, str]) -> None:
    name, part = spelled
    assert alike(part) in text_of(name, "1", (), ())


def test_an_umlaut_written_out_is_the_umlaut_and_parts_of_it_are_found() -> None:
    for name in ("Grüner Käse", "Gruener Kaese", "GRUNER KASE"):
        for word in ("käse", "kaese", "kase", "grün", "grue"):
            assert alike(word) in text_of(name, "1", (), ()), (name, word)
    feuer = text_of("Steuerbauen", "1", (), ())
    assert [word for word in ("er", "euer", "bauen", "uen", "en", "baün") if alike(word) not in feuer] == []


def test_numbers_barcodes_and_groups_are_in_the_line_and_a_group_is_told_from_a_name() -> None:
    line = text_of("Käse", "B-17", ("4006381333931",), ("Käse & Co", "4711"))
    assert all(alike(word) in line for word in ("b-17", "381333", "co", "471"))
    assert group_part("käse & co") in line
    assert group_part("4711") in line
    assert group_part("Käse") not in line


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("4,99", (Word("4,99", PriceSpan(499, 499)),)),
        ("4.99", (Word("4.99", PriceSpan(499, 499)),)),
        ("<5", (Word(None, PriceSpan(0, 499)),)),
        (">5,50", (Word(None, PriceSpan(551, 999_999_999)),)),
        ("3-5", (Word("3-5", PriceSpan(300, 500)),)),
        ("17", (Word("17"),)),
        ("0,5", (Word("0,5"),)),
        ("<", (Word("<"),)),
        ("<1,234", (Word("<1,234"),)),
        ("99999999-1", (Word("99999999-1"),)),
        ("a\x1d\x00b", (Word("a"), Word("b"))),
        ("4,99€", (Word("4,99", PriceSpan(499, 499)),)),
        ("€", (Word("€"),)),
        ("a \u0301", (Word("a"),)),
        ("", ()),
    ],
)
def test_what_is_a_price_and_what_is_a_text(typed: str, words: tuple[Word, ...]) -> None:
    assert wanted(typed, "EUR").words == words


def test_a_long_text_is_bounded() -> None:
    assert len(wanted("a " * 1000, "EUR").words) == MAX_WORDS
    assert len(wanted("a" * 1000, "EUR").beginning) == 100


@given(lists_derived, st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999))
def test_the_span_before_a_derived_list_is_exactly_what_it_makes_the_span_from(
    by: PriceList, one: int, other: int, source: int
) -> None:
    span = PriceSpan(min(one, other), max(one, other))
    into = price_in(2, {"2": by}, Prices(Entry(1, "", "", source), 0)).price_minor
    origin = before(span, by)
    assert into is not None
    assert (span.low <= into <= span.high) is (origin.low <= source <= origin.high)


@given(
    st.sampled_from(PRICE_LISTS[:6]), any_lists, entries, st.integers(0, 999), st.integers(0, 999), st.integers(0, 99)
)
def test_every_price_in_force_comes_from_one_of_its_sources(
    price_list: int, lists: dict[str, PriceList], entered: list[Entry], own: int, purchase: int, wide: int
) -> None:
    price = price_in(price_list, lists, Prices(Entry(1, "", "1", own), purchase, tuple(entered))).price_minor
    if price is None:
        return
    sources = sources_of(PriceSpan(max(0, price - wide), price + wide), price_list, lists)
    from_own = any(span.low <= own <= span.high for span in sources.own)
    from_purchase = any(span.low <= purchase <= span.high for span in sources.purchase)
    from_entry = any(
        each.price_list == number and span.low <= each.price_minor <= span.high
        for each in entered
        for number, span in sources.entries
    )
    assert from_own or from_purchase or from_entry
