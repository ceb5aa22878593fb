"""Who works in the office: entering by password or badge, leaving, and the log of what was done.

1. As long as there are no users, whoever sits there may do everything, as at a till.
2. Then a user enters who has any right of the office (``app.domain.user.OFFICE_RIGHTS``); guesses are counted as for
   supervisors (``app/engine/vouching.py``).
3. Starts, ends, refused entries, the tasks that somebody begins and what is done in them are facts of the audit log,
   so every member has them; changes of data carry who made them themselves (``by``) too.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from app.books.questions.audit import ListAudit
from app.books.questions.reference import AskReference
from app.domain.instant import iso
from app.domain.user import EVERYTHING, OFFICE_RIGHTS, Role, permissions
from app.engine.control import Operation, Refused
from app.engine.operations import called
from app.facts.codec import write
from app.facts.sales import AuditLogged
from app.office.parts import OfficeParts
from app.text import gettext as _
from replication.core.model import Entry
from replication.tickets import AppendRefused

LOG_LINES_MAX = 10_000
DETAIL_MAX = 200
log = logging.getLogger(__name__)
ACTIONS = ("office_login", "office_login_failed", "office_logout", "office", "office_done")


class People:
    """Each public coroutine is an operation."""

    def __init__(self, parts: OfficeParts) -> None:
        self._parts = parts

    async def office_enter(self, user: str = "", secret: str = "") -> dict[str, Any]:
        """Who that is and may do: ``user`` (empty: there are no users), ``name``, ``rights``; ``warning``: the code of
        what keeps this office from writing, or empty; ``notices``: imports that were cut off (``bulk/words.py``).

        ``Refused``: ``login_refused``, ``login_locked``, ``user_expired``, ``right_missing``.
        """
        told = self._parts.bulk.take_notices
        now_ms = self._parts.wall_ms()
        today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone().date()
        try:
            person = await self._parts.vouching.person(user, secret, today=today, now_ms=now_ms)
        except Refused as refused:
            if refused.code != "login_locked":  # that was said already when it was locked
                await self._log("office_login_failed", user, refused.code)
            raise
        if person is None:
            warning = await self._entered("")
            return {"user": "", "name": "", "rights": sorted(EVERYTHING.rights), "warning": warning, "notices": told()}
        roles = await asyncio.to_thread(lambda: self._parts.desk.books.ask(AskReference()).all(Role))
        rights = permissions(roles, person.roles, person.rights).rights
        if rights.isdisjoint(OFFICE_RIGHTS):
            await self._log("office_login_failed", person.user, "right_missing")
            raise Refused(
                "right_missing",
                _("{user} has no right in the office; somebody who manages users gives one").format(user=person.name),
            )
        warning = await self._entered(person.user)
        return {
            "user": person.user,
            "name": person.name,
            "rights": sorted(rights),
            "warning": warning,
            "notices": told(),
        }

    async def office_leave(self, user: str = "") -> None:
        """Whoever sat there has gone."""
        await self._log("office_logout", user, "")

    async def office_did(self, user: str, what: str, done: bool = False) -> None:
        """Somebody has begun a task; ``done``: has done something in one, written as a command."""
        await self._log("office_done" if done else "office", user, what)

    async def office_log(
        self, limit: int = 200, day: str = "", user: str = "", action: str = ""
    ) -> list[dict[str, Any]]:
        """The newest entries of the office's log, newest first."""
        wanted = (action,) if action else ACTIONS
        limit = max(1, min(limit, LOG_LINES_MAX))
        found: list[AuditLogged] = []
        for each in wanted:
            asked = ListAudit(limit, day, user, each)
            found += await asyncio.to_thread(self._parts.desk.books.ask, asked)
        found.sort(key=lambda entry: (entry.at, entry.audit_id), reverse=True)
        return [
            {"at": entry.at, "action": entry.action, "user": entry.user, "detail": entry.detail}
            for entry in found[:limit]
        ]

    async def _entered(self, user: str) -> str:
        """Log it. An office that was put back or copied may not write until that is settled: whoever came to settle it,
        or to look something up, is let in all the same; why nothing can be changed."""
        try:
            await self._log("office_login", user, "")
        except AppendRefused as refused:
            log.warning("%s entered the office; nothing can be written: %s", user or "somebody", refused.code)
            return refused.code
        return ""

    async def _log(self, action: str, user: str, detail: str) -> None:
        now_ms = self._parts.wall_ms()
        fact = AuditLogged(
            audit_id=self._parts.new_id(),
            till_no=self._parts.who.till_no,
            action=action,
            user=user[:40],
            at=iso(now_ms),
            business_day=datetime.fromtimestamp(now_ms / 1000, UTC).astimezone().date().isoformat(),
            detail=detail[:DETAIL_MAX],
        )
        await self._parts.engine.journal([Entry(*write(fact))])
        await self._parts.engine.settled()


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """Those of ``People``."""
    people = People(parts)
    names = ("office_enter", "office_leave", "office_did", "office_log")
    return {name: called(getattr(people, name)) for name in names}
