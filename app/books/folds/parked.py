"""Parked sales: the row, and the grant of 1 that resuming uses up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.books.folds.resources import ResourcesFold, grant_row
from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.parked import parked_sales
from app.domain import resource
from app.facts.base import Fact
from app.facts.circulation import SaleParked

PARKED = "parked"
"""The id of the grant: there is one per number, however often it is told."""


class ParkedFold:
    """Folds ``sale.parked``."""

    def __init__(self, upserts: Upserts, ledger: ResourcesFold) -> None:
        self._park = upserts.oldest(parked_sales)
        self._ledger = ledger

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {SaleParked: self._parked}

    def _parked(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "park_no": fact.park_no,
                "member_id": member_id,
                "name": fact.name,
                "till_no": fact.till_no,
                "parked_at": fact.parked_at,
                "cashier": fact.cashier,
                "currency": fact.currency,
                "total_minor": fact.total_minor,
                "lines": fact.lines,
                "sale_id": fact.sale_id,
                "sale": fact.sale,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._park.write(connection, rows)
        grants = [
            grant_row(
                resource.name(resource.PARKED, fact.park_no),
                PARKED,
                1,
                at=fact.parked_at,
                till_no=fact.till_no,
                stamp=stamp,
            )
            for fact, _, stamp in facts
        ]
        self._ledger.grant(connection, grants)
