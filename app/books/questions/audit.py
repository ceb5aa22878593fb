"""Questions to the audit log."""

from __future__ import annotations

from app.books.questions import Question
from app.facts.sales import AuditLogged


class ListAudit(Question[tuple[AuditLogged, ...]], frozen=True):
    """The newest entries first, at most ``limit``; of a day, a user, an action where these are given."""

    limit: int
    day: str = ""
    user: str = ""
    action: str = ""
