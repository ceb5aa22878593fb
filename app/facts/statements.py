"""Facts that somebody's signed statement became: what a slip says, taken over by a till that had not heard of it."""

from __future__ import annotations

from typing import ClassVar

from app.facts.base import Fact, Positive


class VoucherStated(Fact, frozen=True, omit_defaults=True):
    """A voucher or token nobody here knew, as its slip states it; it counts until its issuer's own word arrives.

    ``statement`` is the text of the slip: anybody can check it. ``issuer`` is the member id it was signed by,
    ``till_no`` that member's number; ``stated_at`` is when it was registered.
    """

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.stated/1"

    code: str
    voucher_kind: str
    value_minor: Positive
    currency: str
    issued_at: str
    issuer: str
    till_no: int
    statement: str
    stated_at: str
    vat_key: str = ""
    expires_on: str = ""
    ident_no: str = ""
    vat_rate_bp: int = 0


class CouponStated(Fact, frozen=True, omit_defaults=True):
    """A single-use coupon nobody here knew, as its slip states it; see ``VoucherStated``."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "coupon.stated/1"

    code: str
    campaign_id: str
    issued_at: str
    issuer: str
    till_no: int
    statement: str
    stated_at: str
    valid_from: str = ""
    valid_until: str = ""
