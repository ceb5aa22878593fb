"""The ledger of resources: grants, holds, uses; never a mutable balance.

A hold is one row that three facts fill, each its own columns, in any order: held, released,
used. What a hold uses of the resource (``queries/resources.py`` sums it up):

    used                 its used amount, even if somebody also released it
    released             nothing
    held                 its held amount

A use beats a release, because the goods are gone: a supervisor who broke the hold of a till that
was only slow must see the overdraw, not lose it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.folds.statements import Rows
from app.books.tables.resources import resource_grants, resource_holds
from app.facts.base import Fact
from app.facts.circulation import ResourceGranted, ResourceHeld, ResourceHoldReleased, ResourceUsed

CAPACITY = "capacity"
"""The grant that comes with the holds themselves; all of them say the same."""


class ResourcesFold:
    """Folds the facts of the ledger."""

    def __init__(self, upserts: Upserts) -> None:
        self._grant = upserts.oldest(resource_grants)
        self._hold = upserts.part(
            resource_holds,
            "held_stamp",
            (
                "held_by",
                "held_amount",
                "sale_id",
                "till_no",
                "held_at",
                "coverage",
                "value_minor",
                "business_day",
                "uncovered",
                "cashier",
            ),
        )
        self._release = upserts.part(resource_holds, "released_stamp", ("released_at", "release_reason"))
        self._use = upserts.part(resource_holds, "used_stamp", ("used_amount", "reference", "used_at"))

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {
            ResourceGranted: self._granted,
            ResourceHeld: self._held,
            ResourceHoldReleased: self._released,
            ResourceUsed: self._used,
        }

    def grant(self, connection: Connection, rows: Rows) -> None:
        """Grants that another subject's facts make (a voucher issued): rows of ``grant_row``."""
        self._grant.write(connection, rows)

    def _granted(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            grant_row(
                fact.resource,
                fact.grant_id,
                fact.amount,
                at=fact.granted_at,
                till_no=fact.till_no,
                reference=fact.reference,
                reason=fact.reason,
                stamp=stamp,
            )
            for fact, _, stamp in facts
        ]
        self.grant(connection, rows)

    def _held(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "resource": fact.resource,
                "hold_id": fact.hold_id,
                "held_stamp": stamp,
                "held_by": member_id,
                "held_amount": fact.amount,
                "sale_id": fact.sale_id,
                "till_no": fact.till_no,
                "held_at": fact.held_at,
                "coverage": msgspec.json.encode(fact.coverage).decode(),
                "value_minor": fact.value_minor,
                "cashier": fact.cashier,
                "business_day": fact.business_day,
                "uncovered": 0 if fact.coverage.complete else 1,
            }
            for fact, member_id, stamp in facts
        ]
        self._hold.write(connection, rows)
        capacities = [
            grant_row(fact.resource, CAPACITY, fact.capacity, at="", till_no=0, stamp="")
            for fact, _, _ in facts
            if fact.capacity > 0
        ]
        self.grant(connection, capacities)

    def _released(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "resource": fact.resource,
                "hold_id": fact.hold_id,
                "released_stamp": stamp,
                "released_at": fact.released_at,
                "release_reason": fact.reason,
            }
            for fact, _, stamp in facts
        ]
        self._release.write(connection, rows)

    def _used(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "resource": fact.resource,
                "hold_id": fact.hold_id,
                "used_stamp": stamp,
                "used_amount": fact.amount,
                "reference": fact.reference,
                "used_at": fact.used_at,
            }
            for fact, _, stamp in facts
        ]
        self._use.write(connection, rows)


def grant_row(
    resource: str,
    grant_id: str,
    amount: int,
    *,
    at: str,
    till_no: int,
    stamp: str,
    reference: str = "",
    reason: str = "",
) -> dict[str, object]:
    """A row of ``resource_grants``."""
    return {
        "resource": resource,
        "grant_id": grant_id,
        "amount": amount,
        "granted_at": at,
        "till_no": till_no,
        "reference": reference,
        "reason": reason,
        "stamp": stamp,
    }
