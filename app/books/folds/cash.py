"""Cash beside receipts. A movement or count is there once, whatever its member repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.cash import cash_counts, cash_movements
from app.facts.base import Fact
from app.facts.sales import CashCounted, CashMoved


class CashFold:
    """Folds ``cash.moved`` and ``cash.counted``."""

    def __init__(self, upserts: Upserts) -> None:
        self._move = upserts.oldest(cash_movements)
        self._count = upserts.oldest(cash_counts)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {CashMoved: self._moved, CashCounted: self._counted}

    def _moved(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "movement_id": fact.movement_id,
                "member_id": member_id,
                "till_no": fact.till_no,
                "z_no": fact.z_no,
                "movement": fact.movement,
                "currency": fact.currency,
                "amount_minor": fact.amount_minor,
                "moved_at": fact.moved_at,
                "business_day": fact.business_day,
                "cashier": fact.cashier,
                "reason": fact.reason,
                "approved_by": fact.approved_by,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._move.write(connection, rows)

    def _counted(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "count_id": fact.count_id,
                "member_id": member_id,
                "till_no": fact.till_no,
                "z_no": fact.z_no,
                "counted_at": fact.counted_at,
                "business_day": fact.business_day,
                "cashier": fact.cashier,
                "drawers": msgspec.json.encode(fact.drawers).decode(),
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._count.write(connection, rows)
