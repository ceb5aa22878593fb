"""Using something up: claim it, look again, check the policy, hold it (DESIGN §4). One way for everything that can be.

1. Look before the claim to refuse quickly, and again under it: only then nobody else can be using it.
2. A claim that was granted is always released, whatever happens after it (``under_claim``).
3. Every hold is made by ``hold_of``, when it is known how much is to be held: it is what checks the policy of a claim
   that not everybody confirmed (``covering.py``).
4. The hold is journalled only while the claim is alive. If it settles the sale, the receipt is journalled
   with it in the same step: there is no moment at which one stands without the other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.instant import iso
from app.domain.sale import OpenSale
from app.facts.circulation import ClaimCoverage, ResourceHeld
from app.till import covering
from app.till.effects import Claimed, Effect, Event
from app.till.refusals import Refusal
from app.till.steps import Steps, claim

if TYPE_CHECKING:
    from app.till.counter import Counter


CLAIMED_AT_ONCE = 50
"""As many as one message of the network names; a receipt that is voided may have brought more into circulation."""


class Granted(msgspec.Struct, frozen=True):
    """A claim that is held. ``refusals`` is the first part of the codes of its refusals, ``named`` their values."""

    claim_id: str
    coverage: ClaimCoverage
    named: dict[str, str]
    refusals: str


ALONE = Granted("", ClaimCoverage(complete=True, promised=(), missing=()), {}, "")
"""Of a hold on something that comes into being with it: nobody else can know of it yet."""


def under_claim(
    counter: Counter,
    resources: str | Sequence[str],
    body: Callable[[Granted], Steps],
    *,
    named: dict[str, str],
    refusals: str,
) -> Steps:
    """Run ``body`` while nobody else may use the resource, or any of them: they are claimed together.

    ``refusals`` is the first part of the codes ``…_busy`` and ``…_unconfirmed``, ``named`` their values.
    """
    names = (resources,) if isinstance(resources, str) else resources
    claims: list[Claimed] = []
    yield from covering.identified(counter)
    try:
        for start in range(0, len(names), CLAIMED_AT_ONCE):
            claimed = yield from claim(*names[start : start + CLAIMED_AT_ONCE])
            if not claimed.granted:
                raise not_granted(claimed.reason, named, refusals)
            claims.append(claimed)
        # The oldest claim is over first: as long as that may be written under, all may.
        granted = Granted(claims[0].claim_id, _of_all([each.coverage for each in claims]), named, refusals)
        return (yield from body(granted))
    finally:
        for each in claims:
            counter.released(each.claim_id)
        covering.unapproved(counter)


def _of_all(coverages: Sequence[ClaimCoverage]) -> ClaimCoverage:
    """Who has confirmed all of them; whoever is missing for one is missing."""
    if len(coverages) == 1:
        return coverages[0]
    missing = {member for coverage in coverages for member in coverage.missing}
    promised = {member for coverage in coverages for member in coverage.promised} - missing
    complete = all(coverage.complete for coverage in coverages)
    return ClaimCoverage(complete=complete, promised=tuple(sorted(promised)), missing=tuple(sorted(missing)))


def not_granted(reason: str, named: dict[str, str], refusals: str) -> Refusal:
    """The refusal of a claim that was not granted for this reason."""
    if reason == "cancelled":
        return Refusal("claim_cancelled", named)
    return Refusal(f"{refusals}_busy" if reason == "busy" else f"{refusals}_unconfirmed", named)


def hold_of(
    counter: Counter,
    sale: OpenSale,
    resource: str,
    amount: int,
    granted: Granted,
    *,
    hold_id: str,
    capacity: int = 0,
    value_minor: int = 0,
) -> Generator[Effect, Event, ResourceHeld]:
    """The fact that holds so much of the resource for the sale; refused if it must not be, as it is covered."""
    coverage = yield from covering.covered(
        counter, resource, amount, granted.coverage, named=granted.named, refusals=granted.refusals
    )
    return ResourceHeld(
        hold_id=hold_id,
        resource=resource,
        amount=amount,
        sale_id=sale.sale_id,
        till_no=counter.till.till_no,
        held_at=iso(counter.now.wall_ms),
        coverage=coverage,
        capacity=capacity,
        value_minor=value_minor,
        cashier=counter.clerk.cashier,
        business_day=counter.now.day,
    )


def coverage_fields(granted: Granted) -> dict[str, Any]:
    """Coverage as answers show it."""
    coverage = granted.coverage
    return {"complete": coverage.complete, "promised": list(coverage.promised), "missing": list(coverage.missing)}
