"""What the open sale holds of resources, and for which of its lines, payments and coupons."""

from __future__ import annotations

from typing import NamedTuple

from app.domain.sale import OpenSale
from app.domain.sale_steps import with_its_group


class Hold(NamedTuple):
    """What the sale holds of a resource."""

    hold_id: str
    resource: str
    amount: int


def holds_of(sale: OpenSale, number: int | None = None) -> tuple[Hold, ...]:
    """Every hold of the sale, or of the line (with its group), payment or coupon of that number."""
    held = [
        *((of.line, Hold(of.hold_id, of.resource, of.held_amount or of.amount_minor)) for of in sale.payments),
        *[(of.line, Hold(of.hold_id, of.resource, of.held_amount)) for of in sale.lines if of.hold_id],
        *((of.line, Hold(of.hold_id, of.resource, 1)) for of in sale.coupons),
    ]
    if number is None or not held:
        return tuple(hold for _of, hold in held if hold.hold_id)
    asked = with_its_group(sale, number)
    return tuple(hold for of, hold in held if hold.hold_id and of in asked)
