"""Single-use coupons by their code."""

from __future__ import annotations

from app.books.questions import Question
from app.books.views import CouponView


class FindCoupon(Question[CouponView | None], frozen=True):
    """The coupon and whether it is held or used; None if no till has told of it."""

    code: str
