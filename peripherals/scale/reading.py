"""What a weighing is asked with and ends with, and what a scale's protocol is for the device. Pure.

A protocol is a *talk*: a generator that yields what is to be said to the scale, is sent what the scale answered
(None: nothing in time; ``Noise``: something that is no answer), and returns how it ended. It has no clock and no wire,
so every fault of a line can be played to it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Literal, Protocol

import msgspec

MAX_WEIGHT_G = 99_999
"""Five digits of grams: more fits into no frame of the protocols."""

Reason = Literal[
    "motion",
    "empty",
    "below_tare",
    "below_minimum",
    "same_reading",
    "under_zero",
    "not_zeroed",
    "overload",
    "tare_refused",
    "price_refused",
    "checksum_missing",
    "checksum_refused",
    "garbled",
    "silent",
    "busy",
    "cancelled",
]
"""Why there is no weight. ``same_reading``: the goods of the last weighing have not left the plate since."""

WAITED_FOR: frozenset[Reason] = frozenset({"motion", "empty", "below_tare", "below_minimum", "same_reading"})
"""What goods that are being put on the plate may still change; everything else is told at once."""


class Order(msgspec.Struct, frozen=True):
    """What is to be weighed: the price of a kilogram in minor units, and what the packing weighs."""

    unit_price_minor: int = 0
    tare_g: int = 0


class Reading(msgspec.Struct, frozen=True):
    """A weight that stands still, above zero: gross less tare."""

    net_g: int
    tare_g: int = 0

    @property
    def gross_g(self) -> int:
        """What lies on the plate."""
        return self.net_g + self.tare_g


class NoReading(msgspec.Struct, frozen=True):
    """There is no weight."""

    reason: Reason


class Noise(msgspec.Struct, frozen=True):
    """Bytes that are no answer: wrong baud, parity or protocol, a damaged or torn frame."""

    data: bytes


class Say(msgspec.Struct, frozen=True):
    """What is said to the scale; not everything is ``answered``."""

    data: bytes
    answered: bool = True


Outcome = Reading | NoReading
Talk = Generator[Say, Any, Outcome]


class Parser(Protocol):
    """Bytes of a scale into answers; whatever comes, it raises nothing and keeps little."""

    def feed(self, data: bytes) -> list[Any]:
        """The answers that are complete with these bytes, ``Noise`` among them."""

    def torn(self) -> Noise | None:
        """What was begun and not ended, and is dropped now; None if nothing was."""


class ScaleProtocol(Protocol):
    """One way to talk with scales."""

    knows_same_reading: bool
    """Whether the scale itself refuses to say the same weighing twice."""

    def parser(self) -> Parser:
        """A parser for a line that has just been opened."""

    def probe(self) -> Talk:
        """Whether a scale answers. A weight means that goods lie on the plate."""

    def weigh(self, order: Order, *, again: bool = False) -> Talk:
        """One try; ``again``: the try before it ended with ``motion``."""

    def finish(self, order: Order) -> Talk | None:
        """What is to be said after the last try, however it ended; None: nothing."""


def outcome_of_fault(answer: object) -> NoReading:
    """What the talk ends with when the answer is none that may come here."""
    return NoReading("silent" if answer is None else "garbled")
