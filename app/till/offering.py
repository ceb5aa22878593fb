"""What a taker of a tender offers (``tendering.py`` lists the takers): the payment, and what goes with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.sale import OpenSale, Payment
from app.domain.tender import Tender
from app.facts.base import Fact
from app.till.commands import Pay
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


class Offered(msgspec.Struct, frozen=True):
    """A payment ready to be taken, with facts to journal with it and fields for the answer."""

    payment: Payment
    facts: tuple[Fact, ...] = ()
    claim_id: str | None = None
    fields: dict[str, Any] = {}


Take = Callable[[Offered], Steps]
Taker = Callable[["Counter", OpenSale, Tender, int, Pay, Take], Steps]


def payment_by(tender: Tender, amount_minor: int, **more: Any) -> Payment:
    """A payment of so much by the tender, to be numbered when it is taken. ``more`` are its other fields."""
    return Payment(
        line=0,
        tender=tender.tender,
        tender_kind=tender.kind,
        name=tender.name,
        amount_minor=amount_minor,
        **more,
    )
