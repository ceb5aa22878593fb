"""A till's plan, and blocks of numbers for it: what the office says of a number, whoever has it or will have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from app.books.questions.numbers import EverAssigned, PoolFrom
from app.domain.branch import Branch, DeviceGroup, TillPlan, plan_of
from app.domain.catalogue import TravellingCatalogue
from app.domain.number_pool import NumberPool, PoolUsedUp, next_block
from app.domain.number_range import NumberRange
from app.domain.reference import Reference
from app.domain.user import Role, roles_of
from app.engine.control import Refused
from app.facts.master import ReferenceSet
from app.office.catalogues.keeping import Keeper
from app.office.tills.desk import SHOWN_KEY, TillDesk, read, setting
from app.text import gettext as _

FIELDS = ("branch", "groups", "role", "head", "foot", "catalogues", "withheld")
OF_THE_AUTHORITY = frozenset({"groups", "catalogues", "withheld"})
"""What decides which data go to a till."""


class Planning:
    """The operations ``till_set``, ``till_release`` and ``till_block``."""

    def __init__(self, desk: TillDesk, keeper: Keeper) -> None:
        self._desk = desk
        self._keeper = keeper

    async def till_set(self, no: int, plan: dict[str, Any], name: str = "", by: str = "") -> dict[str, Any]:
        """Change the plan of a number: what ``plan`` does not name stays. ``name``: the member's new name."""
        if not OF_THE_AUTHORITY.isdisjoint(plan):
            self._desk.parts.members.only_authority()
        async with self._desk.alone:
            known = await self._desk.known()
            made = _changed(plan_of(known, no), plan)
            _check_known(made, known)
            fact = setting(made, known)
            if name:
                await self._desk.parts.members.rename(no, name)
            if made != known.get(TillPlan, made.key):
                await self._desk.write([fact], by)
                await self._keeper.keep()
        return {"no": no, "plan": msgspec.to_builtins(made)}

    async def till_release(
        self,
        nos: Sequence[int],
        name: str,
        role: str = "till",
        site: str = "",
        plan: dict[str, Any] | None = None,
        pools: Sequence[str] = (),
        on_paper: bool = False,
        by: str = "",
    ) -> dict[str, Any]:
        """One code for all the numbers, each of which gets the plan, and a block of each pool, before it is released.

        Whoever binds a number finds its plan there. A number that is refused has been planned all the same.
        """
        self._desk.parts.members.only_authority()
        for no in nos if plan else ():
            await self.till_set(no, plan or {}, by=by)
        for no in nos:
            for pool in pools:
                await self.till_block(no, pool, by)
        return await self._desk.parts.members.release(tuple(nos), name, role, site, on_paper=on_paper)

    async def till_block(self, no: int, pool: str, by: str = "") -> dict[str, Any]:
        """Hand out the next block of a pool to a till."""
        self._desk.parts.members.only_authority()
        async with self._desk.alone:
            known = await self._desk.known()
            found = known.get(NumberPool, pool)
            if found is None:
                raise Refused("unknown_setting", _("there is no pool {pool}").format(pool=pool[:SHOWN_KEY]))
            await self._trusted(found)
            given = await self._desk.look(EverAssigned(found.kind, found.prefix))
            try:
                block = next_block(found, given, no)
            except PoolUsedUp:
                raise Refused(
                    "pool_used_up",
                    _("every block of the pool {pool} has been handed out; make another pool").format(pool=pool),
                ) from None
            await self._desk.write([setting(block, known)], by)
        return {"no": no, **shown(block)}

    async def _trusted(self, pool: NumberPool) -> None:
        """``Refused`` if this disk was put back with nobody to say which blocks were handed out since."""
        confirmed = self._desk.parts.engine.confirmed
        if not confirmed:
            return
        in_doubt = await self._desk.look(PoolFrom(pool, confirmed))
        if in_doubt:
            told = _(
                "this office was put back, and nobody could say which blocks of the pool {pool} it had handed out;"
                " make another pool with another prefix"
            )
            raise Refused("pool_in_doubt", told.format(pool=pool.pool))

    async def till_block_remove(self, range_id: str, by: str = "") -> dict[str, Any]:
        """Take a range back; its numbers are never handed out again."""
        async with self._desk.alone:
            known = await self._desk.known()
            found = known.get(NumberRange, range_id)
            if found is None:
                raise Refused("unknown_setting", _("there is no range {key}").format(key=range_id[:SHOWN_KEY]))
            await self._desk.write([ReferenceSet(subject="number_range", key=range_id, removed=True)], by)
        return {"no": found.till_no, **shown(found)}


def shown(block: NumberRange) -> dict[str, Any]:
    """A range as people read it."""
    ends = {"start": block.number(block.start), "end": block.number(block.end)}
    return {"range_id": block.range_id, "kind": block.kind, **ends}


def _changed(now: TillPlan, change: dict[str, Any]) -> TillPlan:
    unknown = ", ".join(sorted(set(change) - set(FIELDS)))[:SHOWN_KEY]
    if unknown:
        raise Refused(
            "bad_setting", _("a plan has no {what}; it has {known}").format(what=unknown, known=", ".join(FIELDS))
        )
    made = read("till_plan", {**msgspec.to_builtins(now), **change})
    assert isinstance(made, TillPlan)
    return made


def _check_known(plan: TillPlan, known: Reference) -> None:
    """``Refused`` for a branch, group or role that nobody has set."""
    if plan.branch and known.get(Branch, plan.branch) is None:
        raise Refused("unknown_setting", _("there is no branch {branch}; set it first").format(branch=plan.branch))
    for group in plan.groups:
        if known.get(DeviceGroup, group) is None:
            raise Refused("unknown_setting", _("there is no device group {group}; set it first").format(group=group))
    if plan.role and plan.role not in roles_of(known.all(Role)):
        raise Refused("unknown_setting", _("there is no role {role}; set it first").format(role=plan.role))
    for catalogue in plan.catalogues:
        if known.get(TravellingCatalogue, catalogue) is None:
            raise Refused(
                "unknown_setting", _("there is no catalogue {catalogue}; set it first").format(catalogue=catalogue)
            )
