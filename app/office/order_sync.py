"""A web shop's orders as its file has them now: new ones placed, changed ones changed, cancelled ones given up.

Changing and cancelling take the claim that a till takes to pick the order up, and look at it again under the claim:
whoever comes first wins, and the other is told. What stands in the file as it is known already is left alone, so a
file may be read as often as one likes; what could not be done this time is done the next.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from app.books.questions.orders import FindOrder, OrderView
from app.domain import order, resource
from app.domain.instant import iso
from app.engine.control import Operation
from app.engine.operations import called
from app.facts.base import Fact
from app.facts.circulation import (
    ClaimCoverage,
    OrderCancelled,
    OrderChanged,
    OrderPlaced,
    ResourceGranted,
    ResourceHeld,
    ResourceUsed,
)
from app.facts.codec import write
from app.office import rows
from app.office.bulk.writing import Bulk
from app.office.orders import OrdersRead, read_orders
from app.office.parts import OfficeParts
from app.office.rows import Fault
from app.text import gettext as _
from replication.core.model import Entry

GRANTED = "changed"
CHANGED = ("lines", "total_minor", "due_on", "customer_no", "paid_minor", "note")


class _Refused(Exception):
    """Something of one order cannot be done: a code of ``rows.REASONS``."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """``orders_import``."""
    return {"orders_import": called(partial(_import, parts))}


async def _import(
    parts: OfficeParts, text: str, skip_bad: bool = False, dry_run: bool = False, anyway: bool = False
) -> dict[str, Any]:
    """Do what the file says; numbers under ``placed``, ``changed``, ``cancelled``, and how many are ``unchanged``.

    With a bad line and without ``skip_bad`` nothing at all. ``anyway``: although not every till could be asked.
    """
    bulk = Bulk(parts)
    if not dry_run:
        await bulk.before()
    await parts.engine.settled()
    positions = await bulk.positions() if not dry_run else None
    books = parts.desk.books
    at = iso(parts.wall_ms())
    read = await asyncio.to_thread(
        read_orders, text, currency=parts.desk.currency, article=books.article, known=lambda _no: False, at=at
    )
    known = await asyncio.to_thread(lambda: {no: books.ask(FindOrder(no)) for no in read.lines})
    placed, changed, cancelled, unchanged, faults = _sorted(read, known)
    answer: dict[str, Any] = {
        "placed": [each.order_no for each in placed],
        "changed": [each.order_no for each in changed],
        "cancelled": cancelled,
        "unchanged": unchanged,
        "done": not dry_run and (skip_bad or not faults),
    }
    if answer["done"]:
        outcome = await bulk.write(placed, change=f"orders import {at}", by="", positions=positions)
        answer |= {"stopped": outcome.stopped, "written": outcome.done, "left": list(outcome.left)}
        to_do: list[OrderPlaced | str] = [] if outcome.stopped else [*changed, *cancelled]
        for wanted in to_do:
            number = wanted if isinstance(wanted, str) else wanted.order_no
            try:
                await _done_under_claim(parts, wanted, number, at, anyway=anyway)
            except _Refused as refused:
                answer["cancelled" if isinstance(wanted, str) else "changed"].remove(number)
                faults.append(Fault(read.lines[number], refused.code, {"text": number, **refused.values}))
        await parts.engine.settled()
    faults.sort(key=lambda fault: fault.line)
    return {**answer, "faults": [{"line": each.line, "reason": rows.reason(each, _)} for each in faults]}


def _sorted(
    read: OrdersRead, known: Mapping[str, OrderView | None]
) -> tuple[list[OrderPlaced], list[OrderPlaced], list[str], int, list[Fault]]:
    """What is to be placed, changed and cancelled, how much is as it was, and what cannot be."""
    placed, changed, cancelled, unchanged = [], [], [], 0
    faults = list(read.faults)
    for fact in read.facts:
        found = known[fact.order_no]
        if found is None:
            placed.append(fact)
        elif not same(fact, found):
            if found.state == order.OPEN:
                changed.append(fact)
            else:
                faults.append(_ended(read, found))
        elif found.state == order.CANCELLED:
            faults.append(_ended(read, found))
        else:
            unchanged += 1
    for number in read.cancelled:
        found = known[number]
        if found is None:
            faults.append(Fault(read.lines[number], "order_unknown", {"text": number}))
        elif found.state == order.OPEN:
            cancelled.append(number)
        elif found.state == order.PICKED_UP:
            faults.append(_ended(read, found))
        else:
            unchanged += 1
    return placed, changed, cancelled, unchanged, faults


def _ended(read: OrdersRead, found: OrderView) -> Fault:
    state = _("picked up") if found.state == order.PICKED_UP else _("cancelled")
    said = f"{state} {found.ended_by}".strip()
    return Fault(read.lines[found.order_no], "order_ended", {"text": found.order_no, "state": said})


def same(fact: OrderPlaced, found: OrderView) -> bool:
    """Whether the file says of the order what is known of it."""
    return all(getattr(fact, name) == getattr(found, name) for name in CHANGED)


async def _done_under_claim(
    parts: OfficeParts, wanted: OrderPlaced | str, number: str, at: str, *, anyway: bool
) -> None:
    """Change it (``wanted`` is what it is to be) or cancel it, while nobody else does anything to it."""
    name = resource.name(resource.ORDER, number)
    claimed = await parts.engine.claim(name)
    if not claimed.granted:
        raise _Refused("order_busy")
    try:
        if not claimed.coverage.complete and not anyway:
            raise _Refused("order_unconfirmed", tills=await _tills(parts, claimed.coverage.missing))
        await parts.engine.settled()
        found = await asyncio.to_thread(parts.desk.books.ask, FindOrder(number))
        if found is None or found.state != order.OPEN:
            raise _Refused("order_ended", state=_("by somebody else just now"))
        if found.busy or found.depositing_minor:
            raise _Refused("order_on_sale")
        if found.deposits:
            raise _Refused("order_has_deposit")
        facts = (
            _cancelling(parts, number, at, claimed.coverage)
            if isinstance(wanted, str)
            else _changing(parts, wanted, found, at)
        )
        await parts.engine.journal([Entry(*write(fact)) for fact in facts], claim_id=claimed.claim_id)
    finally:
        await parts.engine.release_claim(claimed.claim_id)


def _changing(parts: OfficeParts, wanted: OrderPlaced, found: OrderView, at: str) -> list[Fact]:
    """More that may be paid in advance is granted; less is what the order itself says (``app.till.ordering``)."""
    changed = OrderChanged(
        order_no=wanted.order_no,
        at=at,
        till_no=parts.who.till_no,
        **{name: getattr(wanted, name) for name in CHANGED},
    )
    more = (wanted.total_minor - wanted.paid_minor) - (found.total_minor - found.paid_minor)
    if more <= 0:
        return [changed]
    grant = ResourceGranted(
        grant_id=f"{GRANTED}/{uuid.uuid4().hex}",
        resource=resource.name(resource.DEPOSIT, wanted.order_no),
        amount=more,
        granted_at=at,
        till_no=parts.who.till_no,
        reason=GRANTED,
    )
    return [changed, grant]


def _cancelling(parts: OfficeParts, number: str, at: str, coverage: ClaimCoverage) -> list[Fact]:
    name, hold_id = resource.name(resource.ORDER, number), uuid.uuid4().hex
    day = datetime.fromtimestamp(parts.wall_ms() / 1000, UTC).astimezone().date().isoformat()
    till_no = parts.who.till_no
    return [
        ResourceHeld(hold_id, name, 1, f"office/{hold_id}", till_no, at, coverage, business_day=day),
        ResourceUsed(hold_id, name, 1, number, at),
        OrderCancelled(number, at, till_no, _("by the web shop")),
    ]


async def _tills(parts: OfficeParts, missing: tuple[str, ...]) -> str:
    members = (await parts.engine.status())["members"]
    numbers = {member["member"]: member["till_no"] for member in members}
    return ", ".join(sorted({str(numbers.get(member, "?")) for member in missing}))
