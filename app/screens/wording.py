"""Codes and values -> what a person reads on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.domain.tender import DEFAULT_TENDERS
from app.domain.voucher import CodeMistyped, parse_code, shown
from app.domain.weighing import BY_HAND
from app.screens.dialogue import Dialogue, Stage
from app.screens.functions import Function, Mode
from app.screens.intents import Refused
from app.text import day, local, mark
from app.text import gettext as _
from app.till.views import LineView

REFUSALS = {
    "too_fast": mark("Too fast: keys were not taken. Wait for the till, then check the sale."),
    "key_unknown": mark("The key {value} has no function here."),
    "unreadable": mark("Unreadable characters: nothing was taken. Scan or type it again."),
    "function_unknown": mark("There is no function {value} here; F1 lists them."),
    "help_open": mark("The help is open: nothing was taken. Esc closes it."),
    "answer_first": mark("First answer the question: Enter is yes, Esc is no."),
    "entry_open": mark("First finish or clear (Esc) what has been entered."),
    "no_quantity": mark("{value} is no quantity; type 3 or 0.25."),
    "price_first": mark("First the price, then this key: 199 is 1.99."),
    "no_line": mark("{value} is no line number."),
    "no_amount": mark("{value} is no amount; 2000 is 20.00."),
    "scan_is_no_money": mark("{value} is a barcode, no money: nothing was taken."),
    "amount_zero": mark("The amount must be above zero."),
    "no_rate_today": mark("There is no exchange rate for {value} today; ask the office."),
    "no_quick_amount": mark("{value}: there are not so many amounts to choose from."),
    "amount_open": mark("First finish or clear (Esc) the amount."),
    "code_first": mark("Scan or type the voucher's code."),
    "no_invoice": mark("{value} is a delivery note: only invoices can be shown."),
    "nothing_marked": mark("First mark the delivery notes that belong to the invoice."),
    "customer_taken": mark("There is a customer {value} already: take another number, or none for the next free one."),
    "coupon_by_code": mark("Scan or type the coupon's code; this campaign has none of its own."),
    "too_many_vouchers": mark("At least 1 and at most {value} at once."),
    "return_first": mark("First scan or type the article that comes back, then this key."),
    "no_percent": mark("{value} is no percentage: 0 to 100 belong before this key."),
    "nothing_to_discount": mark("There is no line of goods to discount."),
    "nothing_parked": mark("No sale is open, and none is parked."),
    "no_sale_open": mark("No sale is open."),
    "nothing_left_to_return": mark("Nothing of this receipt is left to come back."),
    "parked_several": mark("{value} could be several: type the whole number."),
    "nothing_to_repeat": mark("There is no article to repeat."),
    "nothing_to_void": mark("There is no line to void."),
    "look_first": mark("Something before this was refused: check the sale, then pay."),
    "no_action": mark("{value} has no function here; the lowest line shows which have."),
    "nothing_to_type": mark("Nothing can be typed here; Esc closes it."),
    "please_wait": mark("Please wait until this is done; Esc gives it up."),
    "no_number_here": mark("{value}: type the number of a line, or use the arrows."),
    "no_such_number": mark("There is no line {value}."),
    "nothing_found": mark("Nothing is found for {value}; Esc goes back."),
    "no_such_page": mark("There is no page {value} of the assortment."),
    "no_pages": mark("There are no pages, and no article groups to make them of; ask the office."),
    "nothing_to_choose": mark("There is nothing to choose; Esc goes back."),
    "field_needed": mark("{value} is needed."),
    "scan_is_no_text": mark("{value} is a barcode, which does not belong here: nothing was taken."),
    "scan_in_task": mark("Nothing is sold here, Esc goes back. Not taken: {value}"),
    "no_count": mark("{value} is no whole number; type 0, 1, 2, ..."),
    "no_pieces": mark("{value} is no number of pieces; type 12, 3*40, 2+5 or 2r (two rolls)."),
    "no_rolls": mark("There are no rolls of {value}: type how many pieces there are."),
    "no_numbers": mark("{value} are no till numbers; type 2, or 2,3,5, or 2-8."),
    "no_date": mark("{value} is no date; type 24.12.2026."),
    "no_option": mark("{value} is none of them: type its number or the beginning of its name."),
    "no_printer": mark("This till has no printer; name one in till.toml under [printer] address."),
    "unknown_document": mark("No till has told of a receipt of that number."),
    "screen_too_small": mark("The screen is too small for a receipt as a QR code; enlarge the window to 80x24."),
    "not_sealed": mark("This cannot be signed; print it."),
    "unknown_print_job": mark("No printing of this waits for a decision any more."),
    "not_possible": mark("{value}"),
    "receipt_unknown": mark("There is no receipt {value} here."),
    "too_long": mark("At most {value} characters."),
    "badge_not_here": mark("Nobody's badge is asked for here: nothing was done."),
    "not_opened": mark("{value} did not open for what was sold: /28 opens it."),
    "misread_partial": mark("A code did not come whole: scan it again."),
    "misread_too_long": mark("A code did not come whole: scan it again."),
    "misread_garbage": mark("The scanner sends what nobody can read: are its baud rate and frame those of till.toml?"),
    "misread_check_digit": mark("A code was misread (its check digit does not fit): scan it again."),
    "misread_double": mark("The same code was read twice: it counts once."),
    "misread_badge_partial": mark("The badge was not read whole: hold it to the reader again."),
    "misread_badge_garbage": mark("The badge could not be read: hold it to the reader again."),
    "misread_badge_length": mark("That is no badge of this shop: its number has another length."),
    "nobody_to_lock_out": mark("There are no users yet, so the till cannot be locked; /51 makes the first."),
    "as_told": "{value}",
    "nobody_to_log_in": mark("There are no users yet, so nobody has to log in; /51 makes the first."),
    "logged_in": mark("{value} is logged in here; F12 locks the till for somebody else."),
    "not_kept": mark("Changed, but till.toml cannot be written: after the next start it is as before."),
    "right_of_role": mark("This right comes with the role: change the role instead."),
    "pins_differ": mark("The two PINs differ: type them again."),
    "pin_first": mark("First type the PIN of whoever takes it upon himself."),
    "reason_first": mark("First type why it is used all the same."),
    "printer_off": mark("Printer: {value}"),
    "queue_full": mark("Too fast: an entry was not taken. Wait for the till, then check the sale."),
}
"""Sentences for what the screens themselves refuse; the session's are in ``app/till/refusals.py``."""

MAX_CODE_SHOWN = 20

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
    "blocked": mark("blocked"),
    "overdrawn": mark("overdrawn"),
}


QUESTIONS = {
    Stage.GO_ON: mark("Go on without them? Enter yes, Esc no"),
    Stage.UNPRINTED: mark("Its receipt waits for the printer. By card all the same? Enter yes, Esc no"),
    Stage.USER: mark("Supervisor (Enter: myself, Esc: no)"),
    Stage.PIN: mark("PIN"),
    Stage.REASON: mark("Use it all the same, because (Esc: no)"),
}
"""What is asked when not every till confirmed, or the printer cannot print."""


def refusal(refused: Refused) -> str:
    """The sentence for a refused key or entry."""
    return _(REFUSALS[refused.code]).format(value=refused.value or _("This"))


def money(amount_minor: int, currency: str) -> str:
    """The amount as the till's language writes it: 12,34 or 12.34."""
    return local(format_minor(amount_minor, currency))


def quantity(milli: int) -> str:
    """The quantity as short as it is: 3 or 0,25."""
    return local(format_milli(milli))


def date(iso: str) -> str:
    """A day (``2026-12-24``) as the till's language writes it."""
    return day(iso)


def till(no: int) -> str:
    """What a till is called."""
    return _("Till {no}").format(no=no)


def instant(at: str) -> str:
    """An instant (ISO 8601) as the shop's clock showed it: ``21.11. 18:37``."""
    return datetime.fromisoformat(at).astimezone().strftime("%d.%m. %H:%M")


def sold(code: str, fields: Mapping[str, Any]) -> str:
    """What is said of an article that was rung up, and how old its buyer has to be."""
    shown = code.replace("\x1d", "~")
    if len(shown) > MAX_CODE_SHOWN:
        shown = f"{shown[: MAX_CODE_SHOWN - 2]}.."  # the name matters more
    said = f"OK {shown} {fields.get('name', '')}"
    if fields.get("weighed"):
        said += f" {local(str(fields['quantity']))} kg"
    years = fields.get("age_limit")
    aged = _("only from the age of {years}").format(years=years)
    return f"{said} - {aged}" if years else said


def tare(fields: Mapping[str, Any]) -> str:
    """The tare that the next weighing has."""
    if fields["tare_g"] == "0":
        return _("No tare is set.")
    name = fields.get("tare_class")
    said = _("Tare of the next weighing: {grams} g").format(grams=fields["tare_g"])
    return f"{said} ({name})" if name else said


def weights(line: LineView) -> list[str]:
    """What lay on the scale and what its packing weighs, and that a weight was typed."""
    said = []
    if line.tare_g:
        said.append(_("gross {gross} g, tare {tare} g").format(gross=line.gross_g, tare=line.tare_g))
    if line.tare_class:
        said.append(line.tare_class)
    return [*said, _("weight typed by hand")] if line.weighed == BY_HAND else said


def voucher_code(code: str) -> str:
    """The code in groups of four; as it is if it is none."""
    try:
        return shown(parse_code(code))
    except CodeMistyped:
        return code


def voucher_state(state: str) -> str:
    """Whether a voucher may be used."""
    return _(VOUCHER_STATES[state]) if state in VOUCHER_STATES else state


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


def day_end(fields: Mapping[str, Any]) -> str:
    """What a day end came to, out of its answer."""
    said = _("Day end {no}: {count} receipts, {gross}")
    gross = local(f"{fields['gross']} {fields['currency']}")
    text = said.format(no=f"Z {fields['z_no']}", count=fields["receipts"], gross=gross)
    return text + "; " + _("{count} parked").format(count=fields["parked"]) if fields.get("parked") else text


def prompt(mode: Mode, asked: Function, dialogue: Dialogue | None = None) -> str:
    """What the entry line is for."""
    match mode:
        case Mode.QUESTION:
            return _(QUESTIONS[dialogue.stage]) if dialogue is not None else ""
        case Mode.SALE:
            return ""
        case Mode.TENDER:
            return _("Payment, given")
        case Mode.REDEEM:
            return _("Pay with voucher")
        case Mode.TASK:
            return ""
        case Mode.HELP:
            return _("Help, Esc closes")
        case Mode.CONFIRM if asked is Function.QUIT:
            return _("Close the till? Enter yes, Esc no")
        case Mode.CONFIRM if asked is Function.Z_REPORT:
            return _("Day end without a cash count? Enter yes, Esc no")
        case Mode.CONFIRM:
            return _("Void the whole sale? Enter yes, Esc no")
