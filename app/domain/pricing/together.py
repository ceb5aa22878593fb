"""Rules that need several pieces: which pieces make up an ``n_for_m`` or a ``bundle``, and what that saves.

A plan is reckoned on the pieces that are free, against what these would save by themselves, so carrying it out is never
dearer than leaving it. Pieces are counted per pile and equal sets of pieces taken at once: the cost of a plan
grows with the number of piles, not of pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.domain.money import spread
from app.domain.pricing.in_force import SCALE, touches
from app.domain.pricing.pile import Pile
from app.domain.pricing.promotion import Promotion

Alone = Callable[[Pile], int]
"""What a piece of the pile would save without the rule, scaled."""


class Plan(NamedTuple):
    """How often a rule can be used on free pieces. ``gain`` is scaled and beyond what the pieces save alone."""

    gain: int
    taken: dict[int, int]
    """Pieces by place of the pile in the sequence that was asked about."""
    given: dict[int, int]
    """Minor units taken off, by place."""


def plan(promotion: Promotion, piles: Sequence[Pile], free: Sequence[int], alone: Alone) -> Plan:
    """The rule used as often as it gains something; ``free`` are the pieces of each pile that it may take."""
    if promotion.rule == "n_for_m":
        return _n_for_m(promotion, piles, list(free), alone)
    return _bundle(promotion, piles, list(free), alone)


def _n_for_m(promotion: Promotion, piles: Sequence[Pile], free: list[int], alone: Alone) -> Plan:
    """From the dearest piece down, ``n`` at a time, the cheapest of each set for nothing: the best grouping."""
    order = sorted(range(len(piles)), key=lambda place: (-piles[place].price_minor, piles[place].key))
    gain = 0
    taken: dict[int, int] = {}
    given: dict[int, int] = {}
    start = 0
    while start < len(order):
        chosen = _next_pieces(order[start:], free, promotion.n)
        if chosen is None:
            break
        gifts = _cheapest(chosen, promotion.n - promotion.m)
        saved = sum(piles[place].price_minor * pieces for place, pieces in gifts)
        net = saved * SCALE - sum(alone(piles[place]) * pieces for place, pieces in chosen)
        if net <= 0:
            start += 1
            continue
        times = min(free[place] // pieces for place, pieces in chosen)
        for place, pieces in chosen:
            free[place] -= pieces * times
            taken[place] = taken.get(place, 0) + pieces * times
        for place, pieces in gifts:
            given[place] = given.get(place, 0) + piles[place].price_minor * pieces * times
        gain += net * times
    return Plan(gain, taken, given)


def _bundle(promotion: Promotion, piles: Sequence[Pile], free: list[int], alone: Alone) -> Plan:
    """The pieces that gain most for each part, as often as every part can be filled."""
    order = sorted(
        range(len(piles)),
        key=lambda place: (alone(piles[place]) - piles[place].price_minor * SCALE, piles[place].key),
    )
    parts = [
        ([place for place in order if touches(part, piles[place].key.ident_no, piles[place].key.article_groups)], part)
        for part in promotion.parts
    ]
    # A part that has less to choose from chooses first, so that it does not go without.
    parts.sort(key=lambda choice: len(choice[0]))
    gain = 0
    taken: dict[int, int] = {}
    given: dict[int, int] = {}
    while True:
        chosen: dict[int, int] = {}
        for places, part in parts:
            rest = [free[place] - chosen.get(place, 0) for place in range(len(piles))]
            filled = _next_pieces(places, rest, part.pieces)
            if filled is None:
                return Plan(gain, taken, given)
            for place, pieces in filled:
                chosen[place] = chosen.get(place, 0) + pieces
        worth = {place: piles[place].price_minor * pieces for place, pieces in chosen.items()}
        saved = sum(worth.values()) - promotion.amount_minor
        net = saved * SCALE - sum(alone(piles[place]) * pieces for place, pieces in chosen.items())
        if net <= 0:
            return Plan(gain, taken, given)
        times = min(free[place] // pieces for place, pieces in chosen.items())
        places_chosen = sorted(chosen, key=lambda place: piles[place].key)
        shares = spread(saved * times, [worth[place] for place in places_chosen])
        for place, share in zip(places_chosen, shares, strict=True):
            free[place] -= chosen[place] * times
            taken[place] = taken.get(place, 0) + chosen[place] * times
            given[place] = given.get(place, 0) + share
        gain += net * times


def _next_pieces(places: Sequence[int], free: Sequence[int], wanted: int) -> list[tuple[int, int]] | None:
    """The first so many free pieces as (place, pieces); None if there are not enough."""
    chosen = []
    for place in places:
        pieces = min(free[place], wanted)
        if pieces:
            chosen.append((place, pieces))
            wanted -= pieces
            if not wanted:
                return chosen
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
