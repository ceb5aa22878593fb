"""Every refusal: its code for programs and the sentence a cashier understands.

A refusal leaves the sale as it was. Sentences are English here and marked for the
catalogues; a shell translates them with :func:`sentence`. They say what is wrong and, where
there is something to do, what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.text import mark


class Refusal(Exception):
    """Raised inside session and queries, and answered as ``Refuse``; values are ready to show."""

    def __init__(self, code: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})


class BadCommand(Exception):
    """What a program wrote is no command; ``reason`` is marked for the catalogues, ``values`` fill it."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

    def sentence(self, gettext: Callable[[str], str]) -> str:
        """The reason, translated."""
        return gettext(self.reason).format_map(self.values)


SENTENCES: dict[str, str] = {
    # articles
    "unknown_article": mark("No article has the code {code}."),
    "wrong_check_digit": mark("The check digit of {code} is wrong; scan again or check the typing."),
    "bad_code": mark("No barcode or ident number: 1 to 40 letters and digits without blanks."),
    "price_needed": mark("{name} has no fixed price; give one."),
    "vat_rate_missing": mark("VAT key {vat_key} ({name}) has no rate on {day}; ask the office."),
    "other_currency": mark("{name} is priced in {currency}, but this till sells in another currency."),
    # quantities
    "quantity_not_a_number": mark("The quantity {text} is no number."),
    "quantity_too_many_decimals": mark("The quantity {text} has more than three decimals."),
    "quantity_zero": mark("The quantity must be above zero; to take a line back, void it."),
    "quantity_too_large": mark("The quantity {text} is too large; at most {limit} fit on a line."),
    # amounts
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
    # the sale
    "no_sale": mark("No sale is open."),
    "empty_sale": mark("There is nothing to pay yet: the sale has no lines."),
    "unknown_line": mark("The sale has no line {line}."),
    "sale_full": mark("The receipt is full; finish this sale and begin another."),
    "total_too_large": mark("The total would be too large; finish this sale and begin another."),
    "paid_more_than_left": mark("More is paid than would be left to pay; take the payment back first."),
    # paying
    "unknown_tender": mark("This till knows no way to pay called {tender}."),
    "unknown_currency": mark("This till takes {known} only, not {currency}."),
    "more_than_due": mark("Only cash gives change; at most {due} is due."),
    "no_payment": mark("There is no payment to take back."),
    # vouchers
    "mistyped_voucher": mark("{code} is no voucher code: a character is wrong or missing."),
    "unknown_voucher": mark("No till knows the voucher {code}."),
    "voucher_used_up": mark("The voucher {code} is used up; its balance is {balance}."),
    "voucher_expired": mark("The voucher {code} was valid until {expires}."),
    "voucher_balance": mark("The voucher {code} holds {balance}, which is less than {amount}."),
    "voucher_busy": mark("Another till is using the voucher {code}; try again in a moment."),
    "voucher_unconfirmed": mark("Not every till could confirm {code}; try again when they are there."),
    "voucher_other_currency": mark("The voucher {code} is in {currency}; this till cannot take it."),
    "voucher_other_goods": mark("The single-purpose voucher {code} pays for none of these goods."),
    "voucher_on_sale": mark("{code} is being sold on this very receipt; finish the sale first."),
    "unknown_voucher_kind": mark("There is no kind of voucher called {kind}; use multi_purpose or single_purpose."),
    "vat_key_needed": mark("A single-purpose voucher needs a VAT key."),
    "unknown_vat_key": mark("VAT key {vat_key} has no rate on {day}."),
    "bad_date": mark("{text} is no date; write it like 2026-12-31."),
    "date_passed": mark("{text} has already passed."),
    "nothing_due": mark("Nothing is due."),
    # the engine
    "disk_full": mark("The disk is full: nothing was booked. Free some space and try again."),
    "claim_expired": mark("The confirmation took too long and nothing was booked; try again."),
    "recovering": mark("This till is still fetching its own past records; try again shortly."),
    "engine_gone": mark("The till's engine has ended; close the till and open it again."),
    # questions
    "unknown_receipt": mark("No receipt has the number {receipt_no}."),
    "unknown_scope": mark("There is no scope called {scope}; use till or network."),
    "not_authority": mark("Only the member that founded the network can do this; do it there."),
    "number_taken": mark("The number {no} belongs to a till already; choose another."),
    "timeout": mark("It did not happen within {seconds} seconds."),
    # programs
    "bad_command": mark("This command cannot be read: {reason}"),
    "internal_error": mark("The command failed by a fault of the program; the log has the details."),
}


AMOUNT_SAMPLE = mark("0.00")
"""Its translation shows the language's decimal point."""

_AMOUNTS = ("balance", "amount", "due")
"""Values that are amounts of ours, as programs read them; people read them in their own way."""


def sentence(code: str, values: Mapping[str, Any], gettext: Callable[[str], str]) -> str:
    """The refusal's sentence, translated; for a code without a sentence its reason, or the code itself."""
    template = SENTENCES.get(code)
    if template is None:
        return str(values.get("reason") or code)
    point = gettext(AMOUNT_SAMPLE)[1]
    shown = {name: str(value).replace(".", point) if name in _AMOUNTS else value for name, value in values.items()}
    return gettext(template).format_map(_Shown(shown))


class _Shown(dict[str, Any]):
    """A value that a sentence names but nobody gave must not break the answer."""

    def __missing__(self, key: str) -> str:
        return "?"
