"""A single-use coupon with what the ledger says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.books.queries.resources import balance
from app.books.questions import Question
from app.books.questions.coupons import FindCoupon
from app.books.questions.resources import AskBalance
from app.books.tables.coupons import coupons
from app.books.views import CouponView
from app.domain import resource

_COUPON = select(coupons).where(coupons.c.code == bindparam("code"))


def coupon(connection: Connection, question: FindCoupon) -> CouponView | None:
    """The coupon; None if no till has told of it."""
    row = connection.execute(_COUPON, {"code": question.code}).one_or_none()
    if row is None:
        return None
    ledger = balance(connection, AskBalance(resource.name(resource.COUPON, question.code)))
    return CouponView(
        code=row.code,
        campaign_id=row.campaign_id,
        issued_by=row.issued_by,
        issued_at=row.issued_at,
        till_no=row.till_no,
        receipt_no=row.receipt_no,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        customer_no=row.customer_no,
        held=ledger.held,
        used=ledger.used,
        left=ledger.left,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {FindCoupon: coupon}
