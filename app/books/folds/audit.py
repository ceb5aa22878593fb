"""The audit log: every entry once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts
from app.books.tables.audit import audit_log
from app.facts.base import Fact
from app.facts.sales import AuditLogged


class AuditFold:
    """Folds ``audit.logged``."""

    def __init__(self, upserts: Upserts) -> None:
        self._log = upserts.oldest(audit_log)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {AuditLogged: self._logged}

    def _logged(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "audit_id": fact.audit_id,
                "member_id": member_id,
                "till_no": fact.till_no,
                "action": fact.action,
                "user": fact.user,
                "at": fact.at,
                "business_day": fact.business_day,
                "detail": fact.detail,
                "approved_by": fact.approved_by,
                "sale_id": fact.sale_id,
                "stamp": stamp,
            }
            for fact, member_id, stamp in facts
        ]
        self._log.write(connection, rows)
