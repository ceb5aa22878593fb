"""What a till and a card terminal say to each other by ZVT (Verband der Terminalhersteller): APDUs, both ways. Pure.

An APDU is ``class instr length data``; a length from 255 on is ``FF lo hi``. Every one is acknowledged by
``80 00 00``, or refused by ``84 code 00``. Amounts are BCD of 12 digits in minor units, currencies their ISO 4217
numbers. The till's side:

===============  =======================================  ============================================
request          APDU                                     ends with
===============  =======================================  ============================================
registration     ``06 00`` password, config byte, currency  ``06 0F``
payment          ``06 01`` 04 amount, 49 currency         ``04 0F`` status, ``06 0F``; or ``06 1E code``
reversal         ``06 30`` password, 87 receipt number    the same
refund           ``06 31`` password, 04, 49               the same
repeat receipt   ``06 20`` password                       ``04 0F`` of the last transaction, ``06 0F``
end of day       ``06 50`` password                       ``04 0F``, ``06 0F``
status enquiry   ``05 01`` password                       ``06 0F``
abort            ``06 B0``                                nothing of its own: what runs ends with ``06 1E``
===============  =======================================  ============================================
"""

from __future__ import annotations

import msgspec

REGISTER, PAY, REPEAT_RECEIPT, REVERSE, REFUND, END_OF_DAY, ABORT = (
    0x0600, 0x0601, 0x0620, 0x0630, 0x0631, 0x0650, 0x06B0,
)  # fmt: skip
STATUS_ENQUIRY = 0x0501
INTERMEDIATE, STATUS, COMPLETION, ABORTED, PRINT_LINE, PRINT_BLOCK = 0x04FF, 0x040F, 0x060F, 0x061E, 0x06D1, 0x06D3
MONEY = frozenset((PAY, REVERSE, REFUND))
"""What moves money: said once, whatever becomes of the line."""

CONFIG_BYTE = 0xBA
"""The till prints what the terminal would, hears how far it is, and is the only one who starts payments."""
NUMERIC = {
    "EUR": 978, "CHF": 756, "USD": 840, "GBP": 826, "PLN": 985, "CZK": 203, "DKK": 208, "SEK": 752, "NOK": 578,
    "HUF": 348, "RON": 946, "TRY": 949, "CAD": 124, "AUD": 36, "CNY": 156, "JPY": 392, "KWD": 414,
}  # fmt: skip
"""ISO 4217 numbers by code."""

MAX_DATA_BYTES = 4096
"""A terminal's longest message is a receipt's text; more is noise that looks like a length."""
MAX_AMOUNT = 10**12 - 1


class Malformed(ValueError):
    """Bytes that are no ZVT: the line is not to be trusted any more."""


class Apdu(msgspec.Struct, frozen=True):
    """``control`` is class and instruction (0x0601); of an acknowledgement the instruction is its code."""

    control: int
    data: bytes = b""

    @property
    def acknowledges(self) -> bool:
        """``80 00``: heard, and accepted."""
        return self.control == 0x8000

    @property
    def refuses(self) -> int | None:
        """The code of ``84 code``; None if it is nothing of the kind."""
        return self.control & 0xFF if self.control >> 8 == 0x84 else None

    def encoded(self) -> bytes:
        """As on the wire. ``ValueError`` beyond ``MAX_DATA_BYTES``."""
        size = len(self.data)
        if size > MAX_DATA_BYTES:
            raise ValueError(f"{size} bytes of data; {MAX_DATA_BYTES} at most")
        length = bytes((size,)) if size < 0xFF else b"\xff" + size.to_bytes(2, "little")
        return self.control.to_bytes(2, "big") + length + self.data


ACKNOWLEDGE = Apdu(0x8000)


def decode(data: bytes) -> tuple[Apdu, int] | None:
    """The APDU that the bytes begin with, and its length on the wire; None if its end is still to come.

    ``Malformed`` for a length that no terminal means.
    """
    if len(data) < 3:
        return None
    size, head = data[2], 3
    if size == 0xFF:
        if len(data) < 5:
            return None
        size, head = int.from_bytes(data[3:5], "little"), 5
    if size > MAX_DATA_BYTES:
        raise Malformed(f"a message of {size} bytes")
    if len(data) < head + size:
        return None
    return Apdu(int.from_bytes(data[:2], "big"), bytes(data[head : head + size])), head + size


def bcd(number: int, digits: int) -> bytes:
    """The number in so many decimal digits, two a byte. ``ValueError`` if it has more.

    >>> bcd(1234, 12).hex()
    '000000001234'
    """
    text = f"{number:0{digits}d}"
    if number < 0 or len(text) > digits:
        raise ValueError(f"{number} does not fit {digits} digits")
    return bytes.fromhex(text)


def register(password: str, currency: int) -> Apdu:
    """Say who owns the terminal's payments and which currency is meant. ``password``: six digits."""
    return Apdu(REGISTER, _password(password) + bytes((CONFIG_BYTE,)) + bcd(currency, 4))


def pay(amount_minor: int, currency: int) -> Apdu:
    """Charge a card.

    >>> pay(1234, 978).encoded().hex(" ")
    '06 01 0a 04 00 00 00 00 12 34 49 09 78'
    """
    return Apdu(PAY, _amount(amount_minor) + b"\x49" + bcd(currency, 4))


def refund(password: str, amount_minor: int, currency: int) -> Apdu:
    """Give money back to a card."""
    return Apdu(REFUND, _password(password) + _amount(amount_minor) + b"\x49" + bcd(currency, 4))


def reverse(password: str, receipt_no: int) -> Apdu:
    """Take the transaction of that receipt number of the terminal's back as a whole."""
    return Apdu(REVERSE, _password(password) + b"\x87" + bcd(receipt_no, 4))


def repeat_receipt(password: str) -> Apdu:
    """What was the last transaction?"""
    return Apdu(REPEAT_RECEIPT, _password(password))


def end_of_day(password: str) -> Apdu:
    """Settle what the terminal has gathered with the card companies."""
    return Apdu(END_OF_DAY, _password(password))


def status_enquiry(password: str) -> Apdu:
    """Is it there, and at rest?"""
    return Apdu(STATUS_ENQUIRY, _password(password))


def abort() -> Apdu:
    """Give up what is running, if that is still possible."""
    return Apdu(ABORT)


def _password(password: str) -> bytes:
    if len(password) != 6 or not (password.isascii() and password.isdigit()):
        raise ValueError("a terminal's password has six digits")
    return bytes.fromhex(password)


def _amount(amount_minor: int) -> bytes:
    if not 0 < amount_minor <= MAX_AMOUNT:
        raise ValueError(f"a terminal moves amounts above zero: {amount_minor}")
    return b"\x04" + bcd(amount_minor, 12)
