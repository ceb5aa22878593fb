"""Equal lines in one pile: what the rules see instead of lines.

Lines that are equal in everything a rule can ask about (article, price, VAT, groups, what was typed) lie in one
pile, however they were scanned. Rules give to piles, and a pile's discounts are spread over its lines at the end,
so neither the order of scanning nor three lines of one piece instead of one of three can make a difference. Piles are
sorted by what is in them; the number of a line decides only between lines that are equal otherwise.

A *piece* is one of whole-number quantities; a line of 0.350 kg is a *lump*, which counts as no piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from app.domain.business_case import SALE
from app.domain.money import spread
from app.domain.quantity import MILLI, gross_of
from app.domain.sale import Discount, SaleLine


class PileKey(NamedTuple):
    """What is equal in all lines of a pile, and the order of piles."""

    ident_no: str
    price_minor: int
    vat_key: str
    vat_rate_bp: int
    name: str
    article_groups: tuple[str, ...]
    price_origin: str
    lump: bool
    manual: tuple[int, int, str, str]
    """Percentage, amount, name and reason of what was typed for the line."""
    line: int
    """An amount was typed for this one line, which therefore has a pile of its own; else 0."""


class Given(NamedTuple):
    """Which rule gave something; fields as in ``Discount``."""

    rule: str
    rule_id: str
    name: str


class Pile:
    """Equal lines; ``left_minor`` is what they cost after what has been given so far."""

    __slots__ = (
        "count", "free", "given", "given_away", "gross_minor", "key", "left_minor", "lines", "price_minor",
        "quantity_milli",
    )  # fmt: skip

    def __init__(self, key: PileKey) -> None:
        self.key = key
        self.lines: list[SaleLine] = []
        self.quantity_milli = 0
        self.price_minor = key.price_minor
        """Of a piece, or of the whole lump."""
        self.gross_minor = 0
        self.left_minor = 0
        self.count = 0
        """Pieces; one lump counts as 1."""
        self.free = 0
        """Pieces that no competing promotion has taken."""
        self.given_away = 0
        """Pieces that coupons gave away."""
        self.given: dict[Given, int] = {}

    @property
    def pieces(self) -> int:
        """Whole pieces; a lump has none."""
        return 0 if self.key.lump else self.count

    @property
    def piece_milli(self) -> int:
        """Quantity of a piece, or of the whole lump."""
        return self.quantity_milli if self.key.lump else MILLI

    def add(self, line: SaleLine) -> None:
        """Put a line on the pile."""
        gross = gross_of(line.unit_price_minor, line.quantity_milli)
        self.lines.append(line)
        self.quantity_milli += line.quantity_milli
        self.gross_minor += gross
        self.left_minor += gross
        if self.key.lump:
            self.price_minor = self.gross_minor
        self.count = self.free = 1 if self.key.lump else self.count + line.quantity_milli // MILLI

    def give(self, given: Given, amount_minor: int) -> int:
        """Take so much off, but never more than is left; what was taken."""
        amount = min(amount_minor, self.left_minor)
        if amount <= 0:
            return 0
        self.left_minor -= amount
        self.given[given] = self.given.get(given, 0) + amount
        return amount

    def discounts(self) -> Iterable[tuple[SaleLine, list[Discount]]]:
        """Every line with its share of what was given; no line gets below zero."""
        if len(self.lines) == 1:
            yield self.lines[0], [_discount(given, amount) for given, amount in self.given.items()]
            return
        lines = sorted(self.lines, key=lambda line: (-line.quantity_milli, line.line))
        left = [gross_of(line.unit_price_minor, line.quantity_milli) for line in lines]
        shares: list[list[Discount]] = [[] for _ in lines]
        for given, amount in self.given.items():
            for place, part in enumerate(spread(amount, left)):
                if part:
                    left[place] -= part
                    shares[place].append(_discount(given, part))
        yield from zip(lines, shares, strict=True)


def priced(line: SaleLine) -> bool:
    """Whether rules may change what the line costs."""
    return line.business_case == SALE and line.discountable and not line.fixed


def piles_of(lines: Iterable[SaleLine]) -> list[Pile]:
    """The lines that rules may change, in piles, sorted by their contents."""
    piles: dict[PileKey, Pile] = {}
    for line in lines:
        if not priced(line):
            continue
        manual = line.manual
        key = PileKey(
            line.ident_no,
            line.unit_price_minor,
            line.vat_key,
            line.vat_rate_bp,
            line.name,
            line.article_groups,
            line.price_origin,
            line.quantity_milli % MILLI != 0,
            (manual.percent_bp, manual.amount_minor, manual.name, manual.reason) if manual else (0, 0, "", ""),
            line.line if manual and manual.amount_minor else 0,
        )
        pile = piles.get(key)
        if pile is None:
            pile = piles[key] = Pile(key)
        pile.add(line)
    return sorted(piles.values(), key=lambda pile: pile.key)


def spread_over(piles: Sequence[Pile], given: Given, amount_minor: int) -> int:
    """Take an amount off the piles together: first over their VAT rates, then over the piles of each rate.

    In proportion to what is left, by largest remainder; never more than is left. What was taken.
    """
    by_rate: dict[tuple[str, int], list[Pile]] = {}
    for pile in piles:
        by_rate.setdefault((pile.key.vat_key, pile.key.vat_rate_bp), []).append(pile)
    rates = [by_rate[rate] for rate in sorted(by_rate)]
    left = [sum(pile.left_minor for pile in rate) for rate in rates]
    amount = min(amount_minor, sum(left))
    if amount <= 0:
        return 0
    for rate, share in zip(rates, spread(amount, left), strict=True):
        if share:
            for pile, part in zip(rate, spread(share, [pile.left_minor for pile in rate]), strict=True):
                pile.give(given, part)
    return amount


def with_discounts(line: SaleLine, discounts: Sequence[Discount]) -> SaleLine:
    """The line with these discounts; the same object if they are what it has already."""
    gross = gross_of(line.unit_price_minor, line.quantity_milli) - sum(given.amount_minor for given in discounts)
    if line.gross_minor == gross and line.discounts == tuple(discounts):
        return line
    return msgspec.structs.replace(line, discounts=tuple(discounts), gross_minor=gross)


def _discount(given: Given, amount_minor: int) -> Discount:
    return Discount(rule=given.rule, name=given.name, amount_minor=amount_minor, rule_id=given.rule_id)
