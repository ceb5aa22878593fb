"""Every number of the network: who has it, since when it was heard, how far known, what it holds, and its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.books.questions.numbers import LastNumbers
from app.domain.branch import WITHHELD, TillPlan, plan_of
from app.domain.catalogue import catalogues_for
from app.domain.number_range import NumberRange, Span
from app.domain.reference import Reference
from app.engine.control import Refused
from app.office.tills.desk import TillDesk
from app.office.tills.planning import shown
from app.text import gettext as _


class Listing:
    """The operations ``tills`` and ``till``."""

    def __init__(self, desk: TillDesk) -> None:
        self._desk = desk

    async def tills(self) -> list[dict[str, Any]]:
        """One row for each number, with ``state``: ``bound``, ``released`` (a code waits), ``expired`` (its code does
        not open it any more), ``revoked`` or ``planned`` (no more than a plan).

        ``catalogues``: those that go to it; ``flows``: which kinds of data do. ``known``: records of it that are here,
        by topic; ``held``: its own records that it has told of and that are not here yet (None: it is not connected,
        so nobody can say); ``pending``: records from here that it lacks.
        """
        known = await self._desk.known()
        rows = _bound((await self._desk.parts.engine.status())["members"])
        for slot in await self._desk.parts.members.slots():
            state = "expired" if slot["expired"] else "released"
            rows[slot["no"]] = rows.get(slot["no"], {}) | {
                **{name: slot[name] for name in ("no", "name", "role", "site", "expires_at")},
                "state": state,
            }
        for plan in known.all(TillPlan).values():
            rows.setdefault(plan.till_no, {"no": plan.till_no, "state": "planned"})
        return [_EMPTY | row | _planned(known, row["no"]) for _no, row in sorted(rows.items())]

    async def till(self, no: int) -> dict[str, Any]:
        """One of them, with its number ranges and how much of each is left."""
        row = next((row for row in await self.tills() if row["no"] == no), None)
        if row is None:
            raise Refused("unknown_member", _("no till has number {no}; `tills list` lists them").format(no=no))
        ranges = [each for each in (await self._desk.known()).all(NumberRange).values() if each.till_no == no]
        spans = tuple(Span(each.kind, each.prefix, each.start, each.end, each.digits) for each in ranges)
        last = await self._desk.look(LastNumbers(spans))
        left = (each.end - max(used, each.start - 1) for each, used in zip(ranges, last, strict=True))
        return row | {"ranges": [shown(each) | {"left": count} for each, count in zip(ranges, left, strict=True)]}


_EMPTY: dict[str, Any] = {
    "no": 0, "name": "", "role": "", "site": "", "state": "", "member": "", "online": False, "last_heard": None,
    "known": {}, "held": None, "pending": 0, "generation": 0, "me": False, "authority": False, "signed_off": False,
}  # fmt: skip


def _bound(members: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """By number; of several hardwares the one that counts, or the last one that did."""
    rows: dict[int, dict[str, Any]] = {}
    for member in members:
        no = member["till_no"]
        before = rows.get(no)
        if before is None or (
            before["state"] == "revoked" and (not member["revoked"] or member["generation"] > before["generation"])
        ):
            rows[no] = {name: member[name] for name in _EMPTY if name in member}
            rows[no] |= {"no": no, "state": "revoked" if member["revoked"] else "bound"}
    return rows


def _planned(known: Reference, no: int) -> dict[str, Any]:
    plan = plan_of(known, no)
    lists = {"groups": list(plan.groups), "head": list(plan.head), "foot": list(plan.foot)}
    lists |= {"catalogues": list(plan.catalogues), "withheld": list(plan.withheld)}
    return {
        "plan": {"branch": plan.branch, "role": plan.role, **lists},
        "catalogues": list(catalogues_for(known, no)),
        "flows": {kind: kind not in plan.withheld for kind in WITHHELD} | {"vouchers": True},
    }
