"""A web shop's orders as its file has them now: new ones placed, changed ones changed, cancelled ones given up.

Changing and cancelling take the claim that a till takes to pick the order up, and look at it again under the claim:
whoever comes first wins, and the other is told. What stands in the file as it is known already is left alone, so a
file may be read as often as one likes; what could not be done this time is done the next. What an office was killed in
the middle of is put down first (``bulk``, ``order_rest.py``) and gone on with at its next start.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.books.questions.orders import FindOrder, OrderView
from app.domain import order, resource
from app.domain.instant import iso
from app.engine.control import Operation, Refused
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
from app.office import order_rest, rows
from app.office.bulk import kept_text
from app.office.bulk.kept_text import Unreadable
from app.office.bulk.standing import KEPT_ORDERS
from app.office.bulk.writing import Bulk, Outcome, note
from app.office.orders import OrdersRead, read_orders
from app.office.parts import OfficeParts
from app.office.rows import Fault
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused
from replication.core.model import Entry

GRANTED = "changed"
TRIED_FOR_MS = 15 * 60_000
"""What was cut off is tried so long with tills that cannot be asked; then the file's next reading does it."""


log = logging.getLogger(__name__)


class _Refused(Exception):
    """Something of one order cannot be done: a code of ``rows.REASONS``."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """``orders_import``, and ``orders_complete``, which an open home asks of itself."""
    made = OrderSync(parts)
    return {each.__name__: called(each) for each in (made.orders_import, made.orders_complete)}


class OrderSync:
    """Each public coroutine is an operation; one file at a time."""

    def __init__(self, parts: OfficeParts) -> None:
        self._parts = parts
        self._bulk = Bulk(parts)
        self._one = asyncio.Lock()
        self._tried_since_ms: int | None = None

    async def orders_import(
        self, text: str, skip_bad: bool = False, dry_run: bool = False, anyway: bool = False
    ) -> dict[str, Any]:
        """Do what the file says; numbers under ``placed``, ``changed``, ``cancelled``, how many are ``unchanged``.

        With a bad line and without ``skip_bad`` nothing at all. ``anyway``: although not every till could be asked.
        """
        async with self._one:
            if not dry_run:
                await self._bulk.before()
                await self._gone_on_with(last=True)
            return await self._import(text, skip_bad=skip_bad, dry_run=dry_run, anyway=anyway)

    async def orders_complete(self) -> dict[str, Any]:
        """Go on with what was cut off, if anything was; how much waits still for tills that could not be asked."""
        if self._one.locked():
            return {"waiting": 0}
        async with self._one:
            return {"waiting": await self._gone_on_with(last=False)}

    async def _import(self, text: str, *, skip_bad: bool, dry_run: bool, anyway: bool) -> dict[str, Any]:
        parts, bulk = self._parts, self._bulk
        await parts.engine.settled()
        positions = None if dry_run else await bulk.positions()
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
            change = f"orders import {at}"
            to_do: list[OrderPlaced | str] = [*changed, *cancelled]
            there = {number: view for number, view in known.items() if view is not None}
            beside = await asyncio.to_thread(
                _put_down, order_rest.rest(change, anyway=anyway, wanted=to_do, known=there)
            )
            parts.bulk.orders = bool(beside) or parts.bulk.orders
            outcome = await bulk.write(placed, change=change, by="", positions=positions, beside=beside)
            answer |= {"stopped": outcome.stopped, "written": outcome.done, "left": list(outcome.left)}
            try:
                for wanted in to_do if not outcome.stopped else ():
                    number = wanted if isinstance(wanted, str) else wanted.order_no
                    try:
                        await _done_under_claim(parts, wanted, number, at, anyway=anyway)
                    except _Refused as refused:
                        answer["cancelled" if isinstance(wanted, str) else "changed"].remove(number)
                        faults.append(Fault(read.lines[number], refused.code, {"text": number, **refused.values}))
                if beside:
                    await self._ended()
            except JournalRefused as fault:
                said = _("{reason}; what is missing follows by itself as soon as that is possible")
                raise Refused("import_cut", said.format(reason=sentence(fault).rstrip("."))) from None
            await parts.engine.settled()
        faults.sort(key=lambda fault: fault.line)
        return {**answer, "faults": [{"line": each.line, "reason": rows.reason(each, _)} for each in faults]}

    async def _ended(self) -> None:
        """Nothing of it is to be done any more."""
        await self._parts.engine.journal([], keep={KEPT_ORDERS: None})
        self._parts.bulk.orders = False

    async def _gone_on_with(self, *, last: bool) -> int:
        """What is put down, if anything is; how many are to be tried again. ``last``: none is."""
        parts, standing = self._parts, self._parts.bulk
        if standing.orders is False:
            return 0
        text = await asyncio.to_thread(parts.store.kept, KEPT_ORDERS)
        if text is None:
            standing.orders = False
            return 0
        try:
            rest = await asyncio.to_thread(order_rest.unpacked, text)
        except Unreadable as fault:
            log.warning("what is left of an orders' file cannot be read: %s", fault)
            await self._ended()
            standing.notice(Outcome(change="", by="", done=0, of=0, unreadable=True).answer())
            return 0
        now_ms = parts.wall_ms()
        if self._tried_since_ms is None:
            # Refused where this home may not write yet: then its books do not have what it wrote itself since.
            await self._noted(f"{rest.change}: cut off, gone on with")
            self._tried_since_ms = now_ms
        last = last or abs(now_ms - self._tried_since_ms) > TRIED_FOR_MS
        faults, later = await self._tried(rest)
        if later and not last:
            return later
        done, of = len(rest.wanted) - len(faults), len(rest.wanted)
        await self._noted(f"{rest.change}: completed after an interruption, {done} of {of}")
        await self._ended()
        self._tried_since_ms = None
        outcome = Outcome(
            change=rest.change, by="", done=done, of=of, resumed=True, undoable=False, undone=tuple(faults)
        )  # fmt: skip
        standing.notice(outcome.answer())
        return 0

    async def _noted(self, said: str) -> None:
        log.warning("%s", said)
        await self._parts.engine.journal([note(self._parts, "", self._parts.new_id(), said)])

    async def _tried(self, rest: order_rest.Rest) -> tuple[list[str], int]:
        """Why some cannot be done, and how many of these perhaps later."""
        parts = self._parts
        at = iso(parts.wall_ms())
        faults: list[str] = []
        later = 0
        for wanted in rest.wanted:
            await parts.engine.settled()
            found = await asyncio.to_thread(parts.desk.books.ask, FindOrder(wanted.order_no))
            code = order_rest.standing(wanted, found)
            values: dict[str, str] = {}
            if code == "to_do":
                code = "done"
                try:
                    await _done_under_claim(parts, wanted.fact(), wanted.order_no, at, anyway=rest.anyway)
                except _Refused as refused:
                    code, values = refused.code, refused.values
            elif code == "order_ended" and found is not None:
                values = {"state": _state(found)}
            if code != "done":
                later += code in order_rest.LATER
                faults.append(rows.reason(Fault(0, code, {"text": wanted.order_no, **values}), _))
        await parts.engine.settled()
        return faults, later


def _put_down(rest: order_rest.Rest) -> dict[str, str]:
    """What is kept from the first durable step on."""
    return {KEPT_ORDERS: kept_text.packed(rest)} if rest.wanted else {}


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
        elif not order_rest.same(fact, found):
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
    return Fault(read.lines[found.order_no], "order_ended", {"text": found.order_no, "state": _state(found)})


def _state(found: OrderView) -> str:
    state = _("picked up") if found.state == order.PICKED_UP else _("cancelled")
    return f"{state} {found.ended_by}".strip()


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
        **{name: getattr(wanted, name) for name in order_rest.CHANGED},
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
