"""Coupons."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "mistyped_coupon": mark("{code} is no coupon code: a character is wrong or missing."),
    "unknown_coupon": mark("No till knows the coupon {code}."),
    "coupon_used": mark("The coupon {code} has been used."),
    "coupon_on_sale": mark("The coupon {code} is on this receipt already."),
    "coupon_busy": mark("Another till is using the coupon {code}; try again in a moment."),
    "coupon_unconfirmed": mark("Not every till could confirm {code}; try again when they are there."),
    "coupon_expired": mark("The coupon {code} was valid until {expires}."),
    "coupon_not_yet_valid": mark("The coupon {code} is not valid before {day}."),
    "coupon_other_customer": mark("The coupon {code} is for other customers; choose the customer first."),
    "coupon_minimum": mark("The coupon {code} needs a purchase of at least {amount}."),
    "coupon_not_stackable": mark("The coupon {code} cannot be used together with another one."),
    "coupon_for_nothing": mark("The coupon {code} takes nothing off these goods."),
    "too_many_coupons": mark("The receipt has {limit} coupons already."),
    "campaign_ended": mark("The campaign of the coupon {code} has ended."),
    "unknown_campaign": mark("There is no campaign called {name}."),
    "campaign_reusable": mark("The coupons of {name} all have one code; there is nothing to print."),
    "coupon_count": mark("{text} is no number of coupons; print 1 to {limit} at a time."),
}
