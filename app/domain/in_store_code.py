"""In-store EANs that hold a price, a weight or a count; their masks are reference data.

    2212341012347   22 | 1234 | 1 | 01234 | 7      article 1234 for 12.34
    2812347012503   28 | 1234 | 7 | 01250 | 3      1.250 kg of article 1234
                    prefix, article, check digit of the value, value, check digit of the EAN

The numbers are the shop's own (GS1 keeps the prefixes 20 to 29, 02 and 04 free for that); Germany's usage
counts as long as no mask is set. A code that is registered as a barcode as a whole is never taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from app.domain import codes

MASK_LENGTH = 13
MAX_DECIMALS = 4
_MASK = re.compile(r"[0-9]{2,7}(?=[IVC0]*K$)(?:[C0]*I{3,7}[C0]*V{3,6}[C0]*|[C0]*V{3,6}[C0]*I{3,7}[C0]*)K")

Holds = Literal["price", "weight", "count"]


class InStoreMask(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How codes of a prefix are read. ``mask`` has 13 characters: the prefix's digits, then ``I`` for the
    article's digits, ``V`` for those of the value, ``C`` a price check digit (GS1, of 4 or 5 value digits), ``0``
    passed over, ``K`` the EAN's own check digit.

    ``holds``: ``price`` (minor units), ``weight`` (``decimals`` of a kilogram), ``count``.
    """

    prefix: str
    mask: str
    holds: Holds
    decimals: int = 3

    @property
    def key(self) -> str:
        return self.prefix

    def check(self) -> None:
        """``ValueError`` for a mask that cannot be read, or that would take codes of other makers apart."""
        if len(self.mask) != MASK_LENGTH or _MASK.fullmatch(self.mask) is None:
            raise ValueError("a mask has 13 characters: prefix, I (3 to 7), V (3 to 6), C, 0, and K at the end")
        body = self.mask[len(self.prefix) :]
        if not self.mask.startswith(self.prefix) or re.fullmatch("[IVC0]*K", body) is None:
            raise ValueError("a mask begins with its prefix, and no other digits than 0 follow")
        if not self.prefix.startswith(("2", "02", "04")):
            raise ValueError("only codes that begin with 2, 02 or 04 are the shop's own")
        if body.count("C") > 1 or ("C" in body and body.count("V") not in (4, 5)):
            raise ValueError("there is one check digit C at most, over 4 or 5 digits of value")
        if not 0 <= self.decimals <= MAX_DECIMALS:
            raise ValueError("decimals lie between 0 and 4")


GERMAN_MASKS = (
    *(InStoreMask(prefix, f"{prefix}IIIICVVVVVK", "price") for prefix in ("22", "23")),
    *(InStoreMask(prefix, f"{prefix}IIIICVVVVVK", "count") for prefix in ("25", "26")),
    *(InStoreMask(prefix, f"{prefix}IIIICVVVVVK", "weight") for prefix in ("28", "29")),
)
"""As GS1 Germany has them: 22 and 23 hold a price, 25 and 26 a count, 28 and 29 a weight."""


class InStoreCode(NamedTuple):
    """What an in-store code says. ``value``: minor units, thousandths of a kilogram, or thousandths of a piece."""

    prefix: str
    article: str
    """The digits of the article: an ident number, or registered as a barcode with or without the prefix."""
    holds: Holds
    value: int


class WrongCheckDigit(ValueError):
    """The check digit of the embedded value does not fit."""


def masks_of(configured: Mapping[str, InStoreMask]) -> tuple[InStoreMask, ...]:
    """The masks that count: those set, or Germany's; longer prefixes first."""
    masks = tuple(configured.values()) or GERMAN_MASKS
    return tuple(sorted(masks, key=lambda mask: (-len(mask.prefix), mask.prefix)))


def read(code: str, masks: Iterable[InStoreMask]) -> InStoreCode | None:
    """The code taken apart; None if no mask fits. ``WrongCheckDigit`` if the EAN or its value is misread.

    ``masks`` as from ``masks_of``.

    >>> read("2212341012347", GERMAN_MASKS), read("2812347012503", GERMAN_MASKS)[1:]
    (InStoreCode(prefix='22', article='1234', holds='price', value=1234), ('1234', 'weight', 1250))
    """
    ean = codes.canonical(code)
    if len(ean) != MASK_LENGTH or not codes.looks_like_gtin(ean):
        return None
    mask = next((each for each in masks if ean.startswith(each.prefix)), None)
    if mask is None:
        return None
    if codes.has_wrong_check_digit(ean):
        raise WrongCheckDigit(code)
    value = _part(ean, mask, "V")
    check = _part(ean, mask, "C")
    if check and _value_check_digit(value) != check:
        raise WrongCheckDigit(code)
    return InStoreCode(mask.prefix, _part(ean, mask, "I"), mask.holds, _value_of(int(value), mask))


def write(article: str, value: int, mask: InStoreMask) -> str:
    """The EAN of a label: what a scale prints. ``value`` in the unit of the mask's digits (a weight: ``decimals``).

    ``ValueError`` if article or value need more digits than the mask has, or are none.
    """
    parts = {
        "I": article.zfill(mask.mask.count("I")),
        "V": str(value).zfill(mask.mask.count("V")),
    }
    if value < 0 or any(not text.isdigit() or len(text) != mask.mask.count(kind) for kind, text in parts.items()):
        raise ValueError(f"{article} and {value} do not fit {mask.mask}")
    parts["C"] = _value_check_digit(parts["V"]) if "C" in mask.mask else ""
    digits = {kind: iter(text) for kind, text in parts.items()}
    rest = mask.mask[len(mask.prefix) : -1]
    body = mask.prefix + "".join(next(digits[kind]) if kind in digits else "0" for kind in rest)
    return body + codes.gtin_check_digit(body)


def _value_check_digit(value: str) -> str:
    # biip reads a table of all GS1 prefixes on its way in, a tenth of the program's start: only with the first label.
    from biip.checksums import gs1_price_weight_check_digit

    return str(gs1_price_weight_check_digit(value))


def _part(ean: str, mask: InStoreMask, kind: str) -> str:
    prefix = len(mask.prefix)
    return "".join(digit for digit, of in zip(ean[prefix:], mask.mask[prefix:], strict=True) if of == kind)


def _value_of(value: int, mask: InStoreMask) -> int:
    match mask.holds:
        case "price":
            return value
        case "count":
            return value * 1000
        case _:
            # A tenth of a gram is less than any scale of a shop shows.
            return value * 1000 // int(10**mask.decimals)
