"""Using something up: claim it, look again, hold it (DESIGN §4). One way for vouchers, coupons, credit, returns, …

1. Look before the claim to refuse quickly, and again under it: only then nobody else can be using it.
2. A claim that was granted is always released, whatever happens after it (``under_claim``).
3. The hold is journalled only while the claim is alive. If it settles the sale, the receipt is journalled
   with it in the same step: there is no moment at which one stands without the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.domain.instant import iso
from app.domain.resource import kind_of
from app.domain.sale import OpenSale
from app.facts.circulation import ResourceHeld
from app.till.effects import Claimed
from app.till.refusals import Refusal
from app.till.steps import Steps, claim

if TYPE_CHECKING:
    from app.till.counter import Counter


def under_claim(
    counter: Counter, resource: str, body: Callable[[Claimed], Steps], *, named: dict[str, str], refusals: str
) -> Steps:
    """Run ``body`` while nobody else may use the resource.

    ``refusals`` is the first part of the codes ``…_busy`` and ``…_unconfirmed``, ``named`` their values.
    """
    claimed = yield from claim(resource)
    if not claimed.granted:
        raise Refusal(f"{refusals}_busy" if claimed.reason == "busy" else f"{refusals}_unconfirmed", named)
    try:
        return (yield from body(claimed))
    finally:
        counter.released(claimed.claim_id)


def check_coverage(counter: Counter, resource: str, claimed: Claimed, *, named: dict[str, str], refusals: str) -> None:
    """Refuse if not everybody could be asked and the policy of this kind is not to take the risk."""
    if not claimed.coverage.complete and counter.policy(kind_of(resource)) == "refuse":
        raise Refusal(f"{refusals}_unconfirmed", named)


def hold_of(
    counter: Counter,
    sale: OpenSale,
    resource: str,
    amount: int,
    claimed: Claimed,
    *,
    hold_id: str,
    capacity: int = 0,
    value_minor: int = 0,
) -> ResourceHeld:
    """The fact that holds so much of the resource for the sale."""
    return ResourceHeld(
        hold_id=hold_id,
        resource=resource,
        amount=amount,
        sale_id=sale.sale_id,
        till_no=counter.till.till_no,
        held_at=iso(counter.now.wall_ms),
        coverage=claimed.coverage,
        capacity=capacity,
        value_minor=value_minor,
    )


def coverage_fields(claimed: Claimed) -> dict[str, Any]:
    """Coverage as answers show it."""
    coverage = claimed.coverage
    return {"complete": coverage.complete, "promised": list(coverage.promised), "missing": list(coverage.missing)}
