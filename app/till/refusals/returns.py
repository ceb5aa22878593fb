"""Returns and voids."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "unknown_receipt_line": mark("Receipt {receipt_no} has no line {line}."),
    "not_returnable": mark("{name} cannot come back: this line sold no goods."),
    "return_too_much": mark("Only {left} of {name} can still come back."),
    "returned_already": mark("All of {name} has come back already."),
    "return_busy": mark("Another till is taking goods of {receipt_no} back; try again."),
    "return_unconfirmed": mark("Not every till could confirm {receipt_no}; try again when they are there."),
    "receipt_voided": mark("Receipt {receipt_no} has been voided."),
    "receipt_other_currency": mark("Receipt {receipt_no} is in {currency}; this till cannot take it back."),
    "no_receipt_yet": mark("This till has no receipt yet."),
    "void_of_void": mark("{receipt_no} is a void or training; it cannot be voided."),
    "void_not_possible": mark("{receipt_no} cannot be voided because of {name}; return the goods."),
    "void_after_return": mark("Goods of {receipt_no} have come back already; return the rest."),
    "void_value_used": mark("A voucher or coupon of {receipt_no} has been used; return the goods."),
    "void_busy": mark("Another till is using what belongs to {receipt_no}; try again."),
    "void_unconfirmed": mark("Not every till could confirm the void; try again when they are there."),
}
