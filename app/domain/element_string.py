"""GS1 element strings: what GS1-128, GS1 DataMatrix, GS1 QR and DataBar say about an article. Pure.

    01 04006381333931  3103 001250  10 AB-7     article (01), net weight 1.250 kg (310n), batch (10)

Each element is an application identifier and its value. Those that begin with certain two digits have a fixed length;
any other ends with FNC1 (GS, 1Dh) or with the string (GS1 General Specifications, 7.8). Only what a sale needs is kept:
the article, and of goods of varying measure the weight, the count and the price.
"""

from __future__ import annotations

import msgspec

from app.domain import codes

GS = "\x1d"
ARTICLE, COUNT, BATCH = "01", "30", "10"
NET_WEIGHT, AMOUNT = "310", "392"
"""In kilograms, and in the currency of the country: a fourth digit says how many decimals the value has."""
GTIN_DIGITS = 14
MAX_DECIMALS = 5
MAX_ELEMENTS = 40
_LENGTHS = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8, "17": 8,
    "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip
"""Characters of an element with its identifier, by the identifier's first two digits."""


class Elements(msgspec.Struct, frozen=True):
    """What was read. ``gtin`` is written as the books keep barcodes; ``weight_milli``: thousandths of a kilogram."""

    gtin: str
    weight_milli: int | None = None
    price_minor: int | None = None
    count: int | None = None


class WrongCheckDigit(ValueError):
    """The article's number is misread."""


def read(text: str, minor_digits: int = 2) -> Elements | None:
    """The string taken apart; None for anything else. ``WrongCheckDigit`` if it is one and its GTIN does not fit.

    Without a separator it has to begin with an article's number that fits: a shop's own code may have as many digits.

    >>> read("0104006381333931310300125010AB-7"), read("4006381333931")
    (Elements(gtin='4006381333931', weight_milli=1250, price_minor=None, count=None), None)
    """
    certain = GS in text
    if not certain and not text.startswith(ARTICLE):
        return None
    found = _elements(text)
    gtin = found.get(ARTICLE, "") if found is not None else ""
    if found is None or len(gtin) != GTIN_DIGITS:
        return None
    if codes.has_wrong_check_digit(gtin):
        if certain:
            raise WrongCheckDigit(gtin)
        return None
    return Elements(
        _as_kept(gtin),
        _scaled(found, NET_WEIGHT, 3),
        _scaled(found, AMOUNT, minor_digits),
        _number(found.get(COUNT, "")),
    )


def _elements(text: str) -> dict[str, str] | None:
    """Values by identifier, as far as they are known; None if the string is none."""
    found: dict[str, str] = {}
    rest = text.removeprefix(GS)
    for _ in range(MAX_ELEMENTS):
        if not rest:
            return found
        length = _LENGTHS.get(rest[:2])
        element, _gs, rest = (
            rest.partition(GS) if length is None else (rest[:length], "", rest[length:].removeprefix(GS))
        )
        if not element[:2].isdigit() or not element.isascii():
            return None
        if length is not None and (len(element) != length or not element.isdigit()):
            return None
        # The shorter identifiers are looked for only where no longer one begins alike.
        size = 4 if element.startswith((NET_WEIGHT, AMOUNT)) else 2
        found.setdefault(element[:size], element[size:])
    return None


def _as_kept(gtin: str) -> str:
    """GTIN-8, -12 and -13 without the zeros that fill them up; a GTIN-14 (a case, say) as it is."""
    if not gtin.startswith("0"):
        return gtin
    return gtin[6:] if gtin.startswith("000000") else gtin[1:]


def _scaled(found: dict[str, str], identifier: str, digits: int) -> int | None:
    """The value with so many decimals, the rest cut off: a tenth of a gram is less than any scale of a shop shows."""
    for key, value in found.items():
        number = _number(value) if key[:3] == identifier and len(key) == 4 else None
        if number is not None and int(key[3]) <= MAX_DECIMALS:
            return int(number * 10**digits // 10 ** int(key[3]))
    return None


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 15 else None
