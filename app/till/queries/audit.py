"""The audit log, newest first."""

from __future__ import annotations

from typing import Any

from app.books.questions.audit import ListAudit
from app.till import typed
from app.till.queries.base import Desk, Query

MAX_ENTRIES = 1_000


class AskAudit(Query, frozen=True):
    """``date``: the shop's day; ``action`` as in ``app.facts.sales.AuditLogged``."""

    date: str | None = None
    user: str | None = None
    action: str | None = None
    limit: int = 100


async def audit(desk: Desk, query: AskAudit) -> dict[str, Any]:
    """What was done by whom, at every till that has told of it."""
    day = typed.day(query.date) if query.date else ""
    limit = max(1, min(query.limit, MAX_ENTRIES))
    entries = await desk.look(ListAudit(limit, day, query.user or "", query.action or ""))
    return {
        "entries": [
            {
                "at": entry.at,
                "till_no": entry.till_no,
                "action": entry.action,
                "user": entry.user or None,
                "approved_by": entry.approved_by or None,
                "detail": entry.detail,
                "sale_id": entry.sale_id or None,
            }
            for entry in entries
        ]
    }
