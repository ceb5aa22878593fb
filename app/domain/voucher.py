"""Voucher codes, kinds and the rules of using one.

A code is 12 characters of Crockford's base 32 (60 random bits) and a check character after
ISO 7064 MOD 37-36, shown in groups of four: ``7K3M-9QXA-0PWT-B``. Crockford's alphabet
has no I, L, O and U; whoever types I or L means 1, and O means 0. MOD 37-36 finds every
single wrong character and most swaps of two neighbours. Its check character may itself be
an I, L, O or U; :func:`code_from` passes over such codes so that what we issue can be read
aloud, and :func:`parse_code` still takes them from elsewhere.

Kinds (UStG § 3 (13)-(15)): *multi-purpose* is untaxed when sold, the goods bear the tax when
it is redeemed. *single-purpose* is taxed when sold, at the rate of its key on that day, and
untaxed when redeemed: the goods it pays for leave the tax base again. A *token* is taxed like that too;
it pays for one piece of its article, whatever that costs by then.

Vouchers that a shop brings along from elsewhere keep their codes: 4 to 40 printable characters without
blanks, in upper case (``foreign``). One that looks like ours but has a wrong check character is a slip,
unless the books know exactly that code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import msgspec
from stdnum.iso7064 import mod_37_36

from app.domain.instant import parse_day

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 12
MULTI_PURPOSE, SINGLE_PURPOSE, TOKEN = "multi_purpose", "single_purpose", "token"
KINDS = (MULTI_PURPOSE, SINGLE_PURPOSE)
"""Kinds that are sold for a value; a token is sold for an article."""
TAXED_WHEN_SOLD = (SINGLE_PURPOSE, TOKEN)
"""Their redemption is no tender: it takes goods out of the tax base as lines of the receipt."""
MAX_YEARS = 100
"""Longest that a rule, or somebody who types a date, may make a voucher valid."""

_MISREAD = str.maketrans("ILO", "110")
_SEPARATORS = str.maketrans("", "", " -")
_FOREIGN = re.compile(r"[!-~]{4,40}")
_SHAPE = re.compile(r"[0-9A-Z]{12,14}")


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


def canonical_code(text: str) -> str:
    """The code that was typed, ours or a foreign one, as the books keep it; ``CodeMistyped`` if it can be neither.

    >>> canonical_code(" geschenk#17 "), canonical_code("7k3m-9qxa-0pwt-b")
    ('GESCHENK#17', '7K3M9QXA0PWTB')
    """
    try:
        return parse_code(text)
    except CodeMistyped:
        pass
    code = text.strip().upper()
    bare = code.translate(_SEPARATORS)
    if len(bare) == BODY_LENGTH + 1 and looks_like_ours(bare):
        return bare
    if not _FOREIGN.fullmatch(code):
        raise CodeMistyped("4 to 40 printable characters without blanks")
    return code


def is_own_code(code: str) -> bool:
    """Whether it is a code of our making: its check character fits."""
    try:
        return parse_code(code) == code
    except CodeMistyped:
        return False


def looks_like_ours(code: str) -> bool:
    """Whether it is so much like a code of ours that, if nobody knows it, it has been mistyped (a character more
    or less is a slip as well)."""
    return _SHAPE.fullmatch(code) is not None


def shown(code: str) -> str:
    """The code in groups of four, as people read it; foreign codes as they are.

    >>> shown("7K3M9QXA0PWTB"), shown("GESCHENK#17")
    ('7K3M-9QXA-0PWT-B', 'GESCHENK#17')
    """
    if len(code) != BODY_LENGTH + 1 or not looks_like_ours(code):
        return code
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def state_of(value_minor: int, balance_minor: int, expires_on: str, day: str | None, *, blocked: bool = False) -> str:
    """``overdrawn``, ``used_up``, ``blocked``, ``expired`` or ``open``; without a day nothing is expired."""
    if balance_minor < 0:
        return "overdrawn"
    if balance_minor == 0 and value_minor:
        return "used_up"
    if blocked:
        return "blocked"
    return "expired" if is_expired(expires_on, day) else "open"


def is_expired(expires_on: str, day: str | None) -> bool:
    """Whether the voucher's last day (ISO 8601; empty: none) lies before the day."""
    return bool(day and expires_on and expires_on < day)


def is_too_far(expires_on: str, day: str) -> bool:
    """Whether a last day lies so far ahead of the day that somebody must have mistyped it."""
    return int(expires_on[:4]) > int(day[:4]) + MAX_YEARS


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

    def check(self) -> None:
        """``ValueError`` for a kind, a day or a number of years that no rule can have."""
        if self.voucher_kind not in (*KINDS, TOKEN):
            raise ValueError(f"there is no kind of voucher {self.voucher_kind[:20]!r}")
        parse_day(self.valid_from)
        if not 0 < self.years <= MAX_YEARS:
            raise ValueError(f"years must be 1 to {MAX_YEARS}, not {self.years}")


def expiry_by(rules: Iterable[ExpiryRule], voucher_kind: str, day: str) -> str:
    """The last day (ISO 8601) of a voucher of the kind that is sold on the day; empty if no rule says any.

    >>> expiry_by([ExpiryRule("token", "2020-01-01", 3)], "token", "2026-11-21")
    '2029-12-31'
    """
    begun = [rule for rule in rules if rule.voucher_kind == voucher_kind and rule.valid_from <= day]
    if not begun:
        return ""
    rule = max(begun, key=lambda rule: rule.valid_from)
    sold = date.fromisoformat(day)
    year = sold.year + rule.years
    if rule.to_year_end:
        return date(year, 12, 31).isoformat()
    # 29 February has no anniversary in most years: the voucher is good until the day before it would be.
    return sold.replace(year=year, day=min(sold.day, 28) if sold.month == 2 else sold.day).isoformat()
