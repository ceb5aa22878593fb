"""A resource's ledger summed up, and the resources that were used beyond what they were granted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, func, select

from app.books.questions import Question
from app.books.questions.resources import AskBalance
from app.books.tables.resources import resource_grants, resource_holds
from app.domain.resource import Balance
from app.facts.circulation import ClaimCoverage

is_used = resource_holds.c.used_stamp.is_not(None)
is_held = and_(resource_holds.c.held_stamp.is_not(None), resource_holds.c.released_stamp.is_(None), ~is_used)
used_sum = func.coalesce(func.sum(case((is_used, resource_holds.c.used_amount), else_=0)), 0)
held_sum = func.coalesce(func.sum(case((is_held, resource_holds.c.held_amount), else_=0)), 0)
# SUM over 64-bit integers is a decimal in PostgreSQL; int() below brings both databases together.

_GRANTED = select(func.coalesce(func.sum(resource_grants.c.amount), 0)).where(
    resource_grants.c.resource == bindparam("resource")
)
_TAKEN = select(held_sum, used_sum).where(resource_holds.c.resource == bindparam("resource"))
_granted_all = (
    select(resource_grants.c.resource, func.sum(resource_grants.c.amount).label("granted"))
    .group_by(resource_grants.c.resource)
    .subquery()
)
_OVERDRAWN = (
    select(resource_holds.c.resource, (held_sum + used_sum - _granted_all.c.granted).label("beyond"))
    .join(_granted_all, _granted_all.c.resource == resource_holds.c.resource)
    .group_by(resource_holds.c.resource, _granted_all.c.granted)
    .having(held_sum + used_sum > _granted_all.c.granted)
    .order_by(resource_holds.c.resource)
)
_USES = (
    select(resource_holds)
    .where(resource_holds.c.resource == bindparam("resource"), is_used | is_held)
    .order_by(func.coalesce(resource_holds.c.held_stamp, resource_holds.c.used_stamp))
)

_coverage = msgspec.json.Decoder(ClaimCoverage)


def balance(connection: Connection, question: AskBalance) -> Balance:
    """Granted, held and used."""
    named = {"resource": question.resource}
    held, used = connection.execute(_TAKEN, named).one()
    return Balance(int(connection.execute(_GRANTED, named).scalar_one()), int(held), int(used))


def overdraws(connection: Connection) -> list[dict[str, Any]]:
    """Every resource used beyond what it was granted, with all uses that count: ``resource``, ``amount``, ``uses``.

    One that nobody granted anything yet (its issuer's facts have not arrived) is none.
    """
    found = []
    for resource, beyond in connection.execute(_OVERDRAWN).all():
        found.append({"resource": resource, "amount": int(beyond), "uses": uses_of(connection, resource)})
    return found


def uses_of(connection: Connection, resource: str) -> list[dict[str, Any]]:
    """Every hold and use of the resource that counts, the oldest first."""
    return [_use(row._mapping) for row in connection.execute(_USES, {"resource": resource})]


def _use(row: Any) -> dict[str, Any]:
    coverage = _coverage.decode(row["coverage"]) if row["coverage"] else None
    used = row["used_stamp"] is not None
    return {
        "receipt_no": row["reference"] or "",
        "sale_id": row["sale_id"] or "",
        "till_no": row["till_no"],
        "member_id": row["held_by"] or "",
        "amount": row["used_amount"] if used else row["held_amount"],
        "at": row["held_at"] or row["used_at"],
        "coverage": coverage,
    }


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {AskBalance: balance}
