"""The laws of forgetting: one key is gone for ever, all others are as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.persons import PAD_BYTES, Keys, KeysUnreadable, opened, seal

ROOT = Keys.fresh(bytes(range(32)))
NONCE = b"n" * 12
people = st.text(st.characters(codec="utf-8"), max_size=12)
several = st.lists(people, max_size=6, unique=True)


def without(keys: Keys, persons: list[str]) -> Keys:
    for person in persons:
        keys = keys.punctured(person)
    return keys


@given(several, several)
def test_a_puncture_takes_one_key_and_leaves_all_others(forgotten: list[str], others: list[str]) -> None:
    keys = without(ROOT, forgotten)
    for person in (*forgotten, *others):
        assert keys.key_of(person) == (None if person in forgotten else ROOT.key_of(person))


@given(several.flatmap(lambda people: st.tuples(st.just(people), st.permutations(people))))
def test_any_order_of_punctures_and_any_repeat_give_the_same_keys(orders: tuple[list[str], list[str]]) -> None:
    one, other = orders
    assert without(ROOT, one) == without(ROOT, [*other, *one])
    assert without(ROOT, one).stored() == without(ROOT, other).stored()


@given(several)
def test_stored_keys_are_read_back(forgotten: list[str]) -> None:
    keys = without(ROOT, forgotten)
    assert Keys.read(keys.stored()) == keys


@given(st.binary(max_size=60))
def test_junk_is_no_key_tree(junk: bytes) -> None:
    with pytest.raises(KeysUnreadable):
        Keys.read(junk)


def test_what_is_stored_after_a_puncture_does_not_hold_the_seeds_above() -> None:
    assert bytes(range(32)) not in ROOT.punctured("10001").stored()
    assert bytes(range(32)) in ROOT.stored()


def test_two_people_and_two_networks_have_different_keys() -> None:
    keys = {ROOT.key_of("10001"), ROOT.key_of("10002"), Keys.fresh(b"o" * 32).key_of("10001")}
    assert len(keys) == 3
    assert None not in keys


@given(people, people, st.text(st.characters(codec="utf-8"), max_size=400))
def test_a_sealed_text_opens_for_its_person_only(person: str, other: str, text: str) -> None:
    key = ROOT.key_of(person)
    assert key is not None
    sealed = seal(key, person, text, NONCE)
    assert opened(key, person, sealed) == text
    if other != person:
        assert opened(key, other, sealed) is None
        assert opened(ROOT.key_of(other) or b"", other, sealed) is None


@given(st.text(max_size=40))
def test_junk_opens_as_nothing(junk: str) -> None:
    assert opened(b"k" * 32, "10001", junk) is None


def test_the_length_of_a_sealed_text_says_little() -> None:
    assert len(seal(b"k" * 32, "1", "Al", NONCE)) == len(seal(b"k" * 32, "1", "A" * (PAD_BYTES - 1), NONCE))
