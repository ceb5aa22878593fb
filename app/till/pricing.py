"""The open sale priced anew: reference data looked up, the pure rules of ``app.domain.pricing`` applied."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.domain.coupon import Campaign
from app.domain.pricing import reprice
from app.domain.pricing.in_force import PriceRules
from app.domain.pricing.pile import priced
from app.domain.pricing.promotion import Promotion
from app.domain.reference import Reference
from app.domain.sale import OpenSale
from app.till.effects import Effect, Event
from app.till.steps import reference

if TYPE_CHECKING:
    from app.till.counter import Counter


def repriced(counter: Counter, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
    """The sale with promotions, coupons and typed discounts as they apply now."""
    if not any(priced(line) for line in sale.lines):
        return sale
    known = yield from reference()
    return reprice.repriced(sale, rules_of(counter, known), counter.now)


def rules_of(counter: Counter, known: Reference) -> PriceRules:
    """The price rules of the reference data; made anew only when these have changed."""
    compiled = counter.price_rules
    if compiled is None or compiled[0] != known.version:
        compiled = (known.version, PriceRules(known.all(Promotion), known.all(Campaign)))
        counter.price_rules = compiled
    return compiled[1]
