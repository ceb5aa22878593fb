"""Numbers, days and words in both languages."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone

import msgspec
import pytest

from receipts.wording import ENGLISH, GERMAN, wording

PLACES = re.compile(r"{\w*}")


@pytest.mark.parametrize(
    ("minor", "currency", "german", "english"),
    [
        (0, "EUR", "0,00", "0.00"),
        (5, "EUR", "0,05", "0.05"),
        (-1234, "EUR", "-12,34", "-12.34"),
        (100_000_000, "EUR", "1000000,00", "1000000.00"),
        (1234, "JPY", "1234", "1234"),
        (-1234, "KWD", "-1,234", "-1.234"),
    ],
)
def test_amounts_have_as_many_decimals_as_their_currency(minor: int, currency: str, german: str, english: str) -> None:
    assert (GERMAN.amount(minor, currency), ENGLISH.amount(minor, currency)) == (german, english)


def test_money_has_the_currencys_sign_or_else_its_code() -> None:
    assert GERMAN.money(1234, "EUR") == "12,34 €"
    assert GERMAN.money(1234, "CHF") == "12,34 CHF"


@pytest.mark.parametrize(("milli", "shown"), [(1000, "1"), (-2000, "-2"), (1250, "1,250"), (5, "0,005")])
def test_quantities_have_three_decimals_or_none(milli: int, shown: str) -> None:
    assert GERMAN.quantity(milli) == shown


@pytest.mark.parametrize(
    ("basis_points", "shown"), [(1900, "19 %"), (490, "4,9 %"), (810, "8,1 %"), (0, "0 %"), (1, "0,01 %")]
)
def test_rates_have_as_few_decimals_as_they_need(basis_points: int, shown: str) -> None:
    assert GERMAN.rate(basis_points) == shown


def test_times_are_the_shops_even_across_midnight() -> None:
    instant = "2026-11-21T23:30:00.000Z"
    assert GERMAN.date_and_time(instant, timezone(timedelta(hours=1))) == ("22.11.2026", "00:30:00")
    assert ENGLISH.date_and_time(instant, UTC) == ("2026-11-21", "23:30:00")


def test_languages_are_found_by_their_tag_and_german_stands_in() -> None:
    assert wording("en") is wording("en_GB") is wording("en-US") is ENGLISH
    assert wording("de") is wording("fr") is GERMAN


def test_no_word_is_missing_in_either_language() -> None:
    for words in (GERMAN, ENGLISH):
        for name, value in msgspec.structs.asdict(words).items():
            assert value, name
    for name in ("tenders", "voucher_kinds", "voucher_notes"):
        assert getattr(GERMAN, name).keys() == getattr(ENGLISH, name).keys()


def test_what_is_said_in_one_language_is_said_in_the_other() -> None:
    """Every word of every document, the tables' keys and the places to be filled in too."""
    german, english = (said(msgspec.structs.asdict(words)) for words in (GERMAN, ENGLISH))
    assert german.keys() == english.keys()
    for name in german:
        assert german[name].strip(), name
        assert english[name].strip(), name
        assert set(PLACES.findall(german[name])) == set(PLACES.findall(english[name])), name


def said(words: object, name: str = "") -> dict[str, str]:
    """Every text by the way to it."""
    match words:
        case str():
            return {name: words}
        case dict():
            found = [said(each, f"{name}.{key}") for key, each in words.items()]
        case tuple():
            found = [said(each, f"{name}.{place}") for place, each in enumerate(words) if each]
        case _:
            found = [said(msgspec.structs.asdict(words), name)] if isinstance(words, msgspec.Struct) else []
    return {way: text for each in found for way, text in each.items()}
