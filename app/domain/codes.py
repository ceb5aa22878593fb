"""Barcodes and ident numbers.

A code of 8, 12, 13 or 14 digits is a GTIN (EAN-8, UPC-A, EAN-13, GTIN-14) and must carry
the right check digit. UPC-A is EAN-13 with a leading zero, and scanners deliver either:
the books keep and compare the 13-digit form. Everything else that is printable is a code
of the shop's own, or an ident number.
"""

from __future__ import annotations

import re

from stdnum import ean

GTIN_LENGTHS = (8, 12, 13, 14)
MAX_CODE_LENGTH = 40
TYPED_IDENT_DIGITS = 7
"""Ident numbers up to this length may be typed without their leading zeros; longer digits are barcodes."""

_CODE = re.compile(r"[!-~]{1,40}")
_IDENT = re.compile(r"[0-9A-Za-zÄÖÜäöüß._/+-]{1,30}")


def looks_like_gtin(code: str) -> bool:
    """Whether the code has the shape of a GTIN, whatever its check digit."""
    return len(code) in GTIN_LENGTHS and code.isascii() and code.isdigit()


def has_wrong_check_digit(code: str) -> bool:
    """Whether the code has the shape of a GTIN and its check digit does not fit.

    >>> has_wrong_check_digit("4006381333931"), has_wrong_check_digit("4006381333932"), has_wrong_check_digit("17")
    (False, True, False)
    """
    return looks_like_gtin(code) and not ean.is_valid(code)


def gtin_check_digit(body: str) -> str:
    """The check digit that completes the digits to a GTIN."""
    return str(ean.calc_check_digit(body))


def canonical(code: str) -> str:
    """The form in which barcodes are kept and compared: UPC-A as its EAN-13."""
    return f"0{code}" if len(code) == 12 and looks_like_gtin(code) and ean.is_valid(code) else code


def bare_ident(ident_no: str) -> str:
    """An ident number without its leading zeros: what its spellings have in common.

    >>> bare_ident("0017"), bare_ident("17"), bare_ident("000"), bare_ident("B017")
    ('17', '17', '0', 'B017')
    """
    return (ident_no.lstrip("0") or "0") if ident_no.isascii() and ident_no.isdigit() else ident_no


def may_lack_zeros(code: str) -> bool:
    """Whether the code may stand for an ident number with other leading zeros.

    >>> may_lack_zeros("17"), may_lack_zeros("00000017"), may_lack_zeros("B17"), may_lack_zeros("40063813")
    (True, True, False, False)
    """
    return code.isascii() and code.isdigit() and len(bare_ident(code)) <= TYPED_IDENT_DIGITS


def is_code(text: str) -> bool:
    """Whether the text can be scanned or typed as a code at all: 1 to 40 printable ASCII characters, no blank."""
    return _CODE.fullmatch(text) is not None


def is_ident_no(text: str) -> bool:
    """Whether the text can be an ident number: 1 to 30 letters, digits and ``. _ / + -``."""
    return _IDENT.fullmatch(text) is not None
