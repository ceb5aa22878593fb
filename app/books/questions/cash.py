"""The cash that a till's drawer should hold."""

from __future__ import annotations

from app.books.questions import Question
from app.facts.sales import CountedCash


class AskDrawers(Question[tuple[CountedCash, ...]], frozen=True):
    """What the drawer should hold in the period, by currency (``currency``, the home one, always; first).

    Expected is everything but differences; where a difference is booked, counted is what it made of it.
    """

    till_no: int
    z_no: int
    currency: str
