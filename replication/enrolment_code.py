"""The one-time enrolment code: what a person carries from the authority to a new till.

A code holds everything the new till needs to find the right network and be let in, and
nothing it could lose: a format version, a secret (80 bits), the fingerprint of the
network's root (80 bits) and, if known, where the authority listens (IPv4 and port, 48 bits).
It is written in Crockford's base 32 (no I, L, O, U) in groups of five, 35 characters
without an address and 45 with one::

    version │ secret, fingerprint[, address] │ check
       1    │          32 or 42              │   2      characters

The check is the remainder modulo the prime 1021 of all that stands before it. It catches
every single wrong character and every swap of neighbours, so that a typing slip is
told from a code that was used or has expired.

A scanner may type for another keyboard than the machine has, so that Y and Z come exchanged: a code whose
check fits only after changing them back is read that way. For a code as such this would let about one slip
in a thousand through. Therefore a code is *drawn*: its secret is the first of a chain for which no slip,
exchanged, fits the check. About every third does; the secret loses two bits of its eighty.

The secret's Ed25519 key is bound to the root: a code cannot be turned against another network.
"""

from __future__ import annotations

import hashlib
import ipaddress
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication.certificates import FINGERPRINT_BYTES

SECRET_BYTES = 10

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans(dict.fromkeys(" \t\r\n-\u00ad\u2010\u2011\u2013\u2014ßẞ"))
"""What may stand between the groups. ß is the hyphen of a scanner for American keyboards at a German machine."""
_OTHER_KEYBOARD = str.maketrans("YZ", "ZY")
_VERSION = 1
_CHECK_PRIME = 1021
_GROUP = 5
_BARE_CHARS = 32
_ADDRESSED_CHARS = 42
_MAX_TYPED = 200


class CodeRefused(ValueError):
    """What was typed is no enrolment code; the text says what to do."""


class EnrolmentCode(NamedTuple):
    """``address`` is ``host:port`` with a dotted IPv4 host, or empty."""

    secret: bytes
    root_fingerprint: bytes
    address: str = ""

    def __str__(self) -> str:
        data = self.secret + self.root_fingerprint
        chars = _BARE_CHARS
        if self.address:
            data += _pack_address(self.address)
            chars = _ADDRESSED_CHARS
        body = _ALPHABET[_VERSION] + _encode(int.from_bytes(data), chars)
        text = body + _check(body)
        return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))

    @classmethod
    def drawn(cls, secret: bytes, root_fingerprint: bytes, address: str = "") -> EnrolmentCode:
        """The code to give out: with ``secret``, or the first after it that no single slip turns into another code."""
        code = cls(secret, root_fingerprint, address)
        while not _is_told_from_slips(str(code).replace("-", "")):
            code = code._replace(secret=hashlib.sha256(b"tillmesh code 1\0" + code.secret).digest()[:SECRET_BYTES])
        return code

    @classmethod
    def parse(cls, typed: str) -> EnrolmentCode:
        """Read a code as typed or scanned: case, blanks, hyphens, O/0 and I/L/1 do not matter, nor Y/Z if all are
        exchanged. ``CodeRefused`` for everything else, and for each single slip in a code that was ``drawn``.
        """
        if len(typed) > _MAX_TYPED:
            raise CodeRefused("this is too long for an enrolment code; it has 35 or 45 characters")
        text = typed.translate(_BETWEEN).upper().translate(_READ_AS)
        if any(char not in _VALUES for char in text):
            raise CodeRefused("the enrolment code has a character that codes do not use; compare it with the original")
        if len(text) not in (_BARE_CHARS + 3, _ADDRESSED_CHARS + 3):
            raise CodeRefused(f"the enrolment code has {len(text)} characters instead of 35 or 45; type all its groups")
        if not _fits(text) and _fits(text.translate(_OTHER_KEYBOARD)):
            text = text.translate(_OTHER_KEYBOARD)
        body = text[:-2]
        if not _fits(text):
            raise CodeRefused("the enrolment code is mistyped: its check does not fit; compare it group by group")
        if _VALUES[body[0]] != _VERSION:
            raise CodeRefused("the enrolment code is of another version; update Tillmesh on this till or the other")
        return cls._unpack(body[1:])

    @classmethod
    def _unpack(cls, chars: str) -> EnrolmentCode:
        size = SECRET_BYTES + FINGERPRINT_BYTES + (6 if len(chars) == _ADDRESSED_CHARS else 0)
        try:
            data = _decode(chars).to_bytes(size)
        except OverflowError as error:
            raise CodeRefused("the enrolment code holds more than a code can; compare it with the original") from error
        secret, rest = data[:SECRET_BYTES], data[SECRET_BYTES:]
        return cls(secret, rest[:FINGERPRINT_BYTES], _unpack_address(rest[FINGERPRINT_BYTES:]))

    def bootstrap_key(self) -> Ed25519PrivateKey:
        """The key that the secret stands for, in this network only."""
        seed = hashlib.sha256(b"tillmesh enrolment 1\0" + self.root_fingerprint + self.secret).digest()
        return Ed25519PrivateKey.from_private_bytes(seed)


def _pack_address(address: str) -> bytes:
    host, _, port = address.rpartition(":")
    return ipaddress.IPv4Address(host).packed + int(port).to_bytes(2)


def _unpack_address(packed: bytes) -> str:
    if not any(packed):
        return ""
    return f"{ipaddress.IPv4Address(packed[:4])}:{int.from_bytes(packed[4:])}"


def _encode(number: int, chars: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range((chars - 1) * 5, -1, -5))


def _decode(text: str) -> int:
    number = 0
    for char in text:
        number = number << 5 | _VALUES[char]
    return number


def _fits(text: str) -> bool:
    """Whether the check at the end is that of what stands before it."""
    return _check(text[:-2]) == text[-2:]


def _is_told_from_slips(text: str) -> bool:
    """Whether no wrong character and no swap of neighbours makes a text whose check fits with Y and Z exchanged.

    The check is linear: a character that is greater by d adds d times its weight to the remainder of the whole.
    """
    exchanged = text.translate(_OTHER_KEYBOARD)
    if exchanged == text:
        return True  # then no slip can fit: exchanging changes nothing that was right
    values = [_VALUES[char] for char in exchanged]
    body = len(text) - 2
    weights = [pow(32, body - 1 - at, _CHECK_PRIME) for at in range(body)] + [-32, -1]
    off = sum(value * weight for value, weight in zip(values, weights, strict=True)) % _CHECK_PRIME
    for at, (value, weight) in enumerate(zip(values, weights, strict=True)):
        fitting = (value - off * pow(weight, -1, _CHECK_PRIME)) % _CHECK_PRIME
        if fitting < len(_ALPHABET):
            return False
        if at and (off + (values[at - 1] - value) * (weight - weights[at - 1])) % _CHECK_PRIME == 0:
            return False
    return True


def _check(body: str) -> str:
    return _encode(_decode(body) % _CHECK_PRIME, 2)
