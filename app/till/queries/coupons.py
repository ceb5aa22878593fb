"""What a coupon is worth now."""

from __future__ import annotations

from typing import Any

from app.books.questions.coupons import FindCoupon
from app.books.questions.resources import AskBalance
from app.books.views import CouponView
from app.domain import resource
from app.domain.coupon import Campaign, fault_of
from app.domain.statement import COUPON
from app.till import typed
from app.till.presenting import check_believed, check_coupon_agrees, coupon_view
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskCoupon(Query, frozen=True):
    code: str


async def coupon(desk: Desk, query: AskCoupon) -> dict[str, Any]:
    """A single-use coupon or a campaign's own code; ``valid``: any customer for whom it is could use it today."""
    shown = await desk.presented(query.code, (COUPON,))
    text = typed.campaign_code(query.code) if shown is None else shown.code
    known = await desk.reference()
    for campaign in known.all(Campaign).values():
        if campaign.code == text:
            return _fields(desk, text, campaign, None)
    code = typed.coupon_code(text)
    found = await desk.look(FindCoupon(code))
    if found is not None and shown is not None:
        check_coupon_agrees(found, shown)
    if found is None and shown is not None and shown.said is not None:
        check_believed(shown)
        ledger = await desk.look(AskBalance(resource.name(resource.COUPON, code)), fresh=False)
        found = coupon_view(shown, shown.said, ledger)
    if found is None:
        raise Refusal("unknown_coupon", {"code": code})
    return _fields(desk, code, known.get(Campaign, found.campaign_id), found)


def _fields(desk: Desk, code: str, campaign: Campaign | None, found: CouponView | None) -> dict[str, Any]:
    state = _state(desk.day, campaign, found)
    return {
        "code": code,
        "campaign": found.campaign_id if found else campaign.campaign_id if campaign else "",
        "name": campaign.name if campaign else "",
        "state": state,
        "valid": state == "open",
        "reusable": found is None,
        "valid_from": (found.valid_from if found else "") or (campaign.valid_from if campaign else "") or None,
        "valid_until": (found.valid_until if found else "") or (campaign.valid_until if campaign else "") or None,
        "customer": (found.customer_no if found else "") or None,
        "till_no": found.till_no if found else None,
        "receipt_no": (found.receipt_no if found else "") or None,
    }


def _state(day: str, campaign: Campaign | None, found: CouponView | None) -> str:
    """``open``, ``held``, ``used``, ``overdrawn``, ``not_yet``, ``expired`` or ``ended`` (its campaign is over)."""
    if found is not None and found.left < 0:
        return "overdrawn"
    if found is not None and found.left == 0:
        return "used" if found.used else "held"
    if found is not None and found.valid_until and found.valid_until < day:
        return "expired"
    fault = "campaign_ended" if campaign is None else fault_of(campaign, day, "", "")
    if fault == "campaign_ended":
        return "ended"
    if fault == "coupon_not_yet_valid" or (found is not None and found.valid_from > day):
        return "not_yet"
    return "open"
