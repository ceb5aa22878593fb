"""Parked sales."""

from __future__ import annotations

import msgspec

from app.books.questions import Question


class ParkedSale(msgspec.Struct, frozen=True):
    """A parked sale; ``left`` 0: taken up again (below zero: at two tills), 1: still there."""

    park_no: str
    name: str
    till_no: int
    parked_at: str
    cashier: str
    currency: str
    total_minor: int
    lines: int
    sale_id: str
    sale: str
    left: int


class FindParked(Question[ParkedSale | None], frozen=True):
    """The parked sale of that number; None if no till has told of it."""

    park_no: str


class AskParked(Question[tuple[ParkedSale, ...]], frozen=True):
    """Every parked sale that is still there, the oldest first."""


class AskEnded(Question[bool], frozen=True):
    """Whether this till has given the sale away: aborted it, made it an order, or parked it, untouched so far."""

    sale_id: str
    till_no: int
