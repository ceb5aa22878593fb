"""Coupons: take one on the sale; give them out with a receipt or by themselves.

A campaign's own code is good for anybody, once a receipt, and is never used up. A single-use coupon has a code of its
own (as a voucher's) and is claimed and held like anything else that can be used only once (``holding.py``). What a
coupon takes off is the business of pricing: it stays on the sale even while it gives nothing, because a minimum
is not reached any more.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.views import CouponView
from app.domain import resource, voucher
from app.domain.business_case import SALE
from app.domain.coupon import Campaign, fault_of
from app.domain.instant import day_after, iso
from app.domain.pricing.giving import COUPON
from app.domain.pricing.reprice import goods_minor
from app.domain.reference import Reference
from app.domain.sale import CouponOnSale, IssuedCoupon, OpenSale
from app.domain.sale_steps import with_coupon
from app.facts.base import Fact
from app.facts.circulation import CouponIssued, CouponsPrinted
from app.facts.sales import ReceiptCompleted
from app.till import typed
from app.till.commands import IssueCoupons, TakeCoupon
from app.till.effects import Effect, Event
from app.till.holding import Granted, coverage_fields, hold_of, under_claim
from app.till.presenting import Presented, check_not_denied, coupon_by, coupon_presented
from app.till.refusals import Refusal
from app.till.steps import Steps, reference

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_COUPONS = 20
"""On one sale."""
MAX_ISSUED = 10
"""By one receipt."""
MAX_PRINTED = 100
"""By one command: all of them are one durable step."""


def take_coupon(counter: Counter, command: TakeCoupon) -> Steps:
    """A campaign's own code, or a single-use coupon, which is held for this sale."""
    sale = counter.payable_sale()
    shown = yield from coupon_presented(command.code)
    text = typed.campaign_code(command.code) if shown is None else shown.code
    known = yield from reference()
    campaign = _by_code(counter, known, text, sale)
    if len(sale.coupons) >= MAX_COUPONS:
        raise Refusal("too_many_coupons", {"limit": str(MAX_COUPONS)})
    if campaign is not None:
        coupon = CouponOnSale(0, text, campaign.campaign_id)
        after, fields = yield from _given(counter, sale, campaign, coupon)
        counter.keep(after)
        return fields
    code = typed.coupon_code(text)
    _not_on(sale, code)
    found, _ = yield from coupon_by(counter, code, shown)
    if found is not None:
        _usable(counter, sale, known, found)

    def held(granted: Granted) -> Steps:
        return (yield from _hold(counter, sale, known, code, shown, granted))

    # One that is unknown here is claimed all the same: whoever promises hands over what it knows first.
    name = resource.name(resource.COUPON, code)
    return (yield from under_claim(counter, name, held, named=_named(code), refusals="coupon"))


def issue_coupons(counter: Counter, command: IssueCoupons) -> Steps:
    """Single-use coupons of a campaign without a sale (by right), each with a slip."""
    known = yield from reference()
    named = typed.campaign_id(command.campaign)
    campaign = known.get(Campaign, named)
    if campaign is None:
        raise Refusal("unknown_campaign", {"name": named})
    if campaign.code:
        raise Refusal("campaign_reusable", {"name": campaign.name})
    if fault_of(campaign, counter.now.day, "", "") == "campaign_ended":
        raise Refusal("campaign_ended", {"code": campaign.name})
    count = typed.count(command.count, MAX_PRINTED, "coupon_count")
    yield from counter.allowed("settings", f"{count} x {campaign.campaign_id}")
    valid_until = _valid_until(campaign, counter.now.day)
    codes = [voucher.code_from(counter.draw(f"coupon {number}")) for number in range(count)]
    facts = tuple(_issued(counter, code, campaign, valid_until) for code in codes)
    slips = CouponsPrinted(
        campaign_id=campaign.campaign_id,
        name=campaign.name,
        codes=tuple(codes),
        issued_at=iso(counter.now.wall_ms),
        till_no=counter.till.till_no,
        valid_until=valid_until,
        terms=campaign.terms,
        valid_from=campaign.valid_from,
    )
    yield from counter.journal(facts, counter.sale, printed=slips)
    return {"codes": codes, "campaign": campaign.campaign_id, "name": campaign.name, "valid_until": valid_until or None}


def prepare(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """The coupons that the receipt will print: of every campaign for which it is large enough."""
    goods = sum(line.gross_minor for line in sale.lines if line.business_case == SALE)
    if goods <= 0 or sale.voids or sale.training:
        return sale
    known = yield from reference()
    earned = [
        campaign
        for campaign in known.all(Campaign).values()
        if 0 < campaign.issue_from_minor <= goods
        and not fault_of(campaign, counter.now.day, sale.customer_no, sale.customer_group)
    ]
    issued = tuple(
        IssuedCoupon(
            code=campaign.code or voucher.code_from(counter.draw(f"coupon {campaign.campaign_id}")),
            campaign_id=campaign.campaign_id,
            name=campaign.name,
            valid_until=_valid_until(campaign, counter.now.day),
            terms=campaign.terms,
        )
        for campaign in earned[:MAX_ISSUED]
    )
    return msgspec.structs.replace(sale, issued_coupons=issued) if issued else sale


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """The single-use coupons that the receipt brings into circulation."""
    if not sale.issued_coupons:
        return ()
    known = yield from reference()
    facts = []
    for issued in sale.issued_coupons:
        campaign = known.get(Campaign, issued.campaign_id)
        if campaign is not None and not campaign.code:
            facts.append(_issued(counter, issued.code, campaign, issued.valid_until, receipt.receipt_no))
    return facts


def _hold(
    counter: Counter, sale: OpenSale, known: Reference, code: str, shown: Presented | None, granted: Granted
) -> Steps:
    """Under the claim: check again, then journal the hold with the sale that it changes."""
    name = resource.name(resource.COUPON, code)
    found, stated = yield from coupon_by(counter, code, shown)
    if stated and shown is not None:
        check_not_denied(counter, shown, granted.coverage.promised)
    if found is None:
        raise Refusal("unknown_coupon", _named(code))
    campaign = _usable(counter, sale, known, found)
    coupon = CouponOnSale(0, code, campaign.campaign_id, hold_id=counter.draw("hold")[:16].hex(), resource=name)
    after, fields = yield from _given(counter, sale, campaign, coupon)
    held = yield from hold_of(counter, sale, name, 1, granted, hold_id=coupon.hold_id)
    yield from counter.journal((*stated, held), after, claim_id=granted.claim_id)
    return {**fields, "coverage": coverage_fields(granted)}


def _given(
    counter: Counter, sale: OpenSale, campaign: Campaign, coupon: CouponOnSale
) -> Generator[Effect, Event, tuple[OpenSale, dict[str, Any]]]:
    """The sale with the coupon, and the answer; refused if it takes nothing off."""
    named = _named(coupon.code)
    after = yield from counter.repriced(with_coupon(sale, coupon))
    gives = _taken_off(after, campaign) - _taken_off(sale, campaign)
    if gives <= 0:
        if goods_minor(after) < campaign.minimum_minor:
            raise Refusal("coupon_minimum", {**named, "amount": counter.text(campaign.minimum_minor)})
        raise Refusal("coupon_for_nothing", named)
    fields = {
        "line": after.coupons[-1].line,
        "name": campaign.name,
        "discount": counter.text(gives),
        "total": counter.text(after.total_minor),
        "due": counter.text(after.due_minor),
    }
    return after, fields


def _taken_off(sale: OpenSale, campaign: Campaign) -> int:
    return sum(
        discount.amount_minor
        for line in sale.lines
        for discount in line.discounts
        if discount.rule == COUPON and discount.rule_id == campaign.campaign_id
    )


def _by_code(counter: Counter, known: Reference, text: str, sale: OpenSale) -> Campaign | None:
    """The campaign with this code; of several one that is on now. None: it is no campaign's code."""
    every = [campaign for campaign in known.all(Campaign).values() if campaign.code == text]
    if not every:
        return None
    _not_on(sale, text)
    campaign = min(every, key=lambda each: bool(fault_of(each, counter.now.day, sale.customer_no, sale.customer_group)))
    _fits(counter, sale, known, campaign, text)
    return campaign


def _usable(counter: Counter, sale: OpenSale, known: Reference, found: CouponView) -> Campaign:
    """The coupon's campaign; a refusal if it cannot be used on this sale."""
    named, day = _named(found.code), counter.now.day
    if found.left <= 0:
        raise Refusal("coupon_used" if found.used else "coupon_busy", named)
    if found.valid_until and found.valid_until < day:
        raise Refusal("coupon_expired", {**named, "expires": found.valid_until})
    if found.valid_from > day:
        raise Refusal("coupon_not_yet_valid", {**named, "day": found.valid_from})
    if found.customer_no and found.customer_no != sale.customer_no:
        raise Refusal("coupon_other_customer", named)
    campaign = known.get(Campaign, found.campaign_id)
    if campaign is None:
        raise Refusal("campaign_ended", named)
    _fits(counter, sale, known, campaign, found.code)
    return campaign


def _fits(counter: Counter, sale: OpenSale, known: Reference, campaign: Campaign, code: str) -> None:
    """A refusal if the campaign is not on, not for this customer, or not together with what is on the sale."""
    fault = fault_of(campaign, counter.now.day, sale.customer_no, sale.customer_group)
    if fault:
        raise Refusal(fault, {**_named(code), "day": campaign.valid_from})
    others = [known.get(Campaign, coupon.campaign_id) for coupon in sale.coupons]
    if others and not (campaign.stackable and all(other is None or other.stackable for other in others)):
        raise Refusal("coupon_not_stackable", _named(code))


def _not_on(sale: OpenSale, code: str) -> None:
    if any(coupon.code == code for coupon in sale.coupons):
        raise Refusal("coupon_on_sale", _named(code))


def _issued(counter: Counter, code: str, campaign: Campaign, valid_until: str, receipt_no: str = "") -> CouponIssued:
    return CouponIssued(
        code=code,
        campaign_id=campaign.campaign_id,
        issued_at=iso(counter.now.wall_ms),
        till_no=counter.till.till_no,
        receipt_no=receipt_no,
        valid_from=campaign.valid_from,
        valid_until=valid_until,
    )


def _valid_until(campaign: Campaign, day: str) -> str:
    """The last day of a coupon issued on the day: so many days later, but not beyond its campaign."""
    if not campaign.issue_valid_days:
        return campaign.valid_until
    last = day_after(day, campaign.issue_valid_days)
    return min(last, campaign.valid_until) if campaign.valid_until else last


def _named(code: str) -> dict[str, str]:
    return {"code": voucher.shown(code) if len(code) == voucher.BODY_LENGTH + 1 else code}
