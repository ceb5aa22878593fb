"""Parked sales."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "nothing_to_park": mark("There is nothing to park: the sale has no lines."),
    "park_text_too_long": mark("The text is too long or not readable; at most {limit} characters."),
    "sale_too_large_to_park": mark("The sale is too large to be parked; finish it or split it."),
    "unknown_parked": mark("No till knows a parked sale {park_no}."),
    "parked_gone": mark("The parked sale {park_no} has been taken up already."),
    "parked_busy": mark("Another till is taking {park_no} up; look at the list again."),
    "parked_unconfirmed": mark("Not every till could confirm {park_no}; try again when they are there."),
    "parked_other_currency": mark("The parked sale {park_no} is in {currency}; this till cannot take it."),
    "parked_unreadable": mark("The parked sale {park_no} cannot be read here; resume it elsewhere."),
    "parked_with_cash": mark("Cash paid for it lies in till {no}; take the sale up there."),
    "other_customer": mark("The two sales have different customers; finish one of them first."),
    "sales_differ": mark("The two sales differ ({field}); finish one of them first."),
    "discounts_differ": mark("One sale has a discount in percent; take it back or finish it first."),
    "void_stands_alone": mark("A receipt that is being voided stands alone; finish it first."),
    "no_lines_chosen": mark("Say which lines: their numbers, with commas."),
    "split_lines_only": mark("Number {line} cannot be split off: it is no line of goods."),
    "line_is_held": mark("Line {line} cannot be split off: something is held for it."),
    "nothing_left_to_sell": mark("Nothing would be left on this sale; park it as a whole instead."),
    "drop_reason_needed": mark("Say why the parked sale is given up: a reason is needed."),
}
