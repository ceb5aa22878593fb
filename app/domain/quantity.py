"""Quantities as integers in thousandths: "3" is 3000, "0.25" is 250.

Thousandths hold pieces, grams of a kilogram and millilitres of a litre exactly.
"""

from __future__ import annotations

import re

from app.domain.money import divide_half_up

MILLI = 1000
MAX_QUANTITY_MILLI = 9_999 * MILLI
"""Most that one line may hold: above it, somebody scanned a barcode into the quantity."""

_QUANTITY = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,](?P<part>[0-9]{1,12}))?")


class QuantityError(ValueError):
    """Text that is no quantity. ``fault``: ``not_a_number``, ``too_many_decimals``, ``too_large`` or ``zero``."""

    def __init__(self, fault: str, text: str) -> None:
        super().__init__(f"{fault}: {text[:40]!r}")
        self.fault = fault


def parse_milli(text: str) -> int:
    """Read "3", "0.25" or "0,25" as thousandths, above zero. ``QuantityError`` for anything else."""
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        raise QuantityError("not_a_number", text)
    part = found["part"] or ""
    if len(part) > 3:
        raise QuantityError("too_many_decimals", text)
    milli = int(found["whole"]) * MILLI + int(part.ljust(3, "0"))
    if milli > MAX_QUANTITY_MILLI:
        raise QuantityError("too_large", text)
    if milli == 0:
        raise QuantityError("zero", text)
    return milli


def format_milli(milli: int) -> str:
    """Write thousandths as short as they are: 3000 is "3", 250 is "0.25"."""
    sign = "-" if milli < 0 else ""
    whole, part = divmod(abs(milli), MILLI)
    return f"{sign}{whole}.{part:03d}".rstrip("0").rstrip(".")


def gross_of(unit_price_minor: int, quantity_milli: int) -> int:
    """The gross of a line: price times quantity, rounded half up to the minor unit."""
    return divide_half_up(unit_price_minor * quantity_milli, MILLI)
