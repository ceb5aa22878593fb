"""Overdraws: which resources were used beyond what there is of them, by whom, and how that was settled.

What there is of a resource is what it was granted; of a credit, which nobody grants anything, it is the limit of the
customer's newest fact and what was paid. So a limit that was lowered looks like an overdraw of those who bought
before: a credit is listed only if a use beyond it could not ask everybody. A settlement says nothing about the debt.

``settling/…`` is what of a credit is being paid: nobody grants it, and too much of it is in the customer's favour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, not_, or_, select

from app.books.queries.resources import held_sum, is_held, is_used, settled, settled_sum, used_sum
from app.books.questions import Question
from app.books.questions.overdraws import (
    MAX_OPEN,
    MAX_SETTLED,
    FindOverdraw,
    ListOverdraws,
    Overdraw,
    OverdrawUse,
    Settlement,
)
from app.books.tables.customers import credit_payments, customers
from app.books.tables.overdraws import overdraw_settlements
from app.books.tables.receipts import receipts
from app.books.tables.resources import resource_grants, resource_holds
from app.domain import overdraw, resource
from app.domain.overdraw import Taken
from app.facts.circulation import ClaimCoverage

_CREDIT, _SETTLING = resource.name(resource.CREDIT, ""), resource.name(resource.SETTLING, "")
_stamp = func.coalesce(resource_holds.c.held_stamp, resource_holds.c.used_stamp)
_granted = (
    select(func.sum(resource_grants.c.amount))
    .where(resource_grants.c.resource == resource_holds.c.resource)
    .correlate(resource_holds)
    .scalar_subquery()
)
_on_credit = resource_holds.c.resource.startswith(_CREDIT, autoescape=True)
_taken = held_sum + used_sum - settled_sum
_BEYOND = (
    select(resource_holds.c.resource)
    .where(not_(or_(_on_credit, resource_holds.c.resource.startswith(_SETTLING, autoescape=True))))
    .group_by(resource_holds.c.resource)
    .having(_taken > func.coalesce(_granted, 0), or_(_granted.is_not(None), func.min(_stamp) < bindparam("old_enough")))
    .order_by(resource_holds.c.resource)
    .limit(MAX_OPEN)
)
_paid = (
    select(credit_payments.c.customer_no, func.sum(credit_payments.c.amount_minor).label("paid"))
    .group_by(credit_payments.c.customer_no)
    .subquery()
)
_customer_no = func.substr(resource_holds.c.resource, len(_CREDIT) + 1)
_BEYOND_CREDIT = (
    select(resource_holds.c.resource)
    .outerjoin(customers, customers.c.customer_no == _customer_no)
    .outerjoin(_paid, _paid.c.customer_no == _customer_no)
    .where(_on_credit)
    .group_by(resource_holds.c.resource, customers.c.credit_limit_minor, _paid.c.paid)
    .having(held_sum + used_sum > func.coalesce(customers.c.credit_limit_minor, 0) + func.coalesce(_paid.c.paid, 0))
    .order_by(resource_holds.c.resource)
    .limit(MAX_OPEN)
)
_SETTLED = (
    select(overdraw_settlements.c.resource)
    .group_by(overdraw_settlements.c.resource)
    .order_by(func.max(overdraw_settlements.c.stamp).desc())
    .limit(MAX_SETTLED)
)
_USES = (
    select(resource_holds, settled.label("settled"), _stamp.label("stamp"))
    .where(resource_holds.c.resource == bindparam("resource"), is_used | is_held)
    .order_by(_stamp, resource_holds.c.hold_id)
)
_SETTLEMENTS = (
    select(overdraw_settlements)
    .where(overdraw_settlements.c.resource == bindparam("resource"))
    .order_by(overdraw_settlements.c.stamp, overdraw_settlements.c.settlement_id)
)
_GRANTED = select(func.sum(resource_grants.c.amount)).where(resource_grants.c.resource == bindparam("resource"))
_LIMIT = select(customers.c.credit_limit_minor).where(customers.c.customer_no == bindparam("no"))
_PAID = select(func.sum(credit_payments.c.amount_minor)).where(credit_payments.c.customer_no == bindparam("no"))
_RECEIPT = (
    # By days and till, for which there is an index.
    select(receipts.c.receipt_no)
    .where(
        receipts.c.business_day.between(bindparam("first"), bindparam("last")),
        receipts.c.till_no == bindparam("till_no"),
        receipts.c.sale_id == bindparam("sale"),
        receipts.c.member_id == bindparam("member"),
    )
    .order_by(receipts.c.sequence)
    .limit(1)
)
_NEWEST = select(func.max(_stamp))

PAID_WITHIN = timedelta(days=1)
"""How long after it was resumed a sale's receipt is looked for."""

_coverage = msgspec.json.Decoder(ClaimCoverage)


def every(connection: Connection, _: ListOverdraws) -> tuple[Overdraw, ...]:
    """Those that are open and those that have settlements."""
    old_enough = _old_enough(connection)
    names = dict.fromkeys(connection.execute(_BEYOND, {"old_enough": old_enough}).scalars())
    for statement in (_BEYOND_CREDIT, _SETTLED):
        names.update(dict.fromkeys(connection.execute(statement).scalars()))
    found = [each for name in names if (each := _found(connection, name, old_enough))]
    found.sort(key=lambda each: each.resource)
    found.sort(key=lambda each: each.since, reverse=True)
    return tuple(found)


def find(connection: Connection, question: FindOverdraw) -> Overdraw | None:
    """The uses in their order, served by what was granted."""
    return _found(connection, question.resource, None)


def _found(connection: Connection, name: str, old_enough: str | None) -> Overdraw | None:
    granted = _there_is(connection, name)
    rows = connection.execute(_USES, {"resource": name}).all()
    settlements = tuple(_settlement(row) for row in connection.execute(_SETTLEMENTS, {"resource": name}))
    parts = _parts(name, granted or 0, rows)
    if not settlements and not _is_one(connection, name, granted, rows, parts, old_enough):
        return None
    used = [row for row in rows if row.used_stamp is not None]
    final = dict(zip((row.hold_id for row in used), _parts(name, granted or 0, used), strict=True))
    uses = tuple(
        _use(row, part, final.get(row.hold_id, 0), _document(connection, row))
        for row, part in zip(rows, parts, strict=True)
    )
    unsettled, done = sum(parts), sum(use.settled for use in uses)
    cause = next((use for use in uses if use.beyond > use.settled), None) or next(
        (use for use in uses if use.beyond), None
    )
    return Overdraw(
        resource=name,
        amount=unsettled + done,
        open=unsettled,
        settled=done,
        final=sum(final.values()),
        twice=_twice(settlements),
        left=max(0, (granted or 0) - sum(use.amount - _serving(name, use) for use in uses)),
        state=overdraw.SETTLED if not unsettled else overdraw.PARTLY if done else overdraw.OPEN,
        ungranted=granted is None and resource.kind_of(name) != resource.CREDIT,
        caused_by=cause,
        since=cause.at if cause else "",
        uses=uses,
        settlements=settlements,
    )


def _there_is(connection: Connection, name: str) -> int | None:
    """What there is of the resource; None if nobody has granted it anything."""
    if resource.kind_of(name) != resource.CREDIT:
        granted = connection.execute(_GRANTED, {"resource": name}).scalar()
        return None if granted is None else int(granted)
    no = {"no": name.removeprefix(_CREDIT)}
    return int(connection.execute(_LIMIT, no).scalar() or 0) + int(connection.execute(_PAID, no).scalar() or 0)


def _parts(name: str, granted: int, rows: Sequence[Row[Any]]) -> list[int]:
    """What of each use is beyond and not settled."""
    taken = [Taken(row.used_amount if row.used_stamp is not None else row.held_amount, row.settled) for row in rows]
    if resource.kind_of(name) != resource.CREDIT:
        return overdraw.beyond(granted, taken)
    # What is settled is owed all the same: it must not raise the limit for what is bought later.
    parts = overdraw.beyond(granted, [Taken(each.amount) for each in taken])
    return [max(0, part - each.settled) for part, each in zip(parts, taken, strict=True)]


def _serving(name: str, use: OverdrawUse) -> int:
    """What of the use counts no longer: of a credit all of it is owed on."""
    return 0 if resource.kind_of(name) == resource.CREDIT else use.settled


def _is_one(
    connection: Connection,
    name: str,
    granted: int | None,
    rows: Sequence[Row[Any]],
    parts: list[int],
    old_enough: str | None,
) -> bool:
    """Whether what is beyond is an overdraw: see above, and ``UNGRANTED_AFTER_MS``."""
    beyond = [row for row, part in zip(rows, parts, strict=True) if part]
    kind = resource.kind_of(name)
    if not beyond or kind == resource.SETTLING:
        return False
    if kind == resource.CREDIT:
        return any(row.coverage and not _coverage.decode(row.coverage).complete for row in beyond)
    if granted is not None:
        return True
    return bool(beyond[0].stamp < (_old_enough(connection) if old_enough is None else old_enough))


def _old_enough(connection: Connection) -> str:
    """What the stamps of uses are before that nobody granted long ago, by the newest use that is known."""
    newest = connection.execute(_NEWEST).scalar()
    if newest is None:
        return ""
    # A stamp (``stamp_of``) begins with its milliseconds.
    until_ms = int(newest.partition("-")[0]) - overdraw.UNGRANTED_AFTER_MS
    return f"{until_ms + 1:016d}" if until_ms >= 0 else ""


def _twice(settlements: Sequence[Settlement]) -> int:
    stretches: dict[str, list[tuple[int, int]]] = {}
    for each in settlements:
        stretches.setdefault(each.hold_id, []).append((each.settled_before, each.amount))
    return sum(sum(length for _, length in each) - overdraw.covered(each) for each in stretches.values())


def _document(connection: Connection, row: Row[Any]) -> str:
    """What the use names; a parked sale is used up before it has a receipt, and names the sale that took it in."""
    named = str(row.reference or "")
    if not row.sale_id or named != row.sale_id or not row.business_day:
        return named
    began = date.fromisoformat(row.business_day)
    days = {"first": began.isoformat(), "last": (began + PAID_WITHIN).isoformat()}
    whose = {"sale": row.sale_id, "member": row.held_by, "till_no": row.till_no}
    return str(connection.execute(_RECEIPT, {**whose, **days}).scalar() or "")


def _use(row: Row[Any], part: int, final: int, document: str) -> OverdrawUse:
    used = row.used_stamp is not None
    return OverdrawUse(
        hold_id=row.hold_id,
        receipt_no=document,
        sale_id=row.sale_id or "",
        till_no=row.till_no,
        member_id=row.held_by or "",
        cashier=row.cashier or "",
        amount=row.used_amount if used else row.held_amount,
        at=row.held_at or row.used_at,
        coverage=_coverage.decode(row.coverage) if row.coverage else None,
        held=not used,
        beyond=part + row.settled,
        settled=row.settled,
        final=final,
    )


def _settlement(row: Row[Any]) -> Settlement:
    return Settlement(
        settlement_id=row.settlement_id,
        hold_id=row.hold_id,
        settled_before=row.settled_before,
        amount=row.amount,
        how=row.how,
        reason=row.reason,
        user=row.user,
        till_no=row.till_no,
        at=row.settled_at,
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    ListOverdraws: every,
    FindOverdraw: find,
}
