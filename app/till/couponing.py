"""Coupons: take one on the sale; give them out with a receipt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.till.commands import TakeCoupon
from app.till.effects import Effect, Event
from app.till.steps import Steps, nothing

if TYPE_CHECKING:
    from app.till.counter import Counter


def take_coupon(counter: Counter, command: TakeCoupon) -> Steps:
    raise NotImplementedError


def prepare(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """The coupons that the receipt will print."""
    yield from nothing()
    return sale


def contribute(counter: Counter, sale: OpenSale, receipt: ReceiptCompleted) -> Generator[Effect, Event, Sequence[Fact]]:
    """The coupons that the receipt brings into circulation."""
    yield from nothing()
    return ()
