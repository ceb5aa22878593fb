"""A resource's ledger summed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, case, func, select

from app.books.questions import Question
from app.books.questions.resources import AskBalance, AskUncovered, ListMovements, Movement, Uncovered
from app.books.tables.resources import resource_grants, resource_holds
from app.domain.resource import Balance, kind_of
from app.facts.circulation import ClaimCoverage

is_used = resource_holds.c.used_stamp.is_not(None)
is_held = and_(resource_holds.c.held_stamp.is_not(None), resource_holds.c.released_stamp.is_(None), ~is_used)
used_sum = func.coalesce(func.sum(case((is_used, resource_holds.c.used_amount), else_=0)), 0)
held_sum = func.coalesce(func.sum(case((is_held, resource_holds.c.held_amount), else_=0)), 0)
settled = case(
    (~is_used, 0),
    (resource_holds.c.settled_amount < resource_holds.c.used_amount, resource_holds.c.settled_amount),
    (resource_holds.c.settled_amount.is_not(None), resource_holds.c.used_amount),
    else_=0,
)
settled_sum = func.coalesce(func.sum(settled), 0)
# SUM over 64-bit integers is a decimal in PostgreSQL; int() below brings both databases together.

_GRANTED = select(func.coalesce(func.sum(resource_grants.c.amount), 0)).where(
    resource_grants.c.resource == bindparam("resource")
)
_TAKEN = select(held_sum, used_sum, settled_sum).where(resource_holds.c.resource == bindparam("resource"))

_coverage = msgspec.json.Decoder(ClaimCoverage)

_uncovered_that_day = and_(resource_holds.c.uncovered == 1, resource_holds.c.business_day == bindparam("day"))
_UNCOVERED = select(held_sum + used_sum).where(_uncovered_that_day, resource_holds.c.resource == bindparam("resource"))
_UNCOVERED_HERE = select(held_sum + used_sum).where(
    _uncovered_that_day,
    resource_holds.c.till_no == bindparam("till_no"),
    # No name of a kind holds what LIKE gives a meaning to.
    resource_holds.c.resource.like(bindparam("kind")),
)

_GRANTS = (
    select(resource_grants)
    .where(resource_grants.c.resource == bindparam("resource"), resource_grants.c.granted_at != "")
    .order_by(resource_grants.c.stamp.desc(), resource_grants.c.grant_id)
    .limit(bindparam("limit"))
)
_last_stamp = func.coalesce(resource_holds.c.used_stamp, resource_holds.c.released_stamp, resource_holds.c.held_stamp)
_HOLDS = (
    select(resource_holds)
    .where(resource_holds.c.resource == bindparam("resource"))
    .order_by(_last_stamp.desc(), resource_holds.c.hold_id)
    .limit(bindparam("limit"))
)


def balance(connection: Connection, question: AskBalance) -> Balance:
    """Granted, held, used and settled."""
    named = {"resource": question.resource}
    held, used, settled = connection.execute(_TAKEN, named).one()
    return Balance(int(connection.execute(_GRANTED, named).scalar_one()), int(held), int(used), int(settled))


def uncovered(connection: Connection, question: AskUncovered) -> Uncovered:
    """What counts against the limits of a policy: a use by its own amount, whoever may have released its hold."""
    day, kind = question.day, f"{kind_of(question.resource)}/%"
    of_resource = connection.execute(_UNCOVERED, {"day": day, "resource": question.resource}).scalar_one()
    here = {"day": day, "till_no": question.till_no, "kind": kind}
    return Uncovered(int(of_resource), int(connection.execute(_UNCOVERED_HERE, here).scalar_one()))


def list_movements(connection: Connection, question: ListMovements) -> tuple[Movement, ...]:
    """Grants, and each hold with what became of it."""
    named = {"resource": question.resource, "limit": question.limit}
    found = [
        Movement(row.granted_at, "granted", row.amount, row.till_no, row.reference, row.reason)
        for row in connection.execute(_GRANTS, named)
    ]
    found += [_of_hold(row) for row in connection.execute(_HOLDS, named)]
    return tuple(sorted(found))


def _of_hold(row: Row[Any]) -> Movement:
    # Its parts may arrive in any order: what is not there yet is empty.
    coverage = _coverage.decode(row.coverage) if row.coverage else None
    promised = len(coverage.promised) if coverage is not None else 0
    asked = promised + len(coverage.missing) if coverage is not None else 0
    till_no = row.till_no or 0
    if row.used_stamp is not None:
        return Movement(row.used_at, "used", row.used_amount, till_no, row.reference, "", promised, asked)
    if row.released_stamp is not None:
        amount = row.held_amount or 0
        return Movement(row.released_at, "released", amount, till_no, "", row.release_reason, promised, asked)
    return Movement(row.held_at or "", "held", row.held_amount or 0, till_no, "", "", promised, asked)


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {
    AskBalance: balance,
    AskUncovered: uncovered,
    ListMovements: list_movements,
}
