"""Articles, prices and VAT."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "unknown_article": mark("No article has the code {code}."),
    "wrong_check_digit": mark("The check digit of {code} is wrong; scan again or check the typing."),
    "bad_code": mark("No barcode or ident number: 1 to 40 letters and digits without blanks."),
    "price_needed": mark("{name} has no fixed price; give one."),
    "vat_rate_missing": mark("VAT key {vat_key} ({name}) has no rate on {day}; ask the office."),
    "no_price_in_list": mark("{name} has no price in price list {price_list}; ask the office."),
    "unknown_supply": mark("There is no supply called {where}; use eat_in or take_away."),
    "other_currency": mark("{name} is priced in {currency}, but this till sells in another currency."),
}
