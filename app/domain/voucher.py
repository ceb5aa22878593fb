"""Voucher codes, kinds and the rules of using one.

A code is 12 characters of Crockford's base 32 (60 random bits) and a check character after
ISO 7064 MOD 37-36, shown in groups of four: ``7K3M-9QXA-0PWT-B``. Crockford's alphabet
has no I, L, O and U; whoever types I or L means 1, and O means 0. MOD 37-36 finds every
single wrong character and most swaps of two neighbours. Its check character may itself be
an I, L, O or U; :func:`code_from` passes over such codes so that what we issue can be read
aloud, and :func:`parse_code` still takes them from elsewhere.

Kinds (UStG § 3 (13)-(15)): *multi-purpose* is untaxed when sold, the goods bear the tax when
it is redeemed. *single-purpose* is taxed when sold, at the rate of its key on that day, and
untaxed when redeemed: the goods it pays for leave the tax base again.
"""

from __future__ import annotations

import msgspec
from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 12
CODE_BITS = 60
MULTI_PURPOSE, SINGLE_PURPOSE = "multi_purpose", "single_purpose"
KINDS = (MULTI_PURPOSE, SINGLE_PURPOSE)

_MISREAD = str.maketrans("ILO", "110")
_SEPARATORS = str.maketrans("", "", " -")


class CodeMistyped(ValueError):
    """Text that cannot be a voucher code: wrong length, wrong characters, or the check character does not fit."""


def code_from(randomness: bytes) -> str:
    """A new code out of at least 32 random bytes; 13 characters, no separators."""
    if len(randomness) < 32:
        raise ValueError("a voucher code needs 32 random bytes")
    number = int.from_bytes(randomness[:32], "big")
    code = ""
    for window in range(4):
        code = _code_of(number >> (window * 64))
        if code[-1] in ALPHABET:
            break
    return code


def parse_code(text: str) -> str:
    """The canonical code (13 characters) that was typed or scanned; ``CodeMistyped`` if there is a slip in it."""
    typed = text.upper().translate(_SEPARATORS)
    if len(typed) != BODY_LENGTH + 1:
        raise CodeMistyped(f"a voucher code has {BODY_LENGTH + 1} characters, not {len(typed)}")
    body = typed[:BODY_LENGTH].translate(_MISREAD)
    if any(character not in ALPHABET for character in body):
        raise CodeMistyped("a character that no voucher code has")
    check = str(mod_37_36.calc_check_digit(body))
    if check not in (typed[-1], typed[-1].translate(_MISREAD)):
        raise CodeMistyped("the check character does not fit")
    return body + check


def shown(code: str) -> str:
    """The code in groups of four, as people read it.

    >>> shown("7K3M9QXA0PWTB")
    '7K3M-9QXA-0PWT-B'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def state_of(value_minor: int, balance_minor: int, expires_on: str, day: str | None) -> str:
    """``overdrawn``, ``used_up``, ``expired`` or ``open``; without a day nothing is expired."""
    if balance_minor < 0:
        return "overdrawn"
    if balance_minor == 0 and value_minor:
        return "used_up"
    return "expired" if is_expired(expires_on, day) else "open"


def is_expired(expires_on: str, day: str | None) -> bool:
    """Whether the voucher's last day (ISO 8601; empty: none) lies before the day."""
    return bool(day and expires_on and expires_on < day)


def _code_of(number: int) -> str:
    body = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(BODY_LENGTH)))
    return body + str(mod_37_36.calc_check_digit(body))


class ExpiryRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this day on vouchers of the kind are good for so many years; reference data.

    ``to_year_end``: until the last day of that year (Germany: three years to the end of the year).
    """

    voucher_kind: str
    valid_from: str
    years: int
    to_year_end: bool = True

    @property
    def key(self) -> str:
        return f"{self.voucher_kind}/{self.valid_from}"
