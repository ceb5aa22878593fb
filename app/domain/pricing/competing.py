"""Promotions that compete (``combine="best"``): a piece gets at most one of them, the customer the best.

1. ``from_quantity`` counts all pieces (or the weight) of its goods on the sale; if they are enough, it is a rule for
   single pieces like ``percent``, ``amount`` and ``price``.
2. Every piece has its best single rule: that alone is the optimum as long as no rule needs several pieces.
3. Each ``n_for_m`` and ``bundle`` plans how often it could be used on the free pieces, and what that gains beyond what
   the pieces save alone (``together.py``). The plan that gains most is carried out, its pieces are free no longer,
   and the others plan anew, until none gains anything.
4. What is free then gets its best single rule.

So it is never dearer with a promotion than without it (but for a cent's rounding), and exact where all rules are for
single pieces; between several rules of step 3 it is the greedy choice, not always the optimum, at a bounded cost
(rules² × piles). Equal gains go to the lower promotion id, equal pieces to the lower content: never to a line's number.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.money import divide_half_up
from app.domain.pricing.in_force import SCALE, InForce, Single, saving_of
from app.domain.pricing.pile import Given, Pile
from app.domain.pricing.promotion import Promotion
from app.domain.pricing.together import Plan, plan
from app.domain.quantity import MILLI

PROMOTION = "promotion"


def give_best(in_force: InForce, piles: Sequence[Pile]) -> None:
    """Give every pile what competing promotions take off it."""
    singles = {id(pile): _single(in_force, pile) for pile in piles}
    several: dict[str, tuple[Promotion, list[Pile]]] = {}
    for pile in piles:
        for promotion in in_force.touching(pile.key.ident_no, pile.key.article_groups).together:
            if promotion.rule == "from_quantity" or pile.pieces:
                several.setdefault(promotion.promotion_id, (promotion, []))[1].append(pile)
    for name in sorted(several):
        promotion, touched = several[name]
        if promotion.rule == "from_quantity":
            if enough(promotion, touched):
                _improve(promotion, touched, singles)
            del several[name]
    _give_together(several, singles)
    for pile in piles:
        best = singles[id(pile)]
        if best.promotion is not None:
            pile.give(given_by(best.promotion), divide_half_up(best.saving * pile.free, SCALE))


def enough(promotion: Promotion, piles: Sequence[Pile]) -> bool:
    """Whether the piles have as many pieces (or kilograms, …) as the promotion asks for."""
    return sum(pile.quantity_milli for pile in piles) >= promotion.n * MILLI


def given_by(promotion: Promotion) -> Given:
    """How discounts name the promotion."""
    return Given(PROMOTION, promotion.promotion_id, promotion.name)


def _single(in_force: InForce, pile: Pile) -> Single:
    key = pile.key
    return in_force.single(key.ident_no, key.article_groups, pile.price_minor, pile.piece_milli)


def _improve(promotion: Promotion, piles: Sequence[Pile], singles: dict[int, Single]) -> None:
    for pile in piles:
        saving = saving_of(promotion, pile.price_minor, pile.piece_milli)
        if saving > singles[id(pile)].saving:
            singles[id(pile)] = Single(promotion, saving)


def _give_together(several: dict[str, tuple[Promotion, list[Pile]]], singles: dict[int, Single]) -> None:
    """Step 3: the plan that gains most first."""

    def alone(pile: Pile) -> int:
        return singles[id(pile)].saving

    def planned(name: str) -> Plan:
        promotion, touched = several[name]
        return plan(promotion, touched, [pile.free for pile in touched], alone)

    plans = {name: planned(name) for name in several}
    while plans:
        best = min(plans, key=lambda name: (-plans[name].gain, name))
        chosen = plans.pop(best)
        if chosen.gain <= 0:
            return
        promotion, touched = several[best]
        used = set()
        for place, pieces in chosen.taken.items():
            touched[place].free -= pieces
            used.add(id(touched[place]))
        for place in sorted(chosen.given):
            touched[place].give(given_by(promotion), chosen.given[place])
        for name in plans:
            if any(id(pile) in used for pile in several[name][1]):
                plans[name] = planned(name)
