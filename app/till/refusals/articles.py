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
    "unknown_page": mark("There is no page {no} of the assortment."),
    "unknown_price_list": mark("There is no price list {price_list}; they go from 1 to 15."),
    "not_in_assortment": mark("{name} is not sold at this till; its catalogue does not have it."),
    "quantity_of_labels": mark("The code holds price or weight; type how many labels, not {text}."),
    "label_without_value": mark("The label {code} holds no price, weight or count; weigh again."),
    "deposit_missing": mark("The deposit article {ident_no} of {name} is missing; ask the office."),
    "unknown_supply": mark("There is no supply called {where}; use eat_in or take_away."),
    "other_currency": mark("{name} is priced in {currency}, but this till sells in another currency."),
}
