"""Overdraws where no till session is: the office's list, and its word on how one is settled.

Who says it is checked as for ``network confirm`` (``vouching.py``), and must have the right to settle.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from app.books.questions import Question
from app.books.questions.overdraws import FindOverdraw, ListOverdraws, Overdraw
from app.books.questions.reference import AskReference
from app.books.questions.users import FindUser
from app.domain.instant import iso
from app.domain.user import Role, permissions
from app.engine.control import Refused
from app.engine.local import LocalEngine
from app.engine.vouching import Vouching
from app.facts.codec import write
from app.facts.sales import AuditLogged
from app.text import gettext as _
from app.till import overdraws, typed
from app.till.refusals import Refusal, sentence
from replication.core.model import Entry

T = TypeVar("T")


class Books(Protocol):
    """What is asked of the books. Called off the loop."""

    currency: str

    def ask(self, question: Question[T]) -> T: ...


class Settling(NamedTuple):
    """What is said: of which resource, how, why, how much (empty: everything), and by whom, with a PIN or badge.

    ``break_holds`` as in the till's command.
    """

    resource: str
    how: str
    reason: str
    amount: str
    by: str
    secret: str
    break_holds: bool


async def listed(engine: LocalEngine, books: Books) -> list[dict[str, Any]]:
    """Every overdraw, as ``overdraws`` of the drive has it."""
    await engine.settled()
    found = await asyncio.to_thread(books.ask, ListOverdraws())
    members = (await engine.status())["members"]
    numbers = {member["member"]: member["till_no"] for member in members}
    return [overdraws.fields(each, books.currency, numbers) for each in found]


async def settle(
    engine: LocalEngine, books: Books, vouching: Vouching, till_no: int, now: datetime, said: Settling
) -> dict[str, Any]:
    """Journal the settlement with its audit entry; ``Refused`` with what to do.

    As at the till, whoever is there is asked first.
    """
    try:
        return await _settled(engine, books, vouching, till_no, now, said)
    except Refusal as refusal:
        raise Refused(refusal.code, sentence(refusal.code, refusal.values, _)) from None


async def _settled(
    engine: LocalEngine, books: Books, vouching: Vouching, till_no: int, now: datetime, said: Settling
) -> dict[str, Any]:
    name, currency = said.resource.strip(), books.currency
    how, why = overdraws.way(said.how), typed.reason(said.reason)
    wanted = overdraws.amount_of(name, said.amount, currency) if said.amount else None
    await _settleable(engine, books, name, breaking=said.break_holds)
    now_ms = int(now.timestamp() * 1_000)
    user = await vouching.supervisor(said.by, said.secret, today=now.astimezone().date(), now_ms=now_ms)
    await asyncio.to_thread(_check_right, books, user)
    claimed = await engine.claim(name)
    if not claimed.granted:
        code = "overdraw_busy" if claimed.reason == "busy" else "overdraw_unconfirmed"
        raise Refusal(code, {"resource": typed.shown(name)})
    try:
        found = await _settleable(engine, books, name, breaking=said.break_holds)
        at = iso(now_ms)
        word = overdraws.Word(how, why, user, till_no, at)
        facts = overdraws.settlements(found, wanted, word, currency, secrets.token_bytes(32))
        broken = overdraws.broken_holds(found, word) if said.break_holds else ()
        audit = AuditLogged(
            audit_id=uuid.uuid4().hex,
            till_no=till_no,
            action=overdraws.RIGHT,
            user=user,
            at=at,
            business_day=now.astimezone().date().isoformat(),
            detail=overdraws.detail(name, how),
            approved_by=user,
        )
        await engine.journal([Entry(*write(fact)) for fact in (audit, *broken, *facts)])
    finally:
        await engine.release_claim(claimed.claim_id)
    await engine.settled()
    return overdraws.answer(found, facts, currency, how, len(broken))


async def _settleable(engine: LocalEngine, books: Books, name: str, *, breaking: bool) -> Overdraw:
    await engine.settled()
    return overdraws.settleable(await asyncio.to_thread(books.ask, FindOverdraw(name)), name, breaking=breaking)


def _check_right(books: Books, named: str) -> None:
    """Refused for a user without the right; as long as there are no users anybody may."""
    user = books.ask(FindUser(named))
    if user is None:
        return
    roles: Any = books.ask(AskReference()).all(Role)
    if not permissions(roles, user.roles, user.rights).has(overdraws.RIGHT):
        raise Refusal("right_missing", {"right": overdraws.RIGHT})
