"""Cash and day end."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "no_such_currency": mark("There is no currency called {currency}; use a code like EUR."),
    "movement_reason_needed": mark("Say why cash is put in or taken out: a reason is needed."),
    "movement_reason_too_long": mark("The reason is too long or not readable; at most {limit} characters."),
    "not_enough_cash": mark("The drawer should hold {balance} {currency} only; take less, or count it."),
    "nothing_counted": mark("Nothing was counted; name an amount per currency."),
    "counted_denomination": mark("There is no note or coin of {text} in {currency}."),
    "counted_pieces": mark("Count whole pieces of {text} {currency}: 0 to 99999."),
    "counted_too_large": mark("The count in {currency} is too large."),
    "counted_unreadable": mark("The count in {currency} is neither an amount nor a list of pieces."),
    "counted_only_now": mark("Only what lies in this till's drawer now can be counted."),
    "print_only_now": mark("Only this till's figures of now can be printed; leave scope, day and Z number."),
    "z_no_or_day": mark("Choose a Z number of this till, or a day; not both."),
    "unknown_z_report": mark("This till has no Z report {no}."),
}
