"""Checkout-Dialog 06 (Bizerba, Mettler; maker's description): the scale is told the price and reckons.

    04 02 "03" 1B "001490" 1B "0750" 1B 03   price of a kilogram and tare; "01": price alone
    06 | 15                                  taken, refused
    02 "11" 1B "2" "47" 03                   prove yourself: random number 47h
    04 02 "10" 1B CCCC KKKK 03               the proof
    04 05                                    how did it go?
    02 "02" 1B "3" 1B "00500" 1B "001490" 1B "000745" 03   kg, weight, price, total
    04 02 "08" 03  ->  02 "09" 1B "20" 03    why not?

Every message of the till begins with EOT, and every record of the scale is acknowledged with one. The proof needs a
checksum and a generator that the scale's maker gives to those whose program was examined; they are configuration. The
scale's total has to be what its weight and our price come to: no other check is in a frame but its parity.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from peripherals.scale.reading import Noise, NoReading, Order, Outcome, Reading, Reason, Say, Talk, outcome_of_fault

STX, ETX, EOT, ENQ, ACK, NAK, ESC = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x1B
ASK_RESULT = bytes((EOT, ENQ))
ASK_STATUS = bytes((EOT, STX)) + b"08" + bytes((ETX,))
MAX_PRICE_MINOR, MAX_TARE_G = 999_999, 9_999
MAX_FRAME = 48
KILOGRAM = "3"
REASONS: dict[str, Reason] = {
    "11": "price_refused",
    "12": "tare_refused",
    "20": "motion",
    "21": "same_reading",
    "22": "motion",
    "30": "below_minimum",
    "31": "under_zero",
    "32": "overload",
}
"""Status numbers with a meaning for whoever weighs; the others are faults of the line or of a program."""


class Record(msgspec.Struct, frozen=True):
    """A record of the scale: its number, and the fields after it."""

    number: str
    fields: tuple[str, ...]


class Taken(msgspec.Struct, frozen=True):
    """ACK, or with ``refused`` NAK."""

    refused: bool = False


Answer = Record | Taken | Noise


class MakersSecret(msgspec.Struct, frozen=True):
    """What the scale's maker gives: a checksum, and the polynomial by which it is divided; 16 bits each."""

    checksum: int
    generator: int

    def proof(self, random_number: int) -> bytes:
        """The record that answers this random number (8 bits).

        >>> MakersSecret(0x1234, 0x1021).proof(0x47)[2:]
        b'10\\x1b23418C27\\x03'
        """
        left = _rotated(self.checksum, random_number >> 4)
        right = _rotated(_remainder(self.checksum, self.generator), 16 - (random_number & 0xF))
        return bytes((EOT, STX)) + b"10\x1b%04X%04X" % (left, right) + bytes((ETX,))


def _rotated(value: int, by: int) -> int:
    """16 bits, rotated left."""
    by %= 16
    return (value << by | value >> (16 - by)) & 0xFFFF


def _remainder(value: int, generator: int) -> int:
    """``value`` × x¹⁶, divided by the generator (whose x¹⁶ is understood), as polynomials over two elements."""
    for _bit in range(16):
        value = (value << 1) ^ generator if value & 0x8000 else value << 1
        value &= 0xFFFF
    return value


def price_record(order: Order) -> bytes:
    """Price and, if there is any, tare."""
    if order.tare_g:
        text = b"03\x1b%06d\x1b%04d\x1b" % (order.unit_price_minor, order.tare_g)
    else:
        text = b"01\x1b%06d\x1b" % order.unit_price_minor
    return bytes((EOT, STX)) + text + bytes((ETX,))


class Frames:
    """Bytes into answers."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are complete with these bytes."""
        found: list[Answer] = []
        for byte in data:
            if not self._begun and byte in (ACK, NAK):
                found.append(Taken(refused=byte == NAK))
                continue
            if byte == STX and self._begun:
                found.append(self._noise())
            self._begun.append(byte)
            if self._begun[0] != STX or byte > 0x7F or len(self._begun) >= MAX_FRAME:
                found.append(self._noise())
            elif byte == ETX:
                number, *fields = bytes(self._begun[1:-1]).decode("ascii").split("\x1b")
                self._begun.clear()
                found.append(Record(number, tuple(fields)))
        return found

    def torn(self) -> Noise | None:
        """What was begun and not ended, dropped."""
        return self._noise() if self._begun else None

    def _noise(self) -> Noise:
        noise = Noise(bytes(self._begun))
        self._begun.clear()
        return noise


class Dialog06:
    """The talks of this protocol."""

    knows_same_reading = True

    def __init__(self, secret: MakersSecret | None = None) -> None:
        """``secret``: for scales that demand it."""
        self._secret = secret

    def parser(self) -> Frames:
        """A parser for a line that has just been opened."""
        return Frames()

    def probe(self) -> Talk:
        """Whether such a scale answers; what lies on it only the scale knows."""
        outcome = yield from _why_not()
        faulty = isinstance(outcome, NoReading) and outcome.reason in ("garbled", "silent")
        return outcome if faulty else NoReading("empty")

    def weigh(self, order: Order, *, again: bool = False) -> Talk:
        """One try: the price is told, the proof given if it is demanded, the result asked for."""
        if not 0 < order.unit_price_minor <= MAX_PRICE_MINOR:
            return NoReading("price_refused")
        if not 0 <= order.tare_g <= MAX_TARE_G:
            return NoReading("tare_refused")
        if not again:
            answer = yield Say(price_record(order))
            if isinstance(answer, Record) and answer.number == "11":
                refused = yield from self._proved(answer)
                if refused is not None:
                    return refused
                answer = yield Say(price_record(order))
            if not isinstance(answer, Taken):
                return outcome_of_fault(answer)
            if answer.refused:
                return (yield from _why_not())
        answer = yield Say(ASK_RESULT)
        match answer:
            case Record("02", fields):
                yield Say(bytes((EOT,)), answered=False)
                return _reading(fields, order)
            case Record("09", fields):
                yield Say(bytes((EOT,)), answered=False)
                return _no_reading(fields)
            case Taken(refused=True):
                return (yield from _why_not())
        return outcome_of_fault(answer)

    def finish(self, order: Order) -> Talk | None:  # noqa: ARG002 - price and tare hold for one weighing
        """Nothing is left in the scale."""
        return None

    def _proved(self, demand: Record) -> Generator[Say, Any, NoReading | None]:
        """None if the scale believes it."""
        random_number = _random_number(demand.fields)
        if random_number is None:
            return NoReading("checksum_refused" if demand.fields == ("0",) else "garbled")
        if self._secret is None:
            return NoReading("checksum_missing")
        answer = yield Say(self._secret.proof(random_number))
        if not isinstance(answer, Taken):
            return outcome_of_fault(answer)
        answer = yield Say(ASK_RESULT)
        if not isinstance(answer, Record) or answer.number != "11":
            return outcome_of_fault(answer)
        yield Say(bytes((EOT,)), answered=False)
        return None if answer.fields == ("1",) else NoReading("checksum_refused")


def _random_number(fields: tuple[str, ...]) -> int | None:
    """``2`` and two hexadecimal digits; None if it is not that."""
    text = "".join(fields)
    if len(text) != 3 or text[0] != "2" or any(digit not in "0123456789ABCDEFabcdef" for digit in text):
        return None
    return int(text[1:], 16)


def _why_not() -> Talk:
    answer = yield Say(ASK_STATUS)
    if not isinstance(answer, Record) or answer.number != "09":
        return outcome_of_fault(answer)
    yield Say(bytes((EOT,)), answered=False)
    return _no_reading(answer.fields)


def _no_reading(fields: tuple[str, ...]) -> Outcome:
    status = fields[0] if len(fields) == 1 else ""
    return NoReading(REASONS.get(status, "empty" if status == "00" else "garbled"))


def _reading(fields: tuple[str, ...], order: Order) -> Outcome:
    """The result, if it is one of this order."""
    digits = "".join(fields)
    if tuple(map(len, fields)) != (1, 5, 6, 6) or not (digits.isascii() and digits.isdigit()) or fields[0] != KILOGRAM:
        return NoReading("garbled")
    weight, price, total = (int(field) for field in fields[1:])
    if price != order.unit_price_minor or total != (weight * price * 2 + 1000) // 2000:
        return NoReading("garbled")
    return Reading(weight, order.tare_g) if weight else NoReading("empty")
