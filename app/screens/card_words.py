"""What a card terminal shows while a customer pays, and what is not cleared up with it, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.money import format_minor
from app.text import gettext as _
from app.text import mark
from app.till.refusals import AMOUNT_SAMPLE

TERMINAL = "terminal"
"""Given to the reports: nothing but the card terminal's end of day is wanted."""
SHOWS = {
    "insert_card": mark("Card terminal: the card, please. Esc gives up."),
    "enter_pin": mark("Card terminal: the customer enters the PIN. Esc gives up."),
    "confirm_amount": mark("Card terminal: the customer confirms the amount. Esc gives up."),
    "please_wait": mark("Card terminal: asking the bank …"),
    "remove_card": mark("Card terminal: the card may be taken out."),
    "card_not_taken": mark("Card terminal: this card is not taken. Esc gives up."),
    "card_expired": mark("Card terminal: this card has expired. Esc gives up."),
    "card_unreadable": mark("Card terminal: the card cannot be read; try again. Esc gives up."),
    "taking_back": mark("Card terminal: it takes the payment back …"),
    "line_lost": mark("The terminal's line was lost; it is asked what became of it. Esc: not now."),
}
SHOWS_ANOTHER = mark("Card terminal: look what it says. Esc gives up.")

STATES = {
    "uncertain": mark("the terminal is being asked"),
    "read": mark("charged? Read the terminal, then choose this"),
    "given_back": mark("given back, still in the sale: take it back again"),
    "approved": mark("charged, on no receipt yet: pay by card again"),
}
Charge = Mapping[str, Any]


def shown(word: str) -> str:
    """What the terminal shows, of ``peripherals.card_terminal.exchange.PROGRESS``; of others that it is at work."""
    return _(SHOWS.get(word, SHOWS_ANOTHER))


def charges_of(status: Mapping[str, Any]) -> Sequence[Charge]:
    """The card payments of an engine's status that are not cleared up."""
    return tuple(status.get("charges", ()))


def title(charge: Charge) -> str:
    """What it is, and how much."""
    amount = format_minor(charge["amount_minor"], charge["currency"]).replace(".", _(AMOUNT_SAMPLE)[1])
    said = _("Card payment {amount}") if charge["kind"] == "payment" else _("Back to the card {amount}")
    return said.format(amount=amount)


def state(charge: Charge) -> str:
    """What is known of it, and what to do."""
    said = str(charge["state"])
    if charge["read_terminal"]:
        said = "read"
    elif said == "approved" and charge["takes_back"]:
        said = "given_back"
    return _(STATES[said])
