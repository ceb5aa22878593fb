"""The fields ("bitmaps") of ``04 0F``: what became of a transaction. Pure.

Each field begins with its number; its length is fixed, or in two or three digits ``Fx Fy`` (LLVAR, LLLVAR), or, of the
container ``06``, as BER-TLV has it. A field of unknown number has no known length, so what comes after it is left
unread: what is missing then is missing, and whoever needs it must not go on without.
"""

from __future__ import annotations

import msgspec

MAX_CARD_NAME = 30

_FIXED = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2, 0x19: 1, 0x27: 1,
    0x29: 4, 0x2A: 15, 0x37: 3, 0x3A: 2, 0x3B: 8, 0x3D: 3, 0x49: 2, 0x87: 2, 0x88: 3, 0x8A: 1, 0x8C: 1, 0xA0: 1,
    0xAA: 3, 0xBA: 5, 0xD0: 1, 0xD2: 1, 0xD3: 1, 0xF0: 1, 0xF9: 1,
}  # fmt: skip
_TWO_DIGITS = frozenset((0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)))
_THREE_DIGITS = frozenset((0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF))
_TLV = 0x06


class Transaction(msgspec.Struct, frozen=True, omit_defaults=True):
    """A transaction as the terminal describes it. Numbers are None where it does not say.

    ``result`` 0: approved. ``original_trace``: this takes back the transaction of that trace number.
    """

    result: int | None = None
    amount_minor: int | None = None
    currency: int | None = None
    trace: int | None = None
    receipt_no: int | None = None
    terminal_id: str = ""
    card_name: str = ""
    original_trace: int | None = None

    @property
    def approved(self) -> bool:
        """Whether the terminal says so itself; silence is no approval."""
        return self.result == 0

    @property
    def named(self) -> tuple[str, int | None, int | None]:
        """What tells it from every other transaction: terminal, trace and receipt number."""
        return self.terminal_id, self.trace, self.receipt_no


def transaction_of(data: bytes) -> Transaction:
    """The transaction of a status information's data. Never raises: what cannot be read is not there."""
    fields = fields_of(data)
    return Transaction(
        result=_byte(fields.get(0x27)),
        amount_minor=_digits(fields.get(0x04)),
        currency=_digits(fields.get(0x49)),
        trace=_digits(fields.get(0x0B)),
        receipt_no=_digits(fields.get(0x87)),
        terminal_id=fields.get(0x29, b"").hex(),
        card_name=_text(fields.get(0x8B, b"")),
        original_trace=_digits(fields.get(0x37)),
    )


def fields_of(data: bytes) -> dict[int, bytes]:
    """Every field up to the first that is unknown or not whole; of a number that comes twice the first."""
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        number = data[at]
        found = _length(number, data[at + 1 :])
        if found is None:
            break
        head, size = found
        start = at + 1 + head
        if start + size > len(data):
            break
        fields.setdefault(number, data[start : start + size])
        at = start + size
    return fields


def _length(number: int, rest: bytes) -> tuple[int, int] | None:
    """How many bytes say the length, and the length; None if it is not known."""
    if number in _FIXED:
        return 0, _FIXED[number]
    if number in _TWO_DIGITS or number in _THREE_DIGITS:
        count = 2 if number in _TWO_DIGITS else 3
        digits = rest[:count].hex()
        if len(digits) < 2 * count or set(digits[::2]) != {"f"} or not digits[1::2].isdecimal():
            return None
        return count, int(digits[1::2])
    return _tlv_length(rest) if number == _TLV else None


def _tlv_length(rest: bytes) -> tuple[int, int] | None:
    if not rest:
        return None
    if rest[0] < 0x80:
        return 1, rest[0]
    count = rest[0] & 0x7F
    if count not in (1, 2) or len(rest) < 1 + count:
        return None
    return 1 + count, int.from_bytes(rest[1 : 1 + count], "big")


def _byte(field: bytes | None) -> int | None:
    return None if field is None else field[0]


def _digits(field: bytes | None) -> int | None:
    text = "" if field is None else field.hex()
    return int(text) if text.isdecimal() else None


def _text(field: bytes) -> str:
    """A name as people can read it: up to the zero byte that ends it, without what is no character."""
    named = field.split(b"\0")[0].decode("latin-1")
    return "".join(character for character in named if character.isprintable()).strip()[:MAX_CARD_NAME]
