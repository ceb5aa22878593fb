"""Overdraws as programs and people get them, and their settlement: the same at the till and on the command line.

A settlement takes nobody's money and changes no receipt, no turnover and no report: it is the office's word about
what was used beyond its resource, and what is left of that is zero again. Only what was used is settled; what an
open sale holds may yet be given back, or is broken if its till is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app.books.questions.overdraws import FindOverdraw, Overdraw, OverdrawUse
from app.domain import overdraw, resource
from app.domain.instant import iso
from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.facts.circulation import OverdrawSettled, ResourceHoldReleased
from app.till import typed
from app.till.commands import SettleOverdraw
from app.till.holding import Granted, under_claim
from app.till.refusals import Refusal
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

RIGHT = "settle_overdraw"
PIECES = (resource.COUPON, resource.VOID, resource.PARKED, resource.ORDER)
"""Kinds that are counted; the others are money, and returned goods quantities."""
MAX_PIECES = 1_000_000


class Word(NamedTuple):
    """What is said of an overdraw: ``how`` (``app.domain.overdraw.WAYS``), why, by whom, at which till and when."""

    how: str
    reason: str
    user: str
    till_no: int
    at: str


def settle_overdraw(counter: Counter, command: SettleOverdraw) -> Steps:
    """Settle what was used beyond a resource, or a part of it; whoever is there is asked, so that it is done once."""
    name = command.resource.strip()
    how, why, breaking = way(command.how), typed.reason(command.reason), command.break_holds
    wanted = None if command.amount is None else amount_of(name, command.amount, counter.till.currency)
    found = settleable((yield from look(FindOverdraw(name), fresh=True)), name, breaking=breaking)
    yield from counter.allowed(RIGHT, detail(name, how))

    def agreed(_: Granted) -> Steps:
        now = settleable((yield from look(FindOverdraw(name), fresh=True)), name, breaking=breaking)
        word = Word(how, why, counter.clerk.user, counter.till.till_no, iso(counter.now.wall_ms))
        facts = settlements(now, wanted, word, counter.till.currency, counter.draw("settlement"))
        broken = broken_holds(now, word) if breaking else ()
        yield from counter.journal((*broken, *facts), counter.sale)
        return answer(now, facts, counter.till.currency, how, len(broken))

    named = {"resource": typed.shown(found.resource)}
    return (yield from under_claim(counter, name, agreed, named=named, refusals="overdraw"))


def way(how: str) -> str:
    """One of ``WAYS``."""
    if how not in overdraw.WAYS:
        raise Refusal("overdraw_how", {"text": typed.shown(how), "known": ", ".join(overdraw.WAYS)})
    return how


def settleable(found: Overdraw | None, name: str, *, breaking: bool) -> Overdraw:
    """The overdraw, with something to settle, or (``breaking``) with holds to give back."""
    named = {"resource": typed.shown(name)}
    if found is None:
        raise Refusal("no_overdraw", named)
    if not found.open:
        raise Refusal("overdraw_settled", named)
    if not found.final and not breaking:
        raise Refusal("overdraw_held", named)
    return found


def settlements(
    found: Overdraw, wanted: int | None, word: Word, currency: str, drawn: bytes
) -> tuple[OverdrawSettled, ...]:
    """The facts that settle so much (None: everything), beginning with the use that was first beyond.

    ``drawn`` are random bytes for their ids. Refused if it is more than there is to settle.
    """
    rest = found.final if wanted is None else wanted
    if rest > found.final:
        named = {"resource": typed.shown(found.resource)}
        raise Refusal("overdraw_amount", {**named, "amount": text_of(found.resource, found.final, currency)})
    facts = []
    for use in found.uses:
        share = min(rest, use.final)
        rest -= share
        if share:
            fact = OverdrawSettled(
                settlement_id=hashlib.sha256(drawn + use.hold_id.encode()).hexdigest()[:32],
                resource=found.resource,
                hold_id=use.hold_id,
                settled_before=use.settled,
                amount=share,
                how=word.how,  # type: ignore[arg-type]
                reason=word.reason,
                user=word.user,
                till_no=word.till_no,
                settled_at=word.at,
            )
            facts.append(fact)
    return tuple(facts)


def broken_holds(found: Overdraw, word: Word) -> tuple[ResourceHoldReleased, ...]:
    """The facts that give back what open sales hold of it. A use beats them: the till was only slow then."""
    reason = f"broken: {word.reason}"
    return tuple(ResourceHoldReleased(use.hold_id, found.resource, word.at, reason) for use in found.uses if use.held)


def answer(found: Overdraw, facts: tuple[OverdrawSettled, ...], currency: str, how: str, broken: int) -> dict[str, Any]:
    """What was settled of it, and what is still open; ``broken`` holds do not count any more."""
    settled = sum(fact.amount for fact in facts)
    left = (found.final if broken else found.open) - settled
    return {
        "resource": found.resource,
        "settled": text_of(found.resource, settled, currency),
        "open": text_of(found.resource, left, currency),
        "how": how,
        **({"broken_holds": broken} if broken else {}),
    }


def detail(name: str, how: str) -> str:
    """What the audit log says of it."""
    return f"{typed.shown(name)} {how}"


def amount_of(name: str, text: str, currency: str) -> int:
    """A typed amount in the resource's own unit."""
    kind = resource.kind_of(name)
    if kind == resource.RETURN:
        return typed.quantity_milli(text)
    return (
        typed.count(text, MAX_PIECES, "overdraw_count")
        if kind in PIECES
        else typed.positive_minor(text, currency, "amount")
    )


def text_of(name: str, amount: int, currency: str) -> str:
    """Money as money, goods as quantities, and what happens once as a number."""
    kind = resource.kind_of(name)
    if kind == resource.RETURN:
        return format_milli(amount)
    return str(amount) if kind in PIECES else format_minor(amount, currency)


def fields(found: Overdraw, currency: str, numbers: Mapping[str, int]) -> dict[str, Any]:
    """The overdraw as JSON can hold it; ``numbers`` are the members' till numbers."""

    def text(amount: int) -> str:
        return text_of(found.resource, amount, currency)

    def use_fields(use: OverdrawUse) -> dict[str, Any]:
        return {
            "receipt_no": use.receipt_no or None,
            "sale_id": use.sale_id,
            "till_no": use.till_no,
            "cashier": use.cashier,
            "amount": text(use.amount),
            "beyond": text(use.beyond),
            "settled": text(use.settled),
            "held": use.held,
            "at": use.at,
            "coverage": msgspec.to_builtins(use.coverage),
            "promised": _tills(use.coverage.promised if use.coverage else (), numbers),
            "missing": _tills(use.coverage.missing if use.coverage else (), numbers),
        }

    receipts = {use.hold_id: use.receipt_no for use in found.uses}
    return {
        "resource": found.resource,
        "kind": resource.kind_of(found.resource),
        "no": found.resource.partition("/")[2],
        "amount": text(found.amount),
        "open": text(found.open),
        "settled": text(found.settled),
        "settled_twice": text(found.twice),
        "left": text(found.left),
        "state": found.state,
        "ungranted": found.ungranted,
        "since": found.since or None,
        "caused_by": use_fields(found.caused_by) if found.caused_by else None,
        "receipts": [use.receipt_no for use in found.uses if use.receipt_no],
        "coverage": [msgspec.to_builtins(use.coverage) for use in found.uses],
        "uses": [use_fields(use) for use in found.uses],
        "settlements": [
            {
                "receipt_no": receipts.get(each.hold_id) or None,
                "amount": text(each.amount),
                "how": each.how,
                "reason": each.reason,
                "user": each.user,
                "till_no": each.till_no,
                "at": each.at,
            }
            for each in found.settlements
        ],
    }


def _tills(members: tuple[str, ...], numbers: Mapping[str, int]) -> list[int]:
    """Their numbers, each once; of a member that is not known any more there is none."""
    return sorted({numbers[member] for member in members if member in numbers})
