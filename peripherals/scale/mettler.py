"""Mettler 8217 (maker's description), usually 9600 baud, 7E1. The scale says what it weighs.

    W           02 "01.250" 0D       1.250 kg gross; with "N" before 0D net of the scale's tare
                02 "?" status 0D     no weight
    T00750 0D   02 "?" status 0D     750 g of tare; C takes it back

A frame has a parity bit at best, and not every line checks it: a weight counts only when the scale has said it twice
running. Bytes with an eighth bit are a sign of the wrong frame and never taken for what they might have been.
"""

from __future__ import annotations

import re

import msgspec

from peripherals.scale.reading import (
    MAX_WEIGHT_G,
    Noise,
    NoReading,
    Order,
    Outcome,
    Reading,
    Say,
    Talk,
    outcome_of_fault,
)

WEIGH, CLEAR_TARE = b"W", b"C"
STX, CR = 0x02, 0x0D
MOTION, OVER_CAPACITY, UNDER_ZERO, OUTSIDE_ZERO, CENTRE_OF_ZERO, NET = 1, 2, 4, 8, 16, 32
MAX_FRAME = 16
_WEIGHT = re.compile(rb"\x02([0-9]{2})\.([0-9]{3})(N?)\r")
_STATUS = re.compile(rb"\x02\?([@-\x7f])\r")


class Weight(msgspec.Struct, frozen=True):
    """What the scale shows; ``net``: of the tare that is set in it."""

    grams: int
    net: bool = False


class Status(msgspec.Struct, frozen=True):
    """Why it shows no weight: ``MOTION``, ``OVER_CAPACITY``, …"""

    bits: int


Answer = Weight | Status | Noise


def tare(grams: int) -> bytes:
    """Set this tare: five digits of grams."""
    return b"T%05d\r" % grams


class Frames:
    """Bytes into answers."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are complete with these bytes."""
        found: list[Answer] = []
        for byte in data:
            if byte == STX and self._begun:
                found.append(self._noise())
            self._begun.append(byte)
            if byte == CR:
                found.append(self._answer())
            elif self._begun[0] != STX or byte > 0x7F or len(self._begun) >= MAX_FRAME:
                found.append(self._noise())
        return found

    def torn(self) -> Noise | None:
        """What was begun and not ended, dropped."""
        return self._noise() if self._begun else None

    def _answer(self) -> Answer:
        frame = bytes(self._begun)
        if (weight := _WEIGHT.fullmatch(frame)) is not None:
            self._begun.clear()
            return Weight(int(weight[1]) * 1000 + int(weight[2]), net=bool(weight[3]))
        if (status := _STATUS.fullmatch(frame)) is not None:
            self._begun.clear()
            return Status(status[1][0] & 0x3F)
        return self._noise()

    def _noise(self) -> Noise:
        noise = Noise(bytes(self._begun))
        self._begun.clear()
        return noise


class Mettler8217:
    """The talks of this protocol."""

    knows_same_reading = False

    def parser(self) -> Frames:
        """A parser for a line that has just been opened."""
        return Frames()

    def probe(self) -> Talk:
        """Whether a scale answers, and whether goods lie on it."""
        return self._weighed(Order())

    def weigh(self, order: Order, *, again: bool = False) -> Talk:  # noqa: ARG002 - nothing is shortened here
        """One try. A tare is set in the scale, so that its own display shows the customer what is reckoned with."""
        if not 0 <= order.tare_g <= MAX_WEIGHT_G:
            return NoReading("tare_refused")
        if order.tare_g:
            answer = yield Say(tare(order.tare_g))
            if not isinstance(answer, Status):
                return outcome_of_fault(answer)
            if not answer.bits & NET:
                return NoReading("motion" if answer.bits & MOTION else "tare_refused")
        return (yield from self._weighed(order))

    def finish(self, order: Order) -> Talk | None:
        """The tare is taken back."""
        return _cleared() if order.tare_g else None

    def _weighed(self, order: Order) -> Talk:
        first = yield Say(WEIGH)
        if isinstance(first, Weight) and first.net and not order.tare_g:
            # Somebody pressed the scale's own tare key: what is sold here says its tare.
            yield from _cleared()
            first = yield Say(WEIGH)
        if isinstance(first, Status):
            return _no_reading(first.bits, order)
        if not isinstance(first, Weight):
            return outcome_of_fault(first)
        if first.net != bool(order.tare_g):
            return NoReading("tare_refused")
        second = yield Say(WEIGH)
        if isinstance(second, Weight | Status) and second != first:
            return NoReading("motion")
        if not isinstance(second, Weight):
            return outcome_of_fault(second)
        if not first.grams:
            return NoReading("below_tare" if order.tare_g else "empty")
        return Reading(first.grams, order.tare_g)


def _cleared() -> Talk:
    answer = yield Say(CLEAR_TARE)
    return NoReading("empty") if isinstance(answer, Status) else outcome_of_fault(answer)


def _no_reading(bits: int, order: Order) -> Outcome:
    if bits & MOTION:
        return NoReading("motion")
    if bits & OVER_CAPACITY:
        return NoReading("overload")
    if bits & UNDER_ZERO:
        # With a tare set, the empty plate is under zero.
        return NoReading("below_tare" if order.tare_g else "under_zero")
    if bits & OUTSIDE_ZERO:
        return NoReading("not_zeroed")
    return NoReading("empty" if bits & CENTRE_OF_ZERO else "motion")
