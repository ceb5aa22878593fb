"""Card payments at the terminal."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "card_declined": mark("Declined ({code}). Take another card, or another way to pay."),
    "card_aborted": mark("Given up at the terminal. Nothing was charged."),
    "card_unreadable": mark("The card cannot be read. Try again, or take another one."),
    "card_blocked": mark("This card is blocked. Take another one."),
    "card_expired": mark("This card has expired. Take another one."),
    "card_unknown": mark("The terminal does not take this sort of card. Take another one."),
    "card_credit_too_low": mark("There is too little on the card. Take another way to pay."),
    "card_no_connection": mark("The terminal cannot reach the bank. Try again, or take cash."),
    "card_not_registered": mark("The terminal does not know this till. Switch the terminal off and on."),
    "card_not_possible": mark("The terminal cannot do this. Take another way to pay."),
    "card_busy": mark("The terminal is busy. Wait until it is done, then try again."),
    "card_already_reversed": mark("The terminal has taken this payment back already: see Devices."),
    "card_reversal_not_possible": mark("The terminal cannot take this payment back any more."),
    "card_amount_too_large": mark("The amount is too large for this card."),
    "card_amount_too_small": mark("The amount is too small for a card."),
    "card_memory_full": mark("The terminal's memory is full. Do its end of day first."),
    "card_day_not_closed": mark("The terminal's end of day is open. Do that first."),
    "card_terminal_defective": mark("The terminal's keypad is defective. Take another way to pay."),
    "card_offline": mark("The terminal does not answer. Look at its cable and power, or take cash."),
    "card_no_terminal": mark("This till has no card terminal."),
    "card_not_charged": mark("The line was lost; the terminal says that nothing was charged. Try again."),
    "card_pending": mark("A card payment is not cleared up yet. /61 says what to do."),
    "card_uncertain": mark("Nobody knows if {amount} was charged: read the terminal, then /61."),
    "card_charged_already": mark("{amount} has been charged for this already: pay just that by card."),
    "card_charge_unknown": mark("No card payment {key} waits for your word."),
    "card_paid": mark("Money was charged by card. Take that payment back first."),
    "card_day_failed": mark("The terminal's end of day did not work. Look at the terminal."),
}
