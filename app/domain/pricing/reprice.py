"""A sale with every price rule applied anew. The steps, each on what the one before left:

1. *Promotions* that compete, then those that stack.
2. *Coupons*: they are for the price that everybody gets.
3. *Line discounts* that a cashier typed.
4. *Receipt discounts* that a cashier typed, in their order.

Only lines of goods that may be discounted are touched; returns, settlements and other ``fixed`` lines and all other
business cases stay exactly as they are. An amount (of a coupon or a receipt discount) is spread over the VAT rates in
proportion to gross, and within a rate over its lines (``money.spread``).

    3 × 0.89 (19 %), 3 for 2           2.67 − 0.89                        1.78
    1 × 4.99 (7 %)                                                        4.99
    coupon 10 % on everything          1.78 − 0.18, 4.99 − 0.50           1.60 + 4.49 = 6.09
    line discount 0.49 on the second                                      1.60 + 4.00 = 5.60
    receipt discount 1.00              spread 29/71: 1.60 − 0.29, 4.00 − 0.71     4.60

The same goods cost the same in whatever order they were scanned, and whether as three lines of one piece or as one
of three: rules see piles of equal lines (``pile.py``), and every choice is by content.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.domain.business_case import SALE
from app.domain.coupon import Campaign
from app.domain.instant import Moment
from app.domain.pricing.competing import PROMOTION, give_best
from app.domain.pricing.giving import give_coupons, give_typed
from app.domain.pricing.in_force import InForce, PriceRules
from app.domain.pricing.pile import Pile, piles_of, priced, with_discounts
from app.domain.pricing.promotion import Promotion
from app.domain.pricing.stacking import give_stacking
from app.domain.sale import OpenSale

LIST_PRICES = ("", "embedded", "open")
"""Where the price of a line that promotions touch came from: a price that a cashier typed is the last word."""


def reprice(
    sale: OpenSale, promotions: Mapping[str, Promotion], campaigns: Mapping[str, Campaign], when: Moment
) -> OpenSale:
    """The sale with ``discounts`` and ``gross_minor`` of every line that may be discounted."""
    return repriced(sale, PriceRules(promotions, campaigns), when)


def repriced(sale: OpenSale, rules: PriceRules, when: Moment) -> OpenSale:
    """As ``reprice``, with rules that were compiled before; lines that did not change are the same objects."""
    in_force = rules.in_force(when, sale.customer_group)
    if in_force.empty and not (
        sale.coupons or sale.discounts or any(line.discounts or line.manual for line in sale.lines)
    ):
        return sale  # nothing to give and nothing to take back: 500 lines cost what five do
    piles = piles_of(sale.lines)
    if not piles:
        return sale
    _give_promotions(in_force, piles)
    if sale.coupons:
        others = sum(
            line.gross_minor
            for line in sale.lines
            if line.business_case == SALE and not line.fixed and not priced(line)
        )
        goods = others + sum(pile.left_minor for pile in piles)
        give_coupons(sale, rules.campaigns, piles, goods, when)
    give_typed(sale, piles)
    changed = {}
    for pile in piles:
        for line, discounts in pile.discounts():
            after = with_discounts(line, discounts)
            if after is not line:
                changed[line.line] = after
    if not changed:
        return sale
    return msgspec.structs.replace(sale, lines=tuple(changed.get(line.line, line) for line in sale.lines))


def goods_minor(sale: OpenSale) -> int:
    """What all goods of a priced sale cost after promotions, before anything else: what minimum values are about."""
    return sum(
        line.gross_minor + sum(given.amount_minor for given in line.discounts if given.rule != PROMOTION)
        for line in sale.lines
        if line.business_case == SALE and not line.fixed
    )


def _give_promotions(in_force: InForce, piles: list[Pile]) -> None:
    at_list_price = [pile for pile in piles if pile.key.price_origin in LIST_PRICES]
    give_best(in_force, at_list_price)
    give_stacking(in_force, at_list_price)
