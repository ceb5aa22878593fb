"""What the symbol on a voucher's, token's or coupon's slip says: a statement that proves itself.

As text it is ``TM1`` and the bytes below in RFC 4648's base 32 *with extended hex alphabet* (0-9, A-V): upper-case
letters and digits are the alphanumeric mode of QR codes (5.5 bits a character), and Y, Z, signs and small letters,
which a scanner that types like a German keyboard on an American one (or the reverse) swaps, do not occur.

=======  ============================================================================
bytes    parts, in this order
=======  ============================================================================
1        length of the body
8        kind (the upper 4 bits) and code (60 bits: its 12 characters without the check character)
2        currency: three letters to the base of 26
4        when it was issued: Unix seconds
2, 2     first and last day on which it is valid: days since 2019-12-31; 0: none
1 … 6    value in minor units: a varint, seven bits a byte
1 … 2    VAT rate in basis points: likewise
1 + n    VAT key
1 + n    a token's ident number, a coupon's campaign; none otherwise
=======  ============================================================================

That was the body, which is what is signed; behind it come the seal (``replication.vouching``: who signs, with the
root's word for it) and a CRC-16 of everything, so that a scan with a character missing is told from a forgery.
Some 225 bytes and 365 characters for a member with a short name and site: a QR code of version 11 at level M, 61
modules, which at 5 dots each (0.6 mm at 203 dpi) fits 58 mm paper. With a certificate in DER it would be version 20.

This module knows the text and the body, not whether the seal holds.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
from stdnum.iso7064 import mod_37_36

from app.domain import voucher
from app.domain.instant import iso

COUPON = "coupon"
PREFIX = "TM1"
MAX_TEXT = 1_100
"""Characters: what the longest names make, with room."""
MAX_FIELD = 80
"""Bytes of a VAT key, an ident number, a campaign's id."""
MAX_VALUE = 2**40
DAMAGED, NEWER, FOREIGN, FORGED, ALTERED, REVOKED = "damaged", "newer", "foreign", "forged", "altered", "revoked"
"""Faults."""

_KINDS = (voucher.MULTI_PURPOSE, voucher.SINGLE_PURPOSE, voucher.TOKEN, COUPON)
_ANY_VERSION = "TM"
_LEAST = 100
"""Characters of the shortest text that can be one: anything shorter is some other code."""
_HEAD = struct.Struct(">QHIHH")
_CODE_BITS = 5 * voucher.BODY_LENGTH
_DAY_ZERO = date(2019, 12, 31)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Statement(msgspec.Struct, frozen=True):
    """What is said of a voucher, token or coupon.

    ``kind`` is one of ``app.domain.voucher``'s or ``coupon``; ``issued_at`` an instant of whole seconds (ISO 8601),
    days are ISO 8601 or empty. A coupon's value is 0 and its currency empty; nothing else's is.
    """

    kind: str
    code: str
    issued_at: str
    value_minor: int = 0
    currency: str = ""
    valid_from: str = ""
    valid_until: str = ""
    vat_key: str = ""
    vat_rate_bp: int = 0
    ident_no: str = ""
    campaign_id: str = ""


class Scanned(msgspec.Struct, frozen=True):
    """A statement as it was scanned, with the bytes that its seal is under."""

    statement: Statement
    body: bytes
    seal: bytes
    text: str


class Examined(msgspec.Struct, frozen=True):
    """What whoever holds the network's certificates says of a statement. ``issuer``: the member id that signed it.

    ``fault``: empty if it is good; ``damaged`` or ``newer``; ``foreign``, ``forged``, ``altered`` (as in
    ``replication.vouching``); ``revoked``: good, but its issuer has been shut out of the network.
    """

    fault: str = ""
    issuer: str = ""
    till_no: int = 0


class Unreadable(ValueError):
    """Text that looks like a statement and is none. ``fault``: ``damaged``, or ``newer`` than this version."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def looks_like_one(text: str) -> bool:
    """Whether the text can only be a statement, whole or damaged, of this version or another.

    >>> looks_like_one("7K3M-9QXA-0PWT-B"), looks_like_one("tm1" + "0" * 200)
    (False, True)
    """
    return len(text) >= _LEAST and text.lstrip()[: len(_ANY_VERSION)].upper() == _ANY_VERSION


def written(statement: Statement, seal: Callable[[bytes], bytes]) -> str:
    """The statement's text, sealed; ``ValueError`` if it holds what the text has no room for."""
    body = _body(statement)
    data = bytes((len(body),)) + body + seal(body)
    data += binascii.crc_hqx(data, 0).to_bytes(2, "big")
    text = PREFIX + base64.b32hexencode(data).decode().rstrip("=")
    if len(text) > MAX_TEXT:
        raise ValueError(f"a statement of {len(text)} characters; {MAX_TEXT} at most")
    return text


def read(text: str) -> Scanned:
    """What was scanned or copied; ``Unreadable`` if that is no statement. Nothing is said about its seal."""
    bare = "".join(text.split()).upper()
    if len(bare) > MAX_TEXT or not bare.startswith(_ANY_VERSION):
        raise Unreadable(DAMAGED)
    if not bare.startswith(PREFIX):
        raise Unreadable(NEWER if bare[2:3].isdigit() else DAMAGED)
    encoded = bare[len(PREFIX) :]
    try:
        data = base64.b32hexdecode(encoded + "=" * (-len(encoded) % 8))
    except (binascii.Error, ValueError):
        raise Unreadable(DAMAGED) from None
    if len(data) < 3 or binascii.crc_hqx(data[:-2], 0) != int.from_bytes(data[-2:], "big"):
        raise Unreadable(DAMAGED)
    end = 1 + data[0]
    body, seal = data[1:end], data[end:-2]
    try:
        statement = _statement(body)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise Unreadable(DAMAGED) from None
    return Scanned(statement, body, seal, bare)


def _body(statement: Statement) -> bytes:
    if not voucher.is_own_code(statement.code):
        raise ValueError("only codes of our own making are stated")
    kind = _KINDS.index(statement.kind)
    if not 0 <= statement.value_minor < MAX_VALUE or not 0 <= statement.vat_rate_bp <= 10_000:
        raise ValueError("a value or rate that no voucher has")
    head = _HEAD.pack(
        kind << _CODE_BITS | _number_of(statement.code),
        _currency_number(statement.currency),
        _seconds(statement.issued_at),
        _day_number(statement.valid_from),
        _day_number(statement.valid_until),
    )
    of = statement.campaign_id if statement.kind == COUPON else statement.ident_no
    value = _varint(statement.value_minor)
    body = head + value + _varint(statement.vat_rate_bp) + _field(statement.vat_key) + _field(of)
    if _statement(body) != msgspec.structs.replace(statement, issued_at=_instant(_seconds(statement.issued_at))):
        raise ValueError("the statement has fields that its kind has not")
    return body


def _statement(body: bytes) -> Statement:
    kind_and_code, currency, seconds, first, last = _HEAD.unpack_from(body)
    kind = _KINDS[kind_and_code >> _CODE_BITS]
    value, rest = _unvarint(body[_HEAD.size :])
    rate, rest = _unvarint(rest)
    vat_key, rest = _unfield(rest)
    of, rest = _unfield(rest)
    if rest or rate > 10_000 or value >= MAX_VALUE or {kind == COUPON} != {value == 0, currency == 0}:
        raise ValueError("a body that is too long, or says what cannot be")
    return Statement(
        kind=kind,
        code=_code_of(kind_and_code & ((1 << _CODE_BITS) - 1)),
        issued_at=_instant(seconds),
        value_minor=value,
        currency=_currency(currency),
        valid_from=_day(first),
        valid_until=_day(last),
        vat_key=vat_key,
        vat_rate_bp=rate,
        ident_no="" if kind == COUPON else of,
        campaign_id=of if kind == COUPON else "",
    )


def _number_of(code: str) -> int:
    number = 0
    for character in code[: voucher.BODY_LENGTH]:
        number = number << 5 | voucher.ALPHABET.index(character)
    return number


def _code_of(number: int) -> str:
    places = reversed(range(voucher.BODY_LENGTH))
    body = "".join(voucher.ALPHABET[number >> 5 * place & 31] for place in places)
    return body + str(mod_37_36.calc_check_digit(body))


def _currency_number(currency: str) -> int:
    if not currency:
        return 0
    if len(currency) != 3 or not all("A" <= letter <= "Z" for letter in currency):
        raise ValueError("a currency is three capital letters")
    number = 0
    for letter in currency:
        number = number * 26 + ord(letter) - ord("A")
    return number + 1


def _currency(number: int) -> str:
    if not number:
        return ""
    if number > 26**3:
        raise ValueError("no currency")
    number -= 1
    return "".join(chr(ord("A") + number // place % 26) for place in (676, 26, 1))


def _day_number(day: str) -> int:
    if not day:
        return 0
    number = (date.fromisoformat(day) - _DAY_ZERO).days
    if not 0 < number < 1 << 16:
        raise ValueError(f"{day} is no day that can be stated")
    return number


def _day(number: int) -> str:
    return (_DAY_ZERO + timedelta(days=number)).isoformat() if number else ""


def _seconds(instant: str) -> int:
    seconds = (datetime.fromisoformat(instant) - _EPOCH) // timedelta(seconds=1)
    if not 0 <= seconds < 1 << 32:
        raise ValueError(f"{instant} is no time that can be stated")
    return seconds


def _instant(seconds: int) -> str:
    return iso(seconds * 1000)


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*parts, number))


def _unvarint(data: bytes) -> tuple[int, bytes]:
    number = 0
    for place in range(6):
        number |= (data[place] & 0x7F) << 7 * place
        if data[place] < 0x80:
            return number, data[place + 1 :]
    raise ValueError("a number too long")


def _field(text: str) -> bytes:
    data = text.encode()
    if len(data) > MAX_FIELD:
        raise ValueError(f"{text[:20]!r}… is too long to be stated")
    return bytes((len(data),)) + data


def _unfield(data: bytes) -> tuple[str, bytes]:
    length = data[0]
    if length > MAX_FIELD or len(data) < 1 + length:
        raise ValueError("a field that is cut off")
    text = data[1 : 1 + length].decode()
    if not text.isprintable():
        raise ValueError("a field that cannot be shown")
    return text, data[1 + length :]
