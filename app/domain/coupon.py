"""A coupon campaign: what its coupons give and on which conditions; a value of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.domain.article import is_name
from app.domain.instant import parse_day
from app.domain.money import MAX_AMOUNT_MINOR

MAX_CODE_LENGTH = 40
MAX_TERMS_LENGTH = 400
MAX_VALID_DAYS = 3660


class Campaign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``gives``: ``percent``, ``amount`` (off the lines it is for) or ``article`` (one piece for nothing).

    A campaign with ``code`` has one coupon for everybody, used any number of times (once a receipt);
    without, its coupons are single-use serials (``CouponIssued``). ``issue_from_minor`` above zero: every
    receipt of at least that much prints one. ``stackable``: beside other coupons, else alone.
    """

    campaign_id: str
    name: str
    gives: Literal["percent", "amount", "article"]
    percent_bp: int = 0
    amount_minor: int = 0
    articles: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()
    customer_groups: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    minimum_minor: int = 0
    valid_from: str = ""
    valid_until: str = ""
    stackable: bool = False
    code: str = ""
    issue_from_minor: int = 0
    issue_valid_days: int = 0
    terms: str = ""
    active: bool = True

    @property
    def key(self) -> str:
        return self.campaign_id

    def check(self) -> None:
        """``ValueError`` for a campaign whose coupons could give nothing, or that nobody could type."""
        if not (is_name(self.name) and 0 < len(self.campaign_id) <= MAX_CODE_LENGTH):
            raise ValueError("a campaign needs an id of at most 40 and a name of at most 100 characters")
        if self.gives == "percent" and not 0 < self.percent_bp <= 10_000:
            raise ValueError("percent needs percent_bp of at most 10000")
        if self.gives == "amount" and not 0 < self.amount_minor <= MAX_AMOUNT_MINOR:
            raise ValueError("amount needs amount_minor above zero")
        if self.gives == "article" and not (self.articles or self.article_groups):
            raise ValueError("article needs articles or article_groups")
        if self.code and (self.code != self.code.strip().upper() or len(self.code) > MAX_CODE_LENGTH):
            raise ValueError("the code is at most 40 capital letters and digits")
        if min(self.minimum_minor, self.issue_from_minor, self.issue_valid_days) < 0:
            raise ValueError("minimum_minor, issue_from_minor and issue_valid_days are at least zero")
        if self.issue_valid_days > MAX_VALID_DAYS or len(self.terms) > MAX_TERMS_LENGTH:
            raise ValueError("issue_valid_days are at most 3660, the terms at most 400 characters")
        for day in (self.valid_from, self.valid_until):
            if day:
                parse_day(day)


def fault_of(campaign: Campaign, day: str, customer_no: str, customer_group: str) -> str:
    """Why its coupons give nothing to this customer today: the refusal's code; empty if nothing is against it."""
    if not campaign.active or (campaign.valid_until and day > campaign.valid_until):
        return "campaign_ended"
    if campaign.valid_from and day < campaign.valid_from:
        return "coupon_not_yet_valid"
    if campaign.customers and customer_no not in campaign.customers:
        return "coupon_other_customer"
    if campaign.customer_groups and customer_group not in campaign.customer_groups:
        return "coupon_other_customer"
    return ""
