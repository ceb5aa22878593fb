"""Typed digits -> money and quantities, as the commands take them ("20.00", "3.5").

Register habit: digits without a comma are minor units (``2000`` is 20.00), with one
they are major units (``20,`` and ``20,5`` are 20.00 and 20.50). Money has at most
seven digits, and scanners type eight or more: **a scan is never money**.
"""

from __future__ import annotations

import re

from app.domain import codes
from app.domain.money import MINOR_DIGITS

MAX_DIGITS = 7
FULL_BP = 10_000
NOTES = (5, 10, 20, 50, 100)
"""What people give: the due amount up to the next multiple of one of these."""
STAR = "*"
"""Typed so often as says which of the amounts: ``*`` the first, ``**`` the second."""

_QUANTITY = re.compile(r"\d{1,7}(?:[.,]\d{1,3})?")
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
_MAJOR = re.compile(r"(\d*)[.,](\d*)")


class NotAnAmount(ValueError):
    """The entry is no money; ``code`` names the sentence: ``scan_is_no_money``, ``no_amount``, ``amount_zero``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def amount(text: str, minor_digits: int = 2) -> str:
    """The typed amount as a decimal string with ``minor_digits`` places; ``NotAnAmount`` if it is none."""
    if is_scan(text):
        raise NotAnAmount("scan_is_no_money")
    if _ascii_digits(text):
        minor = text
    elif (match := _MAJOR.fullmatch(text)) and (match[1] or match[2]) and _ascii_digits(match[1] + match[2]):
        if len(match[2]) > minor_digits:
            raise NotAnAmount("no_amount")
        minor = match[1] + match[2].ljust(minor_digits, "0")
    else:
        raise NotAnAmount("no_amount")
    if len(minor) > MAX_DIGITS:
        raise NotAnAmount("no_amount")
    value = int(minor)
    if value == 0:
        raise NotAnAmount("amount_zero")
    if minor_digits == 0:
        return str(value)
    major, rest = divmod(value, 10**minor_digits)
    return f"{major}.{rest:0{minor_digits}d}"


def quantity(text: str) -> str | None:
    """The typed quantity with a decimal point; None if it is none (a scan is none either)."""
    if not text.isascii() or is_scan(text) or not _QUANTITY.fullmatch(text):
        return None
    return text.replace(",", ".")


def percent(text: str) -> str | None:
    """The typed percentage, 0 to 100 with at most two decimals and a decimal point; None if it is none."""
    if not text.isascii() or not _PERCENT.fullmatch(text):
        return None
    whole, _point, part = text.replace(",", ".").partition(".")
    return text.replace(",", ".") if int(whole) * 100 + int(part.ljust(2, "0")) <= FULL_BP else None


def may_be_minor(text: str) -> bool:
    """Whether it is read as minor units: so are the codes that are too short for ``is_scan``."""
    return _ascii_digits(text) and len(text) <= MAX_DIGITS


def is_scan(text: str) -> bool:
    """Whether the digits are a GTIN by length and check digit."""
    return codes.looks_like_gtin(text) and not codes.has_wrong_check_digit(text)


def quick_amounts(due_minor: int, currency: str) -> tuple[int, ...]:
    """What is likely to be given for so much, each once and more than is due; nothing if nothing is due.

    >>> quick_amounts(1734, "EUR"), quick_amounts(1250, "EUR"), quick_amounts(2000, "EUR"), quick_amounts(-5, "EUR")
    ((2000, 5000, 10000), (1500, 2000, 5000, 10000), (2500, 3000, 4000, 5000, 10000), ())
    """
    if due_minor <= 0:
        return ()
    notes = [note * 10 ** MINOR_DIGITS[currency] for note in NOTES]
    return tuple(sorted({(due_minor // note + 1) * note for note in notes}))


def quick_number(text: str) -> int:
    """Which of the amounts is typed: the number of stars; 0 if it is anything else."""
    return len(text) if text and not text.strip(STAR) else 0


def _ascii_digits(text: str) -> bool:
    return bool(text) and text.isascii() and text.isdigit()
