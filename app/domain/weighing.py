"""Weights of goods: grams as whole numbers; tare classes are reference data.

A quantity of goods by the kilogram in thousandths is its net weight in grams. *Gross* is what lay on the scale, *tare*
what the packing weighs, *net* what is sold: gross less tare, always above zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from app.domain import codes

KILOGRAM = "kg"
MAX_TARE_G = 9_999
"""Four digits are what a checkout scale takes."""
MAX_NAME = 40
BY_SCALE, BY_HAND = "scale", "manual"
"""How a weight came about."""
_MASK = re.compile(r"[0-9]{4,9}V{3,6}0*K")
MASK_LENGTH = 13


class TareClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Packing of one kind, like a plate or a cup. ``barcode``: what is on it; its scan sets the tare.

    A barcode of 13 characters may be a mask: digits, then ``V`` for each digit of the plate's own grams, ``0`` passed
    over, ``K`` for the check digit; ``grams`` is 0 then.
    """

    name: str
    grams: int = 0
    barcode: str = ""

    @property
    def key(self) -> str:
        return self.name

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not 0 < len(self.name) <= MAX_NAME or not self.name.isprintable() or self.name != self.name.strip():
            raise ValueError(f"name: 1 to {MAX_NAME} printable characters, without blanks around them")
        if self.masked:
            if len(self.barcode) != MASK_LENGTH or _MASK.fullmatch(self.barcode) is None:
                raise ValueError("barcode: a mask has 13 characters: digits, V (3 to 6), 0, and K at the end")
            if self.grams:
                raise ValueError("grams: 0 where the barcode holds them")
            return
        if not 0 < self.grams <= MAX_TARE_G:
            raise ValueError(f"grams: 1 to {MAX_TARE_G}")
        if self.barcode and (not codes.is_code(self.barcode) or codes.has_wrong_check_digit(self.barcode)):
            raise ValueError("barcode: a code with the right check digit")

    @property
    def masked(self) -> bool:
        """Whether each piece's barcode holds its own weight."""
        return "V" in self.barcode


class Tare(msgspec.Struct, frozen=True):
    """What the packing of one weighing weighs; ``name`` of its class, empty if it was typed."""

    grams: int
    name: str = ""


def tare_of(code: str, classes: Iterable[TareClass]) -> Tare | None:
    """The tare that a scanned code stands for; None if it is no plate's, or was misread.

    >>> cup, plate = TareClass("Becher", 12, "BECHER"), TareClass("Teller", 0, "279999VVVVV0K")
    >>> tare_of("BECHER", [cup, plate]), tare_of("2799990034505", [cup, plate])
    (Tare(grams=12, name='Becher'), Tare(grams=345, name='Teller'))
    >>> tare_of("2799990034506", [cup, plate]), tare_of("2800000034504", [cup, plate])
    (None, None)
    """
    code = codes.canonical(code)
    for each in classes:
        if not each.masked:
            if each.barcode and code == codes.canonical(each.barcode):
                return Tare(each.grams, each.name)
            continue
        fits = len(code) == MASK_LENGTH and codes.looks_like_gtin(code) and not codes.has_wrong_check_digit(code)
        if fits and all(wanted in ("V", "K", digit) for digit, wanted in zip(code, each.barcode, strict=True)):
            grams = int("".join(digit for digit, of in zip(code, each.barcode, strict=True) if of == "V"))
            return Tare(grams, each.name) if 0 < grams <= MAX_TARE_G else None
    return None


def by_weight(unit: str) -> bool:
    """Whether goods of this unit are sold by the kilogram."""
    return unit.strip().lower() == KILOGRAM
