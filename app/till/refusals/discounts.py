"""Discounts and prices typed."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "percent_or_amount": mark("Give either a percentage or an amount."),
    "percent_not_a_number": mark("{text} is no percentage; write it like 10 or 12.5."),
    "percent_too_many_decimals": mark("The percentage {text} has more than two decimals."),
    "percent_too_large": mark("More than 100 percent cannot be taken off."),
    "percent_negative": mark("The percentage {text} is below zero."),
    "not_discountable": mark("{name} may not be discounted."),
    "nothing_discountable": mark("Nothing on this receipt may be discounted."),
    "discount_too_large": mark("At most {amount} can be taken off here."),
    "too_many_discounts": mark("The receipt has {limit} discounts already; take them back first."),
    "price_fixed": mark("The price of {name} cannot be changed."),
}
