"""Settlements of overdraws, and what they cover together in the row of the use that they settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, select

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.folds.statements import Rows
from app.books.tables.overdraws import overdraw_settlements
from app.books.tables.resources import resource_holds
from app.domain.overdraw import covered
from app.facts.base import Fact
from app.facts.circulation import OverdrawSettled

_STRETCHES = select(overdraw_settlements.c.settled_before, overdraw_settlements.c.amount).where(
    overdraw_settlements.c.resource == bindparam("resource"), overdraw_settlements.c.hold_id == bindparam("hold_id")
)


class OverdrawsFold:
    """Folds ``overdraw.settled``. The use may come later: its row is there then, with nothing but what is settled."""

    def __init__(self, upserts: Upserts) -> None:
        self._settle = upserts.oldest(overdraw_settlements)
        self._sum_up = upserts.filled(resource_holds, ("settled_amount",))

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {OverdrawSettled: self._settled}

    def _settled(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        self._settle.write(connection, [{**msgspec.structs.asdict(fact), "stamp": stamp} for fact, _, stamp in facts])
        rows: Rows = []
        for resource, hold_id in dict.fromkeys((fact.resource, fact.hold_id) for fact, _, _ in facts):
            stretches = connection.execute(_STRETCHES, {"resource": resource, "hold_id": hold_id})
            settled = covered((before, amount) for before, amount in stretches)
            rows.append({"resource": resource, "hold_id": hold_id, "settled_amount": settled})
        self._sum_up.write(connection, rows)
