"""Rules that need several pieces: which pieces make up an ``n_for_m`` or a ``bundle``, and what that saves.

A plan is reckoned on the pieces that are free, against what these would save by themselves, so carrying it out is never
dearer than leaving it. Pieces are counted per pile and equal sets of pieces taken at once: the cost of a plan
grows with the number of piles, not of pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.domain.money import spread
from app.domain.pricing.in_force import SCALE, touches
from app.domain.pricing.pile import Pile
from app.domain.pricing.promotion import BundlePart, Promotion


class Plan(NamedTuple):
    """How often a rule can be used on free pieces. ``gain`` is scaled and beyond what the pieces save alone."""

    gain: int
    taken: dict[int, int]
    """Pieces by place of the pile in the sequence that was asked about."""
    given: dict[int, int]
    """Minor units taken off, by place."""


def plan(promotion: Promotion, piles: Sequence[Pile], free: list[int], alone: Sequence[int]) -> Plan:
    """The rule used as often as it gains something.

    ``free`` are the pieces of each pile that it may take (used up by the call), ``alone`` what one of them would save
    without the rule, scaled.
    """
    if promotion.rule == "n_for_m":
        return _n_for_m(promotion, piles, free, alone)
    return _bundle(promotion, piles, free, alone)


def _n_for_m(promotion: Promotion, piles: Sequence[Pile], free: list[int], alone: Sequence[int]) -> Plan:
    """From the dearest piece down, ``n`` at a time, the cheapest of each set for nothing: the best grouping."""
    prices = [pile.price_minor for pile in piles]
    # Piles come sorted by content, and sorting is stable.
    order = sorted(range(len(piles)), key=lambda place: -prices[place])
    gain = 0
    taken: dict[int, int] = {}
    given: dict[int, int] = {}
    left, start = sum(free), 0
    while left >= promotion.n and start < len(order):
        chosen = _next_pieces(order, free, promotion.n, start)
        if chosen is None:
            break
        gifts = _cheapest(chosen, promotion.n - promotion.m)
        net = SCALE * sum(prices[place] * pieces for place, pieces in gifts)
        net -= sum(alone[place] * pieces for place, pieces in chosen)
        if net <= 0:
            start += 1
            continue
        times = min(free[place] // pieces for place, pieces in chosen)
        for place, pieces in chosen:
            free[place] -= pieces * times
            taken[place] = taken.get(place, 0) + pieces * times
        for place, pieces in gifts:
            given[place] = given.get(place, 0) + prices[place] * pieces * times
        left -= promotion.n * times
        gain += net * times
        while start < len(order) and not free[order[start]]:
            start += 1
    return Plan(gain, taken, given)


def _bundle(promotion: Promotion, piles: Sequence[Pile], free: list[int], alone: Sequence[int]) -> Plan:
    """The pieces that gain most for each part, as often as every part can be filled."""
    worth = [pile.price_minor for pile in piles]
    order = sorted(range(len(piles)), key=lambda place: alone[place] - worth[place] * SCALE)
    parts = [
        ([place for place in order if touches(part, piles[place].key.ident_no, piles[place].key.article_groups)], part)
        for part in promotion.parts
    ]
    # A part that has less to choose from chooses first, so that it does not go without.
    parts.sort(key=lambda choice: len(choice[0]))
    gain = saved = 0
    taken: dict[int, int] = {}
    while (chosen := _filled(parts, free)) is not None:
        once = sum(worth[place] * pieces for place, pieces in chosen.items()) - promotion.amount_minor
        net = once * SCALE - sum(alone[place] * pieces for place, pieces in chosen.items())
        if net <= 0:
            break
        times = min(free[place] // pieces for place, pieces in chosen.items())
        for place, pieces in chosen.items():
            free[place] -= pieces * times
            taken[place] = taken.get(place, 0) + pieces * times
        saved += once * times
        gain += net * times
    places = sorted(taken)
    shares = spread(saved, [worth[place] * taken[place] for place in places])
    return Plan(gain, taken, dict(zip(places, shares, strict=True)))


def _filled(parts: Sequence[tuple[list[int], BundlePart]], free: list[int]) -> dict[int, int] | None:
    """Free pieces for every part, by place; None if a part goes without. ``free`` is as before."""
    chosen: dict[int, int] = {}
    complete = True
    for places, part in parts:
        filled = _next_pieces(places, free, part.pieces)
        if filled is None:
            complete = False
            break
        for place, pieces in filled:
            free[place] -= pieces
            chosen[place] = chosen.get(place, 0) + pieces
    for place, pieces in chosen.items():
        free[place] += pieces
    return chosen if complete else None


def _next_pieces(
    places: Sequence[int], free: Sequence[int], wanted: int, start: int = 0
) -> list[tuple[int, int]] | None:
    """The first so many free pieces from ``start`` on, as (place, pieces); None if there are not enough."""
    chosen = []
    for at in range(start, len(places)):
        pieces = free[places[at]]
        if pieces:
            if pieces >= wanted:
                chosen.append((places[at], wanted))
                return chosen
            chosen.append((places[at], pieces))
            wanted -= pieces
    return None


def _cheapest(chosen: Sequence[tuple[int, int]], wanted: int) -> list[tuple[int, int]]:
    """The last so many pieces of those chosen from the dearest down."""
    cheapest = []
    for place, pieces in reversed(chosen):
        part = min(pieces, wanted)
        if part:
            cheapest.append((place, part))
            wanted -= part
    return cheapest
