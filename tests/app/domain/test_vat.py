from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import codes, instant, money, vat, vat_data, voucher
from app.domain.vat import VatRate, format_rate, net_of, rate_on, tax_table
from app.domain.vat_data import GERMAN_RATES, resolve_key

KEYS = ("0", "1", "2", "3")


@pytest.mark.parametrize(
    ("gross", "rate_bp", "net", "tax"),
    [
        (380, 1900, 319, 61),
        (1070, 700, 1000, 70),
        (1190, 1900, 1000, 190),
        (990, 490, 944, 46),
        (1200, 1000, 1091, 109),
        (810, 810, 749, 61),
    ],
)
def test_the_worked_values(gross: int, rate_bp: int, net: int, tax: int) -> None:
    assert tax_table([("1", rate_bp, gross)]) == (vat.VatSum("1", rate_bp, gross, net, tax),)


@pytest.mark.parametrize("module", [money, vat, vat_data, codes, voucher, instant])
def test_the_examples_in_the_docs_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert not result.failed


lines = st.lists(
    st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from([0, 490, 700, 1900]), st.integers(-(10**6), 10**6)),
    max_size=20,
)


@given(lines)
def test_net_and_tax_are_gross_and_nothing_is_lost(amounts: list[tuple[str, int, int]]) -> None:
    table = tax_table(amounts)
    assert all(row.net_minor + row.tax_minor == row.gross_minor for row in table)
    assert sum(row.gross_minor for row in table) == sum(gross for _, _, gross in amounts)
    assert len({(row.vat_key, row.rate_bp) for row in table}) == len(table)


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(amounts: list[tuple[str, int, int]], rng: object) -> None:
    shuffled = list(amounts)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tax_table(shuffled) == tax_table(amounts)


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_cancelled_line_is_the_mirror_of_its_line(gross: int, rate_bp: int) -> None:
    assert net_of(-gross, rate_bp) == -net_of(gross, rate_bp)
    assert 0 <= net_of(gross, rate_bp) <= gross


def test_untaxed_comes_last() -> None:
    assert [row.vat_key for row in tax_table([("", 0, 1), ("2", 700, 1), ("1", 1900, 1)])] == ["1", "2", ""]


@pytest.mark.parametrize(
    ("day", "general", "reduced", "restaurant"),
    [
        ("2020-06-30", 1900, 700, 1900),
        ("2020-07-01", 1600, 500, 500),
        ("2020-12-31", 1600, 500, 500),
        ("2021-01-01", 1900, 700, 700),
        ("2023-12-31", 1900, 700, 700),
        ("2024-01-01", 1900, 700, 1900),
        ("2025-12-31", 1900, 700, 1900),
        ("2026-01-01", 1900, 700, 700),
    ],
)
def test_german_rates_by_day(day: str, general: int, reduced: int, restaurant: int) -> None:
    assert [rate_on(GERMAN_RATES, key, day) for key in "1230"] == [general, reduced, restaurant, 0]


def test_there_is_no_rate_before_the_first_or_for_an_unknown_key() -> None:
    assert rate_on([VatRate("1", "2020-01-01", 1900)], "1", "2019-12-31") is None
    assert rate_on(GERMAN_RATES, "9", "2026-01-01") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *((key, key) for key in KEYS),
        ("19", "1"), ("19%", "1"), ("19.00", "1"), ("19,0", "1"), ("A", "1"), ("standard", "1"), ("Normal", "1"),
        ("general", "1"), ("7", "2"), ("7 %", "2"), ("B", "2"), ("reduced", "2"), ("ermäßigt", "2"),
        ("restaurant", "3"), ("frei", "0"), ("0%", "0"), ("0.00", "0"),
        ("16", None), ("19.5", None), ("x", None), ("", None), ("5", None),
    ],
)  # fmt: skip
def test_keys_by_their_other_names(text: str, key: str | None) -> None:
    assert resolve_key(text, KEYS) == key


def test_an_alias_of_a_key_that_the_network_lacks_is_unknown() -> None:
    assert resolve_key("restaurant", ("1", "2")) is None
    assert resolve_key("19", ("19", "7")) == "19"


def test_rates_as_text() -> None:
    assert [format_rate(rate) for rate in (1900, 490, 810, 0, 1000)] == ["19", "4.9", "8.1", "0", "10"]
