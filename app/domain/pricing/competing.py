"""Promotions that compete (``combine="best"``): a piece gets at most one of them, the customer the best.

1. ``from_quantity`` counts all pieces (or the weight) of its goods on the sale; if they are enough, it is a rule for
   single pieces like ``percent``, ``amount`` and ``price``.
2. Every piece has its best single rule: that alone is the optimum as long as no rule needs several pieces.
3. Each ``n_for_m`` and ``bundle`` plans how often it could be used on the free pieces, and what that gains beyond what
   the pieces save alone (``together.py``). The plan that gains most is carried out, its pieces are free no longer,
   and a plan that wanted one of them is made anew when its turn comes, until none gains anything.
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
    """Give every pile (sorted by content) what competing promotions take off it."""
    several: dict[str, tuple[Promotion, list[int]]] = {}
    best: list[Single] = []
    for place, pile in enumerate(piles):
        key = pile.key
        best.append(in_force.single(key.ident_no, key.article_groups, pile.price_minor, pile.piece_milli))
        for promotion in in_force.touching(key.ident_no, key.article_groups).together:
            if promotion.rule == "from_quantity" or not key.lump:
                several.setdefault(promotion.promotion_id, (promotion, []))[1].append(place)
    for name in sorted(several):
        promotion, touched = several[name]
        if promotion.rule == "from_quantity":
            if enough(promotion, [piles[place] for place in touched]):
                _improve(promotion, piles, touched, best)
            del several[name]
    _give_together(several, piles, best)
    for pile, single in zip(piles, best, strict=True):
        if single.promotion is not None:
            pile.give(given_by(single.promotion), divide_half_up(single.saving * pile.free, SCALE))


def enough(promotion: Promotion, piles: Sequence[Pile]) -> bool:
    """Whether the piles have as many pieces (or kilograms, …) as the promotion asks for."""
    return sum(pile.quantity_milli for pile in piles) >= promotion.n * MILLI


def given_by(promotion: Promotion) -> Given:
    """How discounts name the promotion."""
    return Given(PROMOTION, promotion.promotion_id, promotion.name)


def _improve(promotion: Promotion, piles: Sequence[Pile], touched: Sequence[int], best: list[Single]) -> None:
    for place in touched:
        saving = saving_of(promotion, piles[place].price_minor, piles[place].piece_milli)
        if saving > best[place].saving:
            best[place] = Single(promotion, saving)


def _give_together(
    several: dict[str, tuple[Promotion, list[int]]], piles: Sequence[Pile], best: Sequence[Single]
) -> None:
    """Step 3. A plan is made anew only when it would be the next one, because others have taken pieces meanwhile."""

    alone = [single.saving for single in best]

    def planned(name: str) -> Plan:
        promotion, touched = several[name]
        wanted = [piles[place] for place in touched]
        return plan(promotion, wanted, [pile.free for pile in wanted], [alone[place] for place in touched])

    plans = {name: planned(name) for name in several}
    while plans:
        first = min(plans, key=lambda name: (-plans[name].gain, name))
        chosen = plans[first]
        if chosen.gain <= 0:
            return
        promotion, touched = several[first]
        if any(piles[touched[place]].free < pieces for place, pieces in chosen.taken.items()):
            plans[first] = planned(first)
            continue
        del plans[first]
        for place, pieces in chosen.taken.items():
            piles[touched[place]].free -= pieces
        for place in sorted(chosen.given):
            piles[touched[place]].give(given_by(promotion), chosen.given[place])
