"""Whatever a text from outside holds: on the page each character takes one column, from left to right."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from receipts.characters import harmless


@given(st.text(max_size=60))
@example("👨\u200d👩\u200d👧 שלום ﷺ क्षि \u202eabc\x1b@ ｶﾅ ㎏ \ud800")
def test_no_character_takes_more_or_less_than_one_column_or_turns_the_line_around(text: str) -> None:
    for char in harmless(text):
        assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp"), hex(ord(char))
        assert unicodedata.east_asian_width(char) not in ("W", "F"), hex(ord(char))
        assert unicodedata.bidirectional(char) not in ("R", "AL", "AN"), hex(ord(char))


@given(st.text(max_size=60))
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@given(st.text(st.sampled_from("abc ÄÖÜäöüßéñŁžΩДя€£½²°×–…„“«»™"), max_size=60))
def test_the_letters_of_europe_are_kept(text: str) -> None:
    assert harmless(text) == text.replace("™", "TM")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mo\u0308hre", "Möhre"),
        ("Napf\x1b@\x10\x04\x01\n", "Napf @    "),
        ("Kinder\u00adwagen", "Kinderwagen"),
        ("Futter 🐱 groß", "Futter groß"),
        ("🐱Futter", "Futter"),
        ("🇩🇪 Fahne", "Fahne"),
        ("🐱🐶", "?"),
        ("a\u0338\u20dd", "a"),
        ("Ｆｉｓｃｈ １２ №7", "Fisch 12 No7"),
        ("שלום", "????"),
        ("١٢٣", "123"),
        ("漢字", "??"),
        ("    eingerückt", "    eingerückt"),
    ],
)
def test_what_becomes_of_each_sort(text: str, shown: str) -> None:
    assert harmless(text) == shown
