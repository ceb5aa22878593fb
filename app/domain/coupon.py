"""A coupon campaign: what its coupons give and on which conditions; a value of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec


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
