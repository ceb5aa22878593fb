"""VAT out of gross amounts, and the rate of a key on a day.

Prices in shops are gross. Tax is taken out per rate, on the sum of the receipt's lines at
that rate, not line by line: ``net = round_half_up(gross / (1 + rate))``, ``tax = gross - net``.

    gross    rate     net     tax
    3.80     19 %     3.19    0.61
    10.70     7 %    10.00    0.70
    11.90    19 %    10.00    1.90
    9.90    4.9 %     9.44    0.46
    12.00    10 %    10.91    1.09
    8.10    8.1 %     7.49    0.61

Rates are basis points (1900 is 19 %), so that 8.1 % and 4.9 % are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from app.domain.money import divide_half_up

ONE_BP = 10_000
MAX_RATE_BP = 10_000
"""100 %; no country is near."""
MAX_KEY_LENGTH = 30


class VatRate(NamedTuple):
    """From this day (ISO 8601) on, the key stands for this rate."""

    vat_key: str
    valid_from: str
    rate_bp: int


class VatSum(NamedTuple):
    """Gross, net and tax of one key and rate; an empty key is what is not taxed at all."""

    vat_key: str
    rate_bp: int
    gross_minor: int
    net_minor: int
    tax_minor: int


def net_of(gross_minor: int, rate_bp: int) -> int:
    """The net amount inside a gross amount.

    >>> [net_of(380, 1900), net_of(1070, 700), net_of(990, 490), net_of(810, 810)]
    [319, 1000, 944, 749]
    """
    return divide_half_up(gross_minor * ONE_BP, ONE_BP + rate_bp)


def tax_table(amounts: Iterable[tuple[str, int, int]]) -> tuple[VatSum, ...]:
    """Sum ``(vat_key, rate_bp, gross_minor)`` per key and rate and take the tax out of each sum.

    Sorted by key, then rate; what is untaxed (empty key) comes last.
    """
    sums: dict[tuple[str, int], int] = {}
    for vat_key, rate_bp, gross_minor in amounts:
        sums[vat_key, rate_bp] = sums.get((vat_key, rate_bp), 0) + gross_minor
    table = []
    for vat_key, rate_bp in sorted(sums, key=lambda pair: (not pair[0], pair)):
        gross = sums[vat_key, rate_bp]
        net = net_of(gross, rate_bp)
        table.append(VatSum(vat_key, rate_bp, gross, net, gross - net))
    return tuple(table)


def rate_on(rates: Iterable[VatRate], vat_key: str, day: str) -> int | None:
    """The key's rate in basis points on the day (ISO 8601); None before its first rate, or for no such key."""
    begun = [rate for rate in rates if rate.vat_key == vat_key and rate.valid_from <= day]
    return max(begun, key=lambda rate: rate.valid_from).rate_bp if begun else None


def format_rate(rate_bp: int) -> str:
    """A rate in per cent as short as it is: 1900 is "19", 490 is "4.9"."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


class SupplyRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Goods of a key that are supplied so, or to this customer group, have ``to_key``; reference data.

    ``supply``: ``eat_in``, ``take_away`` or empty (either way). ``customer_group`` empty: everybody.
    """

    vat_key: str
    to_key: str
    supply: Literal["", "eat_in", "take_away"] = ""
    customer_group: str = ""

    @property
    def key(self) -> str:
        return supply_key(self.vat_key, self.supply, self.customer_group)

    def check(self) -> None:
        """``ValueError`` for a key that is none, or a rule that says nothing."""
        for text in (self.vat_key, self.to_key):
            if not 0 < len(text) <= MAX_KEY_LENGTH or "/" in text:
                raise ValueError(f"a VAT key has 1 to {MAX_KEY_LENGTH} characters and no /")
        if len(self.customer_group) > MAX_KEY_LENGTH or not (self.supply or self.customer_group):
            raise ValueError("a rule names a supply, a customer group or both")


def supply_key(vat_key: str, supply: str, customer_group: str) -> str:
    """Under which key of the reference data the rule is kept."""
    return f"{vat_key}/{supply}/{customer_group}"


def supplied_key(rules: Mapping[str, SupplyRule], vat_key: str, supply: str, customer_group: str) -> str:
    """The VAT key that goods of ``vat_key`` have when supplied so, to a customer of this group.

    The most specific rule wins: one for supply and group, then for the group, then for the supply.
    A rule's result is not looked up again.
    """
    for wanted in ((supply, customer_group), ("", customer_group), (supply, "")):
        rule = rules.get(supply_key(vat_key, *wanted)) if any(wanted) else None
        if rule is not None:
            return rule.to_key
    return vat_key
