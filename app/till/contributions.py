"""What a receipt brings along: preparations before it is written, and the facts that go with it.

A *preparation* completes the settled sale before the receipt is made of it (a document number, a coupon that
it prints); a *contribution* adds facts to those of the receipt, in the same durable step. Each subject has its
own; this is the list, in order. Both are generators, so they may ask the books.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from app.domain.sale import OpenSale
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.till import couponing, crediting, delivering, ordering, vouchers
from app.till.effects import Effect, Event

if TYPE_CHECKING:
    from app.till.counter import Counter

Preparation = Callable[["Counter", OpenSale], Generator[Effect, Event, OpenSale]]
Contribution = Callable[["Counter", OpenSale, ReceiptCompleted], Generator[Effect, Event, Sequence[Fact]]]

PREPARATIONS: tuple[Preparation, ...] = (
    couponing.prepare,
    delivering.prepare,
    ordering.prepare,
)
CONTRIBUTIONS: tuple[Contribution, ...] = (
    vouchers.contribute,
    couponing.contribute,
    crediting.contribute,
    ordering.contribute,
    delivering.contribute,
)
