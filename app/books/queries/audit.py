"""The audit log, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.books.questions import Question
from app.books.questions.audit import ListAudit
from app.books.tables.audit import audit_log
from app.facts.sales import AuditLogged


def list_audit(connection: Connection, question: ListAudit) -> tuple[AuditLogged, ...]:
    """The newest entries that fit."""
    statement = select(audit_log).order_by(audit_log.c.at.desc(), audit_log.c.stamp.desc()).limit(question.limit)
    for column, wanted in (
        (audit_log.c.business_day, question.day),
        (audit_log.c.user, question.user),
        (audit_log.c.action, question.action),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    return tuple(
        AuditLogged(
            audit_id=row.audit_id,
            till_no=row.till_no,
            action=row.action,
            user=row.user,
            at=row.at,
            business_day=row.business_day,
            detail=row.detail,
            approved_by=row.approved_by,
            sale_id=row.sale_id,
        )
        for row in connection.execute(statement)
    )


ANSWERS: Mapping[type[Question[Any]], Callable[[Connection, Any], Any]] = {ListAudit: list_audit}
