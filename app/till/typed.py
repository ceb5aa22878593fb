"""Typed text into amounts, quantities, codes and days; every slip is a refusal with its own sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain import codes, quantity, voucher
from app.domain.instant import parse_day
from app.domain.money import MINOR_DIGITS, MoneyError, parse_minor
from app.domain.quantity import MAX_QUANTITY_MILLI, QuantityError, format_milli
from app.till.refusals import Refusal

SUPPLIES = ("eat_in", "take_away")
_PERCENT = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,9}))?")

SHOWN_LENGTH = 40
"""How much of a slip is shown back."""
MAX_REASON_LENGTH = 100
SCOPES = ("till", "network")
"""Whose figures."""


def amount_minor(text: str, currency: str, field: str) -> int:
    """An amount of at least zero. ``field`` (``price``, ``amount``, ``value``) picks the refusal's sentence."""
    try:
        return parse_minor(text, currency)
    except MoneyError as error:
        raise Refusal(f"{field}_{error.fault}", {"text": shown(text), "currency": currency}) from None


def positive_minor(text: str, currency: str, field: str) -> int:
    """An amount above zero."""
    amount = amount_minor(text, currency, field)
    if not amount:
        raise Refusal(f"{field}_zero")
    return amount


def quantity_milli(text: str) -> int:
    """A quantity above zero, in thousandths."""
    try:
        return quantity.parse_milli(text)
    except QuantityError as error:
        values = {"text": shown(text), "limit": format_milli(MAX_QUANTITY_MILLI)}
        raise Refusal(f"quantity_{error.fault}", values) from None


def article_code(text: str) -> str:
    """A barcode or ident number, without blanks around it."""
    code = text.strip()
    if not codes.is_code(code) and not codes.is_ident_no(code):
        raise Refusal("bad_code", {"code": voucher.shown(code)})
    return code


def voucher_code(text: str) -> str:
    """A voucher's code as the books keep it. Whether it was mistyped may show only when nobody knows it."""
    try:
        return voucher.canonical_code(text)
    except voucher.CodeMistyped:
        raise Refusal("mistyped_voucher", {"code": shown(text)}) from None


def voucher_unknown(code: str) -> Refusal:
    """Why nobody knows the code: it was mistyped, or there is no such voucher."""
    mistyped = voucher.looks_like_ours(code) and not voucher.is_own_code(code)
    return Refusal("mistyped_voucher" if mistyped else "unknown_voucher", {"code": voucher.shown(code)})


def reason(text: str, *, needed: bool = True) -> str:
    """Why something is done, as it goes into the books: at most 100 printable characters."""
    if needed and not text.strip():
        raise Refusal("reason_needed")
    return short_text(text, MAX_REASON_LENGTH, "reason_too_long")


def day(text: str) -> str:
    """A day as ISO 8601."""
    try:
        return parse_day(text)
    except ValueError:
        raise Refusal("bad_date", {"text": shown(text)}) from None


def scope(text: str) -> str:
    """``till`` or ``network``."""
    if text not in SCOPES:
        raise Refusal("unknown_scope", {"scope": shown(text)})
    return text


def state(text: str, known: Sequence[str]) -> str:
    """One of the states that are known, or empty for ``all``."""
    if text not in ("", "all", *known):
        raise Refusal("unknown_state", {"text": shown(text), "known": ", ".join((*known, "all"))})
    return "" if text == "all" else text


def currency(text: str) -> str:
    """A currency's code, in capital letters."""
    code = text.strip().upper()
    if code not in MINOR_DIGITS:
        raise Refusal("no_such_currency", {"currency": shown(text)})
    return code


def supply(text: str) -> str:
    """``eat_in`` or ``take_away``."""
    where = text.strip()
    if where not in SUPPLIES:
        raise Refusal("unknown_supply", {"where": shown(text)})
    return where


def percent_bp(text: str) -> int:
    """A percentage from 0 to 100 with at most two decimals, in basis points."""
    found = _PERCENT.fullmatch(text.strip())
    named = {"text": shown(text)}
    if found is None:
        raise Refusal("percent_not_a_number", named)
    part = found["part"] or ""
    if len(part) > 2:
        raise Refusal("percent_too_many_decimals", named)
    percent = int(found["whole"]) * 100 + int(part.ljust(2, "0"))
    if found["sign"] == "-" and percent:
        raise Refusal("percent_negative", named)
    if percent > 10_000:
        raise Refusal("percent_too_large", named)
    return percent


def campaign_code(text: str) -> str:
    """What may be a campaign's own code: capital letters, no blanks around it."""
    code = text.strip().upper()
    if not 0 < len(code) <= SHOWN_LENGTH or not code.isprintable():
        raise Refusal("mistyped_coupon", {"code": shown(text)})
    return code


def campaign_id(text: str) -> str:
    """What may be a campaign's id."""
    name = text.strip()
    if not 0 < len(name) <= SHOWN_LENGTH or not name.isprintable():
        raise Refusal("unknown_campaign", {"name": shown(text)})
    return name


def coupon_code(text: str) -> str:
    """A single-use coupon's canonical code."""
    try:
        return voucher.parse_code(text)
    except voucher.CodeMistyped:
        # Text of another length is no such code with a slip in it, but a campaign's that nobody knows.
        slip = len(text.replace("-", "").replace(" ", "")) == voucher.BODY_LENGTH + 1
        raise Refusal("mistyped_coupon" if slip else "unknown_coupon", {"code": shown(text)}) from None


def count(text: str, most: int, code: str) -> int:
    """How many, from 1 to ``most``; ``code`` is that of the refusal."""
    number = text.strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 9 and 1 <= int(number) <= most):
        raise Refusal(code, {"text": shown(text), "limit": str(most)})
    return int(number)


def line_number(text: str) -> int:
    """The number of a line."""
    number = text.strip()
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Refusal("unknown_line", {"line": shown(text)})
    return int(number)


def document_no(text: str) -> str:
    """The number of an order, delivery note, invoice or customer."""
    number = text.strip()
    if not 0 < len(number) <= SHOWN_LENGTH or not number.isprintable():
        raise Refusal("bad_number", {"text": shown(text)})
    return number


def short_text(text: str, limit: int, code: str) -> str:
    """A name, note or reason of at most so many printable characters; it may be empty."""
    short = text.strip()
    if len(short) > limit or not short.isprintable():
        raise Refusal(code, {"limit": str(limit)})
    return short


def shown(text: str) -> str:
    """A slip, short and printable enough to be shown back."""
    return "".join(character if character.isprintable() else "?" for character in text.strip()[:SHOWN_LENGTH])
