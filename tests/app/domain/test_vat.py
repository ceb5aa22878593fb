from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import codes, instant, money, vat, vat_data, voucher
from app.domain.reference import ReferenceFault, value_of
from app.domain.vat import SupplyRule, VatRate, format_rate, net_of, supplied_key, tax_table
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


@given(lines, st.sampled_from(["by_sum", "by_line"]))
def test_net_and_tax_are_gross_and_nothing_is_lost(amounts: list[tuple[str, int, int]], rounding: vat.Rounding) -> None:
    table = tax_table(amounts, rounding)
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


@given(lines)
def test_the_two_roundings_differ_by_half_a_cent_a_line_at_most(amounts: list[tuple[str, int, int]]) -> None:
    for one, other in zip(tax_table(amounts), tax_table(amounts, "by_line"), strict=True):
        assert one[:3] == other[:3]
        count = sum((key, rate_bp) == one[:2] for key, rate_bp, _ in amounts)
        assert 2 * abs(one.net_minor - other.net_minor) <= count + 1


def test_a_receipts_discount_is_spread_over_the_rates_in_proportion_to_gross() -> None:
    general, reduced = money.spread(500, [380, 1070])
    assert (general, reduced) == (131, 369)
    table = tax_table([("1", 1900, 380), ("2", 700, 1070), ("1", 1900, -general), ("2", 700, -reduced)])
    assert [row[2:] for row in table] == [(249, 209, 40), (701, 655, 46)]


def test_the_most_specific_rule_of_supply_wins() -> None:
    rules = {
        each.key: each
        for each in (
            SupplyRule("2", "3", "eat_in"),
            SupplyRule("2", "0", customer_group="embassy"),
            SupplyRule("2", "1", "eat_in", "embassy"),
            SupplyRule("3", "1", "eat_in"),
            SupplyRule("4", "3", "eat_in"),
            SupplyRule("4", "0", customer_group="embassy"),
        )
    }
    for each in rules.values():
        each.check()
    wanted = {
        ("2", "", ""): "2",
        ("2", "take_away", ""): "2",
        ("2", "eat_in", ""): "3",
        ("2", "eat_in", "staff"): "3",
        ("2", "take_away", "embassy"): "0",
        ("2", "eat_in", "embassy"): "1",
        ("1", "eat_in", "embassy"): "1",
        ("4", "eat_in", "embassy"): "0",
    }
    assert {asked: supplied_key(rules, *asked) for asked in wanted} == wanted


@pytest.mark.parametrize(
    "change", [{"vat_key": ""}, {"to_key": "a/b"}, {"supply": ""}, {"supply": "drive_in"}, {"customer_group": "x" * 31}]
)
def test_a_rule_of_supply_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    good = {"vat_key": "2", "to_key": "3", "supply": "eat_in"}
    value_of("supply_rule", good)
    with pytest.raises(ReferenceFault):
        value_of("supply_rule", {**good, **change})


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
    in_force = {rate.vat_key: rate.rate_bp for rate in sorted(GERMAN_RATES, key=_begin) if rate.valid_from <= day}
    assert in_force == {"0": 0, "1": general, "2": reduced, "3": restaurant}


def _begin(rate: VatRate) -> str:
    return rate.valid_from


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
