"""A claim that not every member confirmed: may it be used all the same? The one place that says so.

1. The policy of the resource's kind (``app.domain.claim_policy``): the till's settings, then the reference data.
   What it takes is counted against what the books have seen used without full coverage today; under a claim
   that is all that whoever promised knows.
2. What it refuses a supervisor may take on himself (right ``override_coverage``), with a reason. Where there are
   no users anybody may, and the reason is asked all the same.
3. Who wants to be asked first (``Consent``) is, about the members that are missing: the command ends with
   ``coverage_incomplete``, and nothing has happened.

The hold keeps how it was covered, and so does the sale, for its receipt.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.resources import AskUncovered
from app.domain.claim_policy import ClaimPolicy, Policy, policy_for, room, text_of
from app.domain.resource import PARKED, kind_of
from app.domain.sale import HeldCoverage, OpenSale
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage, ResourceHeld, ResourceHoldReleased, ResourceUsed
from app.till import typed
from app.till.commands import Approve, ApproveBadge
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.standing import permitted
from app.till.steps import Asking, look, members, reference
from app.till.users import approve, approve_badge

if TYPE_CHECKING:
    from app.till.counter import Counter

RIGHT = "override_coverage"


def covered(
    counter: Counter, name: str, amount: int, coverage: ClaimCoverage, *, named: Mapping[str, str], refusals: str
) -> Generator[Effect, Event, ClaimCoverage]:
    """How the hold of so much is covered, for its fact; refused if it must not be held so."""
    if coverage.complete:
        return coverage
    if counter.members is None:
        # Once a command: a collective invoice holds many notes under one claim.
        counter.members = yield from members()
    who = counter.members
    tills = sorted({who[each][0] for each in coverage.missing if each in who and who[each][0]})
    coverage = msgspec.structs.replace(coverage, missing_tills=tuple(tills))
    said = coverage_values(coverage, who)
    policy = yield from _policy(counter, kind_of(name))
    left = yield from _room(counter, policy, name)
    if left is not None and amount > left:
        values = {**named, **said, "override": RIGHT, "login": counter.has_users}
        if policy.rule == "refuse":
            refusal = Refusal(f"{refusals}_unconfirmed", values)
        else:
            text = text_of(kind_of(name), left, counter.till.currency)
            refusal = Refusal("coverage_limit" if left else "coverage_limit_reached", {**values, "left": text})
        coverage = yield from _overridden(counter, name, coverage, refusal)
    consent = counter.consent
    if consent.ask and not set(coverage.missing) <= set(consent.without):
        raise Refusal("coverage_incomplete", said)
    counter.uncovered.append((name, amount))
    return coverage


def identified(counter: Counter) -> Asking:
    """Whoever overrides says who he is before anything is claimed: checking a PIN takes its time."""
    override = counter.consent.override
    if override is None or not counter.has_users:
        return
    if override.badge:
        yield from approve_badge(counter, ApproveBadge(override.badge))
    elif override.user:
        yield from approve(counter, Approve(override.user, override.pin))


def unapproved(counter: Counter) -> None:
    """An approval that came with the command is good for nothing else."""
    override = counter.consent.override
    if override is not None and (override.user or override.badge):
        counter.approval = None


def with_coverage(sale: OpenSale | None, facts: Sequence[Fact]) -> OpenSale | None:
    """The sale with how its new holds were covered, and without those that were given back.

    What was held and used at once belongs to no receipt, but for a parked sale, which goes on as this one. A hold
    for which there was nobody to ask says nothing.
    """
    if sale is None:
        return None
    gone = {fact.hold_id for fact in facts if isinstance(fact, ResourceHoldReleased)}
    used = {fact.hold_id for fact in facts if isinstance(fact, ResourceUsed) and kind_of(fact.resource) != PARKED}
    kept = tuple(each for each in sale.coverage if each.hold_id not in gone)
    new = tuple(
        held_coverage(fact)
        for fact in facts
        if isinstance(fact, ResourceHeld) and fact.sale_id == sale.sale_id and fact.hold_id not in used
    )
    new = tuple(each for each in new if each.asked)
    return msgspec.structs.replace(sale, coverage=(*kept, *new)) if new or kept != sale.coverage else sale


def held_coverage(held: ResourceHeld) -> HeldCoverage:
    """How well it was covered, in figures."""
    coverage = held.coverage
    return HeldCoverage(
        hold_id=held.hold_id,
        resource=held.resource,
        promised=len(coverage.promised),
        asked=len(coverage.promised) + len(coverage.missing),
        missing_tills=coverage.missing_tills,
        override_by=coverage.override_by,
        override_reason=coverage.override_reason,
    )


def coverage_values(coverage: ClaimCoverage, who: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """What a refusal says of it: how many of how many, who is missing by name, and by id for who confirms it."""
    named = [_called(*who[each]) for each in coverage.missing if each in who]
    return {
        "promised": str(1 + len(coverage.promised)),  # this till counts itself, as its cashier does
        "of": str(1 + len(coverage.promised) + len(coverage.missing)),
        "missing": ", ".join(sorted(named)) or str(len(coverage.missing)),
        "coverage": {
            "complete": coverage.complete,
            "promised": list(coverage.promised),
            "missing": list(coverage.missing),
            "missing_tills": list(coverage.missing_tills),
        },
    }


def _called(till_no: int, name: str) -> str:
    """A member as people call it: its name, with its till number if that does not say it."""
    return name if not till_no or str(till_no) in name else f"{till_no} {name}".strip()


def _policy(counter: Counter, kind: str) -> Generator[Effect, Event, Policy]:
    known = (yield from reference()).all(ClaimPolicy)
    return policy_for(kind, counter.policies, known, counter.till.site, counter.till.currency)


def _room(counter: Counter, policy: Policy, name: str) -> Generator[Effect, Event, int | None]:
    """How much of the resource may be used yet; what this command has taken counts before it is journalled."""
    if policy.rule != "limit":
        return room(policy, 0, 0)
    till_no, day = counter.till.till_no, counter.now.day
    before = yield from look(AskUncovered(name, till_no, day), fresh=True)
    taken = [(kind_of(each), each == name, amount) for each, amount in counter.uncovered]
    of_resource = sum(amount for _, same, amount in taken if same)
    of_kind = sum(amount for kind, _, amount in taken if kind == kind_of(name))
    return room(policy, before.of_resource + of_resource, before.of_kind + of_kind)


def _overridden(
    counter: Counter, name: str, coverage: ClaimCoverage, refusal: Refusal
) -> Generator[Effect, Event, ClaimCoverage]:
    """The coverage with who takes it on himself; the refusal if nobody does."""
    override = counter.consent.override
    if override is None:
        raise refusal
    why = typed.reason(override.reason)
    approved_by = (yield from permitted(counter, RIGHT)) if counter.has_users else ""
    by = approved_by or counter.clerk.user or counter.clerk.cashier or str(counter.till.till_no)
    counter.audit(RIGHT, f"{name}: {why}", approved_by)
    return msgspec.structs.replace(coverage, override_by=by, override_reason=why)
