"""Coupons, and what a cashier typed: given after promotions, on what is left.

Coupons in the order article, percent, amount (the customer's best), then by campaign and code. A coupon whose
campaign has ended, whose customer or minimum is not there, gives nothing and stays on the sale: it gives again as soon
as the sale is as it must be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.coupon import Campaign, fault_of
from app.domain.instant import Moment
from app.domain.money import divide_half_up
from app.domain.pricing.in_force import touches
from app.domain.pricing.pile import Given, Pile, spread_over
from app.domain.sale import OpenSale

COUPON, LINE_DISCOUNT, RECEIPT_DISCOUNT = "coupon", "line_discount", "receipt_discount"

_ORDER = ("article", "percent", "amount")


def give_coupons(
    sale: OpenSale, campaigns: Mapping[str, Campaign], piles: Sequence[Pile], goods_minor: int, when: Moment
) -> None:
    """``goods_minor``: what all goods of the sale cost after promotions; it decides about minimum values."""
    known = [(campaigns[coupon.campaign_id], coupon) for coupon in sale.coupons if coupon.campaign_id in campaigns]
    known.sort(key=lambda each: (_ORDER.index(each[0].gives), each[0].campaign_id, each[1].code))
    for campaign, _ in known:
        fault = fault_of(campaign, when.day, sale.customer_no, sale.customer_group)
        if fault or goods_minor < campaign.minimum_minor:
            continue
        _give_coupon(
            campaign, [pile for pile in piles if touches(campaign, pile.key.ident_no, pile.key.article_groups)]
        )


def give_typed(sale: OpenSale, piles: Sequence[Pile]) -> None:
    """First what was typed for lines, then for the receipt, in that order."""
    for pile in piles:
        percent_bp, amount_minor, name, _ = pile.key.manual
        amount = amount_minor or divide_half_up(pile.left_minor * percent_bp, 10_000)
        pile.give(Given(LINE_DISCOUNT, "", name), amount)
    for typed in sale.discounts:
        left = sum(pile.left_minor for pile in piles)
        amount = typed.amount_minor or divide_half_up(left * typed.percent_bp, 10_000)
        spread_over(piles, Given(RECEIPT_DISCOUNT, "", typed.name), amount)


def _give_coupon(campaign: Campaign, piles: Sequence[Pile]) -> None:
    given = Given(COUPON, campaign.campaign_id, campaign.name)
    if campaign.gives == "amount":
        spread_over(piles, given, campaign.amount_minor)
    elif campaign.gives == "percent":
        for pile in piles:
            pile.give(given, divide_half_up(pile.left_minor * campaign.percent_bp, 10_000))
    else:
        _give_piece_away(given, piles)


def _give_piece_away(given: Given, piles: Sequence[Pile]) -> None:
    """One piece for nothing: of those that it may be the one that costs most."""

    def worth(pile: Pile) -> int:
        return divide_half_up(pile.left_minor, pile.pieces - pile.given_away)

    whole = [pile for pile in piles if pile.pieces > pile.given_away]
    if whole:
        dearest = min(whole, key=lambda pile: (-worth(pile), pile.key))
        dearest.give(given, worth(dearest))
        dearest.given_away += 1
