from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from app.domain.voucher import ALPHABET, CodeMistyped, code_from, is_expired, parse_code, shown, state_of

randomness = st.binary(min_size=32, max_size=32)


@given(randomness)
def test_a_code_carries_its_check_character_and_reads_back(random: bytes) -> None:
    code = code_from(random)
    assert len(code) == 13
    assert set(code) <= set(ALPHABET)
    assert mod_37_36.is_valid(code)
    assert parse_code(code) == code
    assert parse_code(shown(code).lower()) == code
    assert parse_code(f" {shown(code).replace('-', ' ')} ") == code


@given(randomness, st.integers(0, 12), st.integers(1, 31))
def test_one_mistyped_character_is_always_found(random: bytes, place: int, shift: int) -> None:
    code = code_from(random)
    other = ALPHABET[(ALPHABET.index(code[place]) + shift) % 32]
    with pytest.raises(CodeMistyped):
        parse_code(code[:place] + other + code[place + 1 :])


@given(randomness)
def test_letters_that_look_like_digits_are_read_as_digits(random: bytes) -> None:
    code = code_from(random)
    assert parse_code(code.replace("0", "O").replace("1", "l")) == code
    assert parse_code(code.replace("1", "I")) == code


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_a_slip(text: str) -> None:
    try:
        assert len(parse_code(text)) == 13
    except CodeMistyped:
        pass


def test_codes_from_elsewhere_may_end_in_any_check_character() -> None:
    body = next(f"{n:012d}" for n in range(1000) if mod_37_36.calc_check_digit(f"{n:012d}") in "ILOU")
    assert parse_code(body + mod_37_36.calc_check_digit(body))[:12] == body


def test_when_all_of_the_randomness_gives_unlucky_check_characters_there_still_is_a_code() -> None:
    unlucky = next(n for n in range(10_000) if mod_37_36.calc_check_digit(_body(n)) in "ILOU")
    code = code_from(b"".join(unlucky.to_bytes(8, "big") for _ in range(4)))
    assert parse_code(code) == code


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        code_from(b"x" * 31)


def test_codes_are_shown_in_groups_of_four() -> None:
    assert shown("7K3M9QXA0PWTB") == "7K3M-9QXA-0PWT-B"


def test_states() -> None:
    assert state_of(5000, 5000, "", "2026-11-21") == "open"
    assert state_of(5000, 0, "", "2026-11-21") == "used_up"
    assert state_of(5000, -1, "2020-01-01", "2026-11-21") == "overdrawn"
    assert state_of(5000, 10, "2026-11-20", "2026-11-21") == "expired"
    assert state_of(5000, 10, "2026-11-21", "2026-11-21") == "open"
    assert state_of(5000, 10, "2020-01-01", None) == "open"
    assert not is_expired("", "2026-11-21")


def _body(number: int) -> str:
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(12)))
