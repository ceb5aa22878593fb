"""Cash counted by hand: which pieces a currency has, and what a count comes to.

Coins and notes are data, in minor units, largest first; whatever has been legal tender lately is
there, since drawers still see it (the 500 EUR note, the 1,000 CHF note).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.money import MAX_AMOUNT_MINOR, MoneyError, parse_minor

DENOMINATIONS: Mapping[str, tuple[int, ...]] = {
    "EUR": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "CHF": (100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "PLN": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "CZK": (500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100),
    "DKK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50),
    "SEK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100),
    "NOK": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100),
    "HUF": (2000000, 1000000, 500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500),
    "RON": (50000, 20000, 10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
    "TRY": (20000, 10000, 5000, 2000, 1000, 500, 100, 50, 25, 10, 5, 1),
    "CAD": (10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5),
    "AUD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
    "CNY": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "JPY": (10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
    "KWD": (20000, 10000, 5000, 1000, 500, 250, 100, 50, 20, 10, 5),
}
"""Notes and coins by ISO 4217 code, in minor units."""

ROLLS: Mapping[str, Mapping[int, int]] = {
    "EUR": {200: 25, 100: 25, 50: 40, 20: 40, 10: 40, 5: 50, 2: 50, 1: 50},
    "CHF": {500: 25, 200: 50, 100: 50, 50: 50, 20: 50, 10: 50, 5: 50},
}
"""How many coins a bank's roll holds, where all rolls are alike."""

MAX_PIECES = 99_999
"""Of one denomination: more is a slip, no drawer holds them."""

Pieces = tuple[tuple[int, int], ...]
"""(minor units, how many), the largest first."""


class CountError(ValueError):
    """A count that cannot be. ``fault``: ``denomination``, ``pieces`` or ``too_large``; ``text`` names the slip."""

    def __init__(self, fault: str, text: str) -> None:
        super().__init__(f"{fault}: {text[:40]!r}")
        self.fault = fault
        self.text = text


def pieces_of(currency: str, counted: Mapping[str, Any]) -> Pieces:
    """Pieces by denomination as text (``{"50": 3, "0.20": 7}``) as pieces; ``CountError`` for what does not exist.

    >>> pieces_of("EUR", {"0,20": 7, "50": 3, "0.2": 1})
    ((5000, 3), (20, 8))
    """
    found: dict[int, int] = {}
    for text, count in counted.items():
        try:
            piece = parse_minor(text, currency)
        except MoneyError:
            raise CountError("denomination", text) from None
        if piece not in DENOMINATIONS.get(currency, ()):
            raise CountError("denomination", text)
        # True is an integer to Python, and no number of notes.
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_PIECES:
            raise CountError("pieces", text)
        found[piece] = found.get(piece, 0) + count
    if sum_of(tuple(found.items())) > MAX_AMOUNT_MINOR:
        raise CountError("too_large", currency)
    return tuple((piece, found[piece]) for piece in sorted(found, reverse=True) if found[piece])


def sum_of(pieces: Pieces) -> int:
    """What the pieces come to, in minor units."""
    return sum(piece * count for piece, count in pieces)
