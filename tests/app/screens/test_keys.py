from __future__ import annotations

import itertools

import pytest

from app.screens.functions import FOOTER, REGISTRY, Function, Mode
from app.screens.keys import Keymap, KeymapError, key_name, written_keys


def test_every_function_has_one_row_with_key_or_number_help_and_mode() -> None:
    assert [row.function for row in REGISTRY] == list(dict.fromkeys(row.function for row in REGISTRY))
    assert {row.function for row in REGISTRY} == set(Function)
    for row in REGISTRY:
        assert row.keys or row.number is not None
        assert row.help
        assert row.label
        assert len(row.label) <= 8
        assert row.modes


def test_no_key_has_two_functions_in_one_mode() -> None:
    for one, other in itertools.combinations(REGISTRY, 2):
        if one.modes & other.modes:
            assert not set(one.keys) & set(other.keys)


def test_numbers_are_unique_and_fit_two_digits() -> None:
    numbers = [(mode, row.number) for row in REGISTRY if row.number is not None for mode in row.modes]
    assert len(numbers) == len(set(numbers))
    assert all(0 < number < 100 for _mode, number in numbers)


def test_the_f_keys_carry_their_own_numbers() -> None:
    for row in REGISTRY:
        for key in row.keys:
            if key.startswith("f") and key[1:].isdigit():
                assert row.number == int(key[1:])


def test_nothing_is_only_on_a_key_that_terminals_swallow() -> None:
    for row in REGISTRY:
        only_unsure = all(key in {"f1", "f10", "f11", "f12", "escape"} or key.startswith("ctrl+") for key in row.keys)
        assert not only_unsure or row.number is not None


def test_the_footer_shows_functions_of_the_registry() -> None:
    keymap = Keymap()
    assert [keymap.shown(function) for function in FOOTER][:3] == ["F1", "F2", "F3"]


def test_a_key_is_named_by_the_character_it_types() -> None:
    assert key_name("plus", "+") == "+"
    assert key_name("f3", None) == "f3"
    assert key_name("enter", "\r") == "enter"
    assert key_name("multiply", None) == "*"


def test_a_function_can_be_rebound() -> None:
    keymap = Keymap({"cash": ["F11", "plus"], "return": [], "subtotal": ["="]})
    assert keymap.find(Mode.SALE, "f11", None) is Function.CASH
    assert keymap.find(Mode.TENDER, "plus", "+") is Function.CASH
    assert keymap.find(Mode.SALE, "f8", None) is None
    assert keymap.find(Mode.SALE, "equals_sign", "=") is Function.SUBTOTAL
    assert keymap.shown(Function.RETURN) == "/11"
    assert "F11" in written_keys(keymap.row(Function.CASH))


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"cash": ["f3"]}, ["f3", "void", "cash"]),
        ({"nonsense": ["f3"]}, ["nonsense"]),
        ({"cash": ["5"]}, ["5"]),
        ({"cash": "f8"}, ["cash"]),
        ({"cash": [8]}, ["cash"]),
        ({"cash": ["f8"] * 9}, ["cash"]),
        ({"enter": ["ctrl+s"]}, ["enter"]),
        ({"enter": ["alt+e"]}, ["enter"]),
        ({"multiply": []}, ["multiply"]),
    ],
)
def test_keys_that_cannot_work_are_refused_with_their_names(overrides: dict[str, object], named: list[str]) -> None:
    with pytest.raises(KeymapError) as refusal:
        Keymap(overrides)
    for name in named:
        assert name in str(refusal.value)
