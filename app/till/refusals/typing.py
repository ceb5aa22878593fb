"""Slips in quantities and amounts."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "quantity_not_a_number": mark("The quantity {text} is no number."),
    "quantity_too_many_decimals": mark("The quantity {text} has more than three decimals."),
    "quantity_zero": mark("The quantity must be above zero; to take a line back, void it."),
    "quantity_too_large": mark("The quantity {text} is too large; at most {limit} fit on a line."),
    "price_not_a_number": mark("The price {text} is no amount; write it like 12.34."),
    "price_too_many_decimals": mark("The price {text} has more decimals than {currency} has."),
    "price_too_large": mark("The price {text} is too large."),
    "price_negative": mark("The price {text} is below zero."),
    "amount_not_a_number": mark("{text} is no amount; write it like 12.34."),
    "amount_too_many_decimals": mark("The amount {text} has more decimals than {currency} has."),
    "amount_too_large": mark("The amount {text} is too large."),
    "amount_negative": mark("The amount {text} is below zero."),
    "amount_zero": mark("The amount must be above zero."),
    "value_not_a_number": mark("The voucher's value {text} is no amount; write it like 12.34."),
    "value_too_many_decimals": mark("The voucher's value {text} has more decimals than {currency} has."),
    "value_too_large": mark("The voucher's value {text} is too large."),
    "value_negative": mark("The voucher's value {text} is below zero."),
    "value_zero": mark("A voucher's value must be above zero."),
}
