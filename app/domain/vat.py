"""VAT out of gross amounts, and the key that goods have as they are supplied.

Prices in shops are gross: ``net = round_half_up(gross / (1 + rate))``, ``tax = gross - net``, so that net
and tax are gross on every level. What is rounded has a name:

``by_sum``
    per rate, the sum of the receipt's lines at it. That is what receipts say.
``by_line``
    each line for itself; net and tax of a rate are the sums of its lines', as invoices list them.

The worked table:

>>> for gross, rate_bp in ((380, 1900), (1070, 700), (1190, 1900), (990, 490), (1200, 1000), (810, 810)):
...     net = net_of(gross, rate_bp)
...     print(f"{gross:4} {format_rate(rate_bp):>4} % {net:5} {gross - net:4}")
 380   19 %   319   61
1070    7 %  1000   70
1190   19 %  1000  190
 990  4.9 %   944   46
1200   10 %  1091  109
 810  8.1 %   749   61

Three lines of 0.99 at 19 %, and one of them taken back again:

>>> three = [("1", 1900, 99)] * 3
>>> [tax_table(three, rounding)[0][2:] for rounding in ("by_sum", "by_line")]
[(297, 250, 47), (297, 249, 48)]
>>> [tax_table([*three, ("1", 1900, -99)], rounding)[0][2:] for rounding in ("by_sum", "by_line")]
[(198, 166, 32), (198, 166, 32)]

Rates are basis points (1900 is 19 %), so that 8.1 % and 4.9 % are exact. They are dated: an article carries
a VAT key, and the key's rate is that of the day of supply. Old receipts keep theirs.
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

Rounding = Literal["by_sum", "by_line"]


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


def tax_table(amounts: Iterable[tuple[str, int, int]], rounding: Rounding = "by_sum") -> tuple[VatSum, ...]:
    """Sum ``(vat_key, rate_bp, gross_minor)`` per key and rate and take the tax out of each sum, or of each amount.

    Sorted by key, then rate; what is untaxed (empty key) comes last.
    """
    by_rate: dict[tuple[str, int], list[int]] = {}
    for vat_key, rate_bp, gross_minor in amounts:
        by_rate.setdefault((vat_key, rate_bp), []).append(gross_minor)
    table = []
    for vat_key, rate_bp in sorted(by_rate, key=lambda pair: (not pair[0], pair)):
        parts = by_rate[vat_key, rate_bp]
        gross = sum(parts)
        rounded = [gross] if rounding == "by_sum" else parts
        net = sum(net_of(part, rate_bp) for part in rounded)
        table.append(VatSum(vat_key, rate_bp, gross, net, gross - net))
    return tuple(table)


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
