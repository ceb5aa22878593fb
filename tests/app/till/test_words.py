"""Lines that are no goods are called in the shop's language, wherever they are shown."""

from __future__ import annotations

from app.domain import business_case
from app.till.counter import WORDS
from app.wiring_session import words_of
from receipts import ENGLISH, GERMAN


def test_a_till_that_nobody_told_words_speaks_as_german_paper_does() -> None:
    german = words_of(GERMAN)
    assert {name: german[name] for name in WORDS} == dict(WORDS)


def test_both_languages_have_a_word_for_every_business_case_and_none_is_the_others() -> None:
    german, english = words_of(GERMAN), words_of(ENGLISH)
    cases = {each for name, each in vars(business_case).items() if name.isupper() and isinstance(each, str)}
    assert cases <= set(german)
    assert german.keys() == english.keys()
    assert not [name for name in german if german[name] == english[name]]
