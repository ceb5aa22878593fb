"""Promotions that come on top of whatever else is given (``combine="stack"``), one after the other by their ids.

Percentages are of what is left, amounts are capped by it; ``n_for_m`` and ``bundle`` reckon with the prices of the
articles and take off at most what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.money import divide_half_up
from app.domain.pricing.competing import enough, given_by
from app.domain.pricing.in_force import SCALE, InForce, saving_of
from app.domain.pricing.pile import Pile
from app.domain.pricing.promotion import Promotion
from app.domain.pricing.together import plan


def give_stacking(in_force: InForce, piles: Sequence[Pile]) -> None:
    """Give every pile what stacking promotions take off it."""
    touched: dict[str, tuple[Promotion, list[Pile]]] = {}
    for pile in piles:
        for promotion in in_force.touching(pile.key.ident_no, pile.key.article_groups).stacking:
            touched.setdefault(promotion.promotion_id, (promotion, []))[1].append(pile)
    for name in sorted(touched):
        _give(*touched[name])


def _give(promotion: Promotion, piles: Sequence[Pile]) -> None:
    given = given_by(promotion)
    if promotion.rule in ("n_for_m", "bundle"):
        whole = [pile for pile in piles if pile.pieces]
        planned = plan(promotion, whole, [pile.pieces for pile in whole], [0] * len(whole))
        for place in sorted(planned.given):
            whole[place].give(given, planned.given[place])
    elif promotion.rule != "from_quantity" or enough(promotion, piles):
        for pile in piles:
            saving = saving_of(promotion, pile.left_minor, pile.quantity_milli)
            pile.give(given, divide_half_up(saving, SCALE))
