"""PINs as the till keeps them; in all other tests they cost next to nothing."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from app.till import pins, users


@pytest.fixture(scope="module")
def costly() -> ModuleType:
    """The module as the program has it."""
    spec = importlib.util.spec_from_file_location("pins_as_they_are", pins.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_pin_costs_whoever_guesses_as_much_as_the_standard_asks(costly: ModuleType) -> None:
    kept = costly.hashed("1234")
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert costly.fits(kept, "1234")
    assert not costly.fits(kept, "1235")
    assert not costly.fits("no hash", "1234")


def test_each_hash_has_a_salt_of_its_own(costly: ModuleType) -> None:
    assert costly.hashed("1234") != costly.hashed("1234")


def test_who_has_no_pin_costs_as_much(costly: ModuleType) -> None:
    source = importlib.util.spec_from_file_location("users_as_they_are", users.__file__)
    assert source is not None
    assert source.loader is not None
    module = importlib.util.module_from_spec(source)
    source.loader.exec_module(module)
    assert extract_parameters(module.NO_PIN) == RFC_9106_LOW_MEMORY
    assert not costly.fits(module.NO_PIN, "")
