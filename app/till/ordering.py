"""Orders with deposits: place, pick up, cancel."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.till.commands import CancelOrder, PickUp, PlaceOrder
from app.till.effects import Effect, Event
from app.till.steps import Steps, nothing

if TYPE_CHECKING:
    from app.till.counter import Counter


def place_order(counter: Counter, command: PlaceOrder) -> Steps:
    raise NotImplementedError


def pick_up(counter: Counter, command: PickUp) -> Steps:
    raise NotImplementedError


def cancel_order(counter: Counter, command: CancelOrder) -> Steps:
    raise NotImplementedError


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """Deposits paid and settled with the receipt."""
    yield from nothing()
    return ()
