"""Codes and values -> what a person reads on the screen."""

from __future__ import annotations

from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.domain.tender import DEFAULT_TENDERS
from app.domain.voucher import CodeMistyped, parse_code, shown
from app.screens.keys import Function, Mode
from app.screens.router import Refused
from app.text import gettext as _
from app.text import language, mark

REFUSALS = {
    "too_fast": mark("Too fast: keys were not taken. Wait for the till, then check the sale."),
    "key_unknown": mark("The key {value} has no function here."),
    "not_built": mark("{value} is not available in this version."),
    "unreadable": mark("Unreadable characters: nothing was taken. Scan or type it again."),
    "function_unknown": mark("There is no function {value} here; F1 lists them."),
    "help_open": mark("The help is open: nothing was taken. Esc closes it."),
    "network_open": mark("The network is shown: nothing was taken. Esc closes it."),
    "answer_first": mark("First answer the question: Enter is yes, Esc is no."),
    "entry_open": mark("First finish or clear (Esc) what has been entered."),
    "no_quantity": mark("{value} is no quantity."),
    "price_first": mark("First the price, then this key: 199 is 1.99."),
    "no_line": mark("{value} is no line number."),
    "no_amount": mark("{value} is no amount; 2000 is 20.00."),
    "scan_is_no_money": mark("{value} is a barcode, no money: nothing was taken."),
    "amount_zero": mark("The amount must be above zero."),
    "amount_open": mark("First finish or clear (Esc) the amount."),
    "code_first": mark("Scan or type the voucher's code."),
    "customer_first": mark("First the customer's number, then this key; 0 is nobody."),
    "coupon_first": mark("First scan or type the coupon's code, then this function."),
    "return_first": mark("First scan or type the article that comes back, then this key."),
    "no_percent": mark("{value} is no percentage: 0 to 100 belong before this key."),
    "nothing_to_discount": mark("There is no line of goods to discount."),
    "nothing_parked": mark("No sale is open, and none is parked."),
    "parked_several": mark("{value} could be several: type the whole number."),
    "nothing_to_repeat": mark("There is no article to repeat."),
    "nothing_to_void": mark("There is no line to void."),
    "look_first": mark("Something before this was refused: check the sale, then pay."),
    "queue_full": mark("Too fast: an entry was not taken. Wait for the till, then check the sale."),
}
"""Sentences for what the screens themselves refuse; the session's are in ``app/till/refusals.py``."""

RULES = {
    "promotion": mark("Promotion"),
    "coupon": mark("Coupon"),
    "line_discount": mark("Discount"),
    "receipt_discount": mark("Discount"),
}

SUPPLIES = {"eat_in": mark("Eat in"), "take_away": mark("Take away")}

VOUCHER_STATES = {
    "open": mark("open"),
    "used_up": mark("used up"),
    "expired": mark("expired"),
    "overdrawn": mark("overdrawn"),
}


def refusal(refused: Refused) -> str:
    """The sentence for a refused key or entry."""
    value = _(refused.value) if refused.code == "not_built" else refused.value
    return _(REFUSALS[refused.code]).format(value=value or _("This"))


def money(amount_minor: int, currency: str) -> str:
    """The amount as the till's language writes it: 12,34 or 12.34."""
    return local(format_minor(amount_minor, currency))


def quantity(milli: int) -> str:
    """The quantity as short as it is: 3 or 0,25."""
    return local(format_milli(milli))


def local(number: str) -> str:
    """A decimal string with the language's decimal sign."""
    return number.replace(".", ",") if language() == "de" else number


def voucher_code(code: str) -> str:
    """The code in groups of four; as it is if it is none."""
    try:
        return shown(parse_code(code))
    except CodeMistyped:
        return code


def tender(tender: str, name: str = "") -> str:
    """A way to pay, as the shop calls it (``name``) or as every till does."""
    known = DEFAULT_TENDERS.get(tender)
    if known is not None and name in ("", known.name):
        return _(known.name)
    return name or tender


def discount(rule: str, name: str) -> str:
    """What was taken off, by its own name or that of its rule."""
    return name or (_(RULES[rule]) if rule in RULES else rule)


def supply(where: str) -> str:
    """Where the goods are eaten."""
    return _(SUPPLIES[where]) if where in SUPPLIES else where


def prompt(mode: Mode, asked: Function) -> str:
    """What the entry line is for."""
    match mode:
        case Mode.SALE:
            return ""
        case Mode.TENDER:
            return _("Payment, given")
        case Mode.VOUCHER:
            return _("Look up voucher")
        case Mode.REDEEM:
            return _("Pay with voucher")
        case Mode.NETWORK:
            return _("Network")
        case Mode.HELP:
            return _("Help, Esc closes")
        case Mode.CONFIRM if asked is Function.QUIT:
            return _("Close the till? Enter yes, Esc no")
        case Mode.CONFIRM if asked is Function.Z_REPORT:
            return _("Day end without a cash count? Enter yes, Esc no")
        case Mode.CONFIRM:
            return _("Void the whole sale? Enter yes, Esc no")
