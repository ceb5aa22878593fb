"""The text of a receipt and its seal: what survives being copied, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import receipt_seal
from app.domain.receipt_seal import Sealed, canonical, read, written
from app.domain.statement import Unreadable

TEXT = "Zoohandlung Bärenstark GmbH\nBeleg 1-000043 21.11.2026 10:32\nSUMME 28,65 EUR"
SIGNATURE = bytes(range(64))
SEAL = bytes(200)


@pytest.mark.parametrize("seal", [SIGNATURE, SEAL])
def test_text_and_seal_are_read_as_they_were_written(seal: bytes) -> None:
    assert read(written(TEXT, seal)) == Sealed(TEXT, seal)
    assert read(written(TEXT, seal)).introduced == (seal is SEAL)


def test_a_mail_that_breaks_lines_and_doubles_spaces_changes_nothing() -> None:
    whole = written(TEXT, SEAL)
    text, seal = whole[: len(TEXT)], whole[len(TEXT) + 1 :]
    broken = "\r\n> ".join(seal[start : start + 60] for start in range(0, len(seal), 60)).replace("> ", "  ")
    mailed = (
        "\r\n" + text.replace(" ", "  ").replace("\n", " \r\n\r\n").replace("ä", "a\u0308") + "\r\n" + broken.lower()
    )
    assert read(mailed) == Sealed(TEXT, SEAL)


@given(st.text(max_size=200))
def test_canonical_text_is_its_own_canonical_form(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@given(st.text(max_size=300) | st.text("TMR102AV\n", max_size=60).map(lambda text: TEXT + "\n" + text))
def test_whatever_is_read_is_a_receipt_or_unreadable(text: str) -> None:
    try:
        found = read(text)
    except Unreadable:
        return
    assert written(found.text, found.seal)


@pytest.mark.parametrize("place", [0, 3, 40, 105])
def test_a_character_of_the_seal_that_was_mistyped_is_damage(place: int) -> None:
    text, _, seal = written(TEXT, SIGNATURE).rpartition("\n")
    at = len(receipt_seal.PREFIX) + place
    other = "0" if seal[at] != "0" else "1"
    with pytest.raises(Unreadable, match="damaged"):
        read(f"{text}\n{seal[:at]}{other}{seal[at + 1 :]}")


@pytest.mark.parametrize(
    "whole", ["", "TMR1", TEXT, receipt_seal.seal_line(SEAL), f"{TEXT}\nTMR1{'0' * 20}", "A" * 20_001]
)
def test_what_has_no_text_or_no_seal_is_damaged(whole: str) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read(whole)


def test_a_newer_versions_seal_says_so() -> None:
    with pytest.raises(Unreadable, match="newer"):
        read(f"{TEXT}\nTMR2{'0' * 120}")


@pytest.mark.parametrize("text", ["", "two  spaces", "SUMME 5,00\ntmr1 is what my article is called", "A" * 20_000])
def test_what_could_not_be_read_back_is_not_sealed(text: str) -> None:
    with pytest.raises(ValueError, match=r"canonical|seal|characters"):
        written(text, SIGNATURE)
