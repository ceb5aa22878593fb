"""Tenders."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "unknown_tender": mark("This till knows no way to pay called {tender}."),
    "unknown_currency": mark("This till takes {known} only, not {currency}."),
    "more_than_due": mark("Only cash gives change; at most {due} is due."),
    "more_than_owed": mark("Only {due} is to be given back."),
    "not_refundable": mark("{tender} cannot be given back; choose another way to pay."),
    "refund_home_currency": mark("Money is given back in {currency} only."),
    "no_exchange_rate": mark("There is no exchange rate for {currency} today; ask the office."),
    "foreign_cash_only": mark("Only cash can be taken in {currency}; choose cash."),
    "no_such_coins": mark("No coins pay that amount; cash goes in steps of {amount}."),
    "change_limit": mark("At most {amount} is given as change; take less, or another way to pay."),
    "tip_not_here": mark("No tip with {tender}; take the tip in cash or by card."),
    "tip_too_large": mark("The tip is more than the {amount} that is paid."),
    "reference_needed": mark("{tender} needs a number or name to refer to; give one."),
    "reference_too_long": mark("The reference must be {limit} printable characters at most."),
    "no_payment": mark("There is no payment to take back."),
}
