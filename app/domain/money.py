"""Amounts of money as integers in the currency's minor unit; never a float.

An amount travels as text ("12.34") and is reckoned as an ``int`` (1234). How many
digits the minor unit has is ISO 4217's business: EUR and CHF two, JPY none, KWD three.

Rounding is *half up by magnitude*: 0.5 becomes 1 and -0.5 becomes -1, so that a
cancelled line is the exact mirror of the line it cancels. (``round`` of Python rounds
half to even and would not be.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MINOR_DIGITS = {
    "EUR": 2, "CHF": 2, "USD": 2, "GBP": 2, "PLN": 2, "CZK": 2, "DKK": 2, "SEK": 2, "NOK": 2, "HUF": 2, "RON": 2,
    "TRY": 2, "CAD": 2, "AUD": 2, "CNY": 2, "JPY": 0, "KWD": 3,
}  # fmt: skip
"""Digits of the minor unit by ISO 4217 code: the currencies that a till can be run in, or take."""

MAX_AMOUNT_MINOR = 999_999_999
"""Largest amount that one field may hold (9,999,999.99 EUR): more is a slip of the scanner, not money."""

MAX_TOTAL_MINOR = 99_999_999_999
"""Largest total of one receipt; far below what 64 bits hold, so that sums of sums still fit."""

_AMOUNT = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,12})(?:[.,](?P<part>[0-9]{1,12}))?")


class MoneyError(ValueError):
    """Text that is no amount. ``fault``: ``not_a_number``, ``too_many_decimals``, ``too_large`` or ``negative``."""

    def __init__(self, fault: str, text: str) -> None:
        super().__init__(f"{fault}: {text[:40]!r}")
        self.fault = fault


def minor_digits(currency: str) -> int:
    """How many decimals amounts of the currency have; ``ValueError`` for a currency we do not know."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise ValueError(f"unknown currency {currency!r}; known are {', '.join(sorted(MINOR_DIGITS))}") from None


def parse_minor(text: str, currency: str, *, negative: bool = False) -> int:
    """Read "12.34", "12,34" or "12" as minor units. ``MoneyError`` for anything else.

    No thousands separators: "1.234" has three decimals and is refused rather than guessed.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise MoneyError("not_a_number", text)
    digits = minor_digits(currency)
    part = found["part"] or ""
    if len(part) > digits:
        raise MoneyError("too_many_decimals", text)
    amount = int(found["whole"] + part.ljust(digits, "0"))
    if found["sign"] == "-" and amount:
        if not negative:
            raise MoneyError("negative", text)
        amount = -amount
    if abs(amount) > MAX_AMOUNT_MINOR:
        raise MoneyError("too_large", text)
    return amount


def format_minor(amount_minor: int, currency: str) -> str:
    """Write minor units as text with a point: 1234 EUR is "12.34", 1234 JPY is "1234"."""
    digits = minor_digits(currency)
    sign = "-" if amount_minor < 0 else ""
    text = str(abs(amount_minor)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"


def divide_half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half up by magnitude; ``denominator`` is above zero.

    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(7, 3)
    (3, -3, 2)
    """
    if denominator <= 0:
        raise ValueError("the denominator must be above zero")
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def spread(amount_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split an amount in proportion to the weights, so that the parts add up to it exactly.

    Largest remainder in minor units; equal remainders go to the earlier part.
    A discount of 5.00 over 3.80 and 10.70:

    >>> spread(500, [380, 1070])
    (131, 369)
    """
    if any(weight < 0 for weight in weights) or (sum(weights) == 0 and amount_minor):
        raise ValueError("weights must not be negative, and not all zero")
    total = sum(weights)
    if not total:
        return tuple(0 for _ in weights)
    sign = 1 if amount_minor >= 0 else -1
    shares = [divmod(abs(amount_minor) * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    for index in by_remainder[: abs(amount_minor) - sum(parts)]:
        parts[index] += 1
    return tuple(sign * part for part in parts)
