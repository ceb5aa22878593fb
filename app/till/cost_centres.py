"""Sales booked to a cost centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.domain.tender import Tender
from app.till.commands import BookToCostCentre, Pay
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter
    from app.till.tendering import Take


def book_to_cost_centre(counter: Counter, command: BookToCostCentre) -> Steps:
    raise NotImplementedError


def take_cost_centre(
    counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take
) -> Steps:
    """No money: the cost centre bears it."""
    raise NotImplementedError
