"""What the simulated shops sell, and to whom: the master data that the founder journals first."""

from __future__ import annotations

import msgspec

from app.domain.coupon import Campaign
from app.domain.customer import BonusRule, CustomerGroup
from app.domain.pricing.promotion import Promotion
from app.domain.reference import SUBJECTS, Keyed
from app.domain.resource import PURSE, name
from app.domain.voucher import code_from
from app.facts.base import Fact
from app.facts.circulation import CouponIssued, CustomerSet, ResourceGranted
from app.facts.master import ArticleSet, ReferenceSet, VatRateSet

ARTICLES = ("100001", "100002", "100003", "100004")
_PRICES_MINOR = (499, 89, 1250, 3)
CUSTOMERS = ("10001", "10002")
COUPONS = tuple(code_from(bytes([number]) * 32) for number in range(1, 61))
"""Single-use coupons that customers bring along."""

_REFERENCE: tuple[Keyed, ...] = (
    Promotion("3for2", "3 für 2", "n_for_m", n=3, m=2, articles=("100002",)),
    Promotion("ten", "Zehn Prozent", "percent", percent_bp=1000, articles=("100003",)),
    Campaign("fair", "Messecoupon", "amount", amount_minor=30, minimum_minor=50, stackable=True),
    Campaign("again", "Bis bald", "percent", percent_bp=500, issue_from_minor=2000, issue_valid_days=30),
    CustomerGroup("stamm", "Stammkunden"),
    BonusRule("stamm", "2024-01-01", 200),
)


def master_data() -> list[Fact]:
    """Articles, rates, promotions, campaigns, and customers with a little in their purses."""
    subject_of = {kind: subject for subject, kind in SUBJECTS.items()}
    facts: list[Fact] = [VatRateSet("1", "2024-01-01", 1900), VatRateSet("2", "2024-01-01", 700)]
    facts += [
        ArticleSet(ident_no, f"Article {ident_no}", price_minor, "EUR", str(1 + number % 2))
        for number, (ident_no, price_minor) in enumerate(zip(ARTICLES, _PRICES_MINOR, strict=True))
    ]
    facts += [ReferenceSet(subject_of[type(value)], value.key, msgspec.to_builtins(value)) for value in _REFERENCE]
    facts += [CustomerSet(no, customer_group="stamm", credit_limit_minor=1500) for no in CUSTOMERS]
    facts += [
        ResourceGranted(f"opening {no}", name(PURSE, no), 500, "2025-11-20T08:00:00.000Z", 1, "", "opening balance")
        for no in CUSTOMERS
    ]
    facts += [CouponIssued(code, "fair", "2025-11-20T08:00:00.000Z", 1) for code in COUPONS]
    return facts
