"""Changes that are to come: planned, listed, cancelled, and carried out when they are due.

1. What has a validity of its own (a price, a VAT rate) is journalled now, and its effect begins on its day at every
   till, whether this office runs then or not.
2. Any other change is a value of reference data (``app.domain.planned_change``) that this member carries out. It is
   checked twice: when it is planned and when it is due, against what is there then.
3. Carrying out is one durable step of the change and of the plan's end, so a crash can neither lose nor double it.
   What was missed while nothing ran is done at the next start, in the order in which it was due.
4. What can no longer be done stays in the list with the reason, until somebody cancels it.
5. A plan of a member that is gone for good is the authority's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from app.books.questions.reference import AskReference
from app.domain.instant import iso
from app.domain.planned_change import PlannedChange
from app.domain.reference import ReferenceFault, value_of
from app.engine.control import Refused
from app.facts.base import Edit, said_by
from app.facts.master import ReferenceSet
from app.office import rights
from app.office.history.versions import CUSTOMER, PRICE, USER, VAT_RATE
from app.office.master import people
from app.office.master.checks import check
from app.office.master.desk import SHOWN, MasterDesk, kind_of, unknown
from app.office.master.editing import Editing, knowing
from app.office.master.kinds import PLANNED, Kind
from app.office.master.when import When, read
from app.text import gettext as _
from app.text import moment

MOST_PLANS = 1_000
MAX_FAULT = 200
OWN_VALIDITY = frozenset({PRICE, VAT_RATE})
IN_THE_CLEAR: Mapping[str, frozenset[str]] = {
    CUSTOMER: frozenset({"customer_group", "credit_limit_minor", "blocked"}),
    USER: frozenset({"roles", "rights", "valid_until"}),
}
"""What can be planned of a person: a plan is not sealed."""


class Planning:
    """Each public coroutine is an operation."""

    def __init__(self, desk: MasterDesk, editing: Editing) -> None:
        self._desk = desk
        self._editing = editing

    async def master_plan(
        self,
        kind: str,
        at: str,
        values: dict[str, Any] | None = None,
        key: str = "",
        removed: bool = False,
        by: str = "",
    ) -> dict[str, Any]:
        """Set the fields, or remove the value, ``at`` a time as clocks show it here: ``2026-12-01 06:00``, or a day.

        ``planned``: the plan, or empty for what has a validity of its own and is set already.
        """
        found, when = kind_of(kind), self._when(at)
        if kind in OWN_VALIDITY and not removed and when.day:
            asked = {**(values or {}), "valid_from": when.day}
            return {"planned": "", **await self._editing.master_set(kind, asked, by=by)}
        async with self._desk.alone:
            fact = await self._desk.look(lambda: self._plan(found, key, values or {}, when, by, removed=removed))
            await self._desk.write([said_by(fact, by)])
        return {"planned": fact.key, "at": iso(when.at_ms), "kind": kind, "key": fact.value["of"]}

    async def master_plans(self) -> list[dict[str, Any]]:
        """What is to come, the next first; ``fault``: why it could not be done when it was due."""
        plans = await self._desk.look(self._plans)
        return [msgspec.structs.asdict(plan) for plan in plans]

    async def master_plan_cancel(self, plan: str, by: str = "") -> dict[str, Any]:
        """Take a plan back."""

        def looked() -> None:
            found = next((each for each in self._plans() if each.plan == plan), None)
            if found is None:
                raise unknown("plan", plan)
            rights.check([_said(found)])

        async with self._desk.alone:
            await self._desk.look(looked)
            await self._desk.write([_end(plan, by)])
        return {"plan": plan}

    async def master_due(self) -> dict[str, Any]:
        """Carry out what is due; the engine asks this by itself, again and again."""
        done, failed = 0, 0
        if not await asyncio.to_thread(self._due):
            return {"done": 0, "failed": 0}
        async with self._desk.alone:
            for plan in await self._desk.look(self._due):
                facts, fault = await self._desk.look(lambda plan=plan: self._carried_out(plan))  # type: ignore[misc]
                await self._desk.write(facts)
                done, failed = done + (not fault), failed + bool(fault)
        return {"done": done, "failed": failed}

    # -- off the loop ------------------------------------------------------------------------------

    def _plans(self) -> list[PlannedChange]:
        known = self._desk.books.ask(AskReference()).all(PlannedChange)
        return sorted(known.values(), key=lambda plan: (plan.at, plan.plan))

    def _due(self) -> list[PlannedChange]:
        now = iso(self._desk.parts.wall_ms())
        return [plan for plan in self._plans() if plan.at <= now and not plan.fault and self._mine(plan)]

    def _mine(self, plan: PlannedChange) -> bool:
        if plan.member == self._desk.parts.who.member_id:
            return True
        return self._desk.parts.members.inherits(plan.member)

    def _plan(
        self, kind: Kind, key: str, values: dict[str, Any], when: When, by: str, *, removed: bool
    ) -> ReferenceSet:
        if when.at_ms <= self._desk.parts.wall_ms():
            raise Refused(
                "past", _("{at} is over; change it now, or name a later time").format(at=moment(iso(when.at_ms)))
            )
        if len(self._plans()) >= MOST_PLANS:
            raise Refused("too_many", _("there are {count} plans already; cancel some").format(count=MOST_PLANS))
        asked = self._editing.read(kind, values)
        personal = sorted(set(asked) - IN_THE_CLEAR[kind.name] - set(kind.keys)) if kind.name in IN_THE_CLEAR else []
        if personal:
            raise Refused(
                "personal",
                _("{fields} are personal and cannot be planned; change them when it is time").format(
                    fields=", ".join(personal)
                ),
            )
        if removed:
            self._gone(kind.name, key)
        else:
            if not asked:
                raise Refused("field_missing", _("nothing is to be changed"))
            key = self._editing.edit(kind, asked, key, None)[1]
        plan = PlannedChange(
            plan=self._desk.parts.new_id()[:8],
            at=iso(when.at_ms),
            kind=kind.name,
            of=key,
            member=self._desk.parts.who.member_id,
            values=asked,
            removed=removed,
            by=by,
        )
        return _said(plan)

    def _carried_out(self, plan: PlannedChange) -> tuple[list[Edit], str]:
        """What is journalled when it is due, and the reason why it cannot be done."""
        try:
            kind = kind_of(plan.kind)
            fact = (
                self._gone(plan.kind, plan.of)
                if plan.removed
                else self._editing.edit(kind, plan.values, plan.of, None)[0]
            )
        except Refused as refused:
            fault = str(refused)[:MAX_FAULT]
            return [_said(msgspec.structs.replace(plan, fault=fault))], fault
        name = f"plan {plan.plan}"
        return [said_by(each, plan.by, name) for each in (fact, _end(plan.plan, plan.by)) if each is not None], ""

    def _gone(self, kind: str, key: str) -> Edit:
        newest = self._desk.history.newest(kind, key)
        if newest is None or newest.removed:
            raise unknown(kind, key)
        check(kind, key, None, self._desk.books, self._desk.day)
        return knowing(people.gone(newest), newest)

    def _when(self, at: str) -> When:
        try:
            return read(at)
        except ValueError:
            raise Refused(
                "bad_date", _("{text} is no time; write 2026-12-01 or 2026-12-01 06:00").format(text=at[:SHOWN])
            ) from None


def _said(plan: PlannedChange) -> ReferenceSet:
    value: dict[str, Any] = msgspec.to_builtins(plan)
    try:
        value_of(PLANNED, value)
    except ReferenceFault as fault:
        raise Refused("bad_setting", str(fault)) from None
    return ReferenceSet(subject=PLANNED, key=plan.plan, value=value)


def _end(plan: str, by: str) -> ReferenceSet:
    return ReferenceSet(subject=PLANNED, key=plan, removed=True, by=by)
