"""Branches, device groups and number pools: listed, set, removed. What tills still use is not removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.books.questions.numbers import EverAssigned
from app.domain.branch import Branch, DeviceGroup, TillPlan
from app.domain.number_pool import NumberPool
from app.domain.reference import Reference
from app.engine.control import Refused
from app.facts.master import ReferenceSet
from app.office.tills.desk import SHOWN_KEY, TillDesk, read, setting
from app.text import gettext as _

KINDS: Mapping[str, type[Branch | DeviceGroup | NumberPool]] = {
    "branch": Branch,
    "device_group": DeviceGroup,
    "number_pool": NumberPool,
}

KEYS: Mapping[str, str] = {"branch": "branch", "device_group": "group", "number_pool": "pool"}
"""Which field is the key."""


class Values:
    """The operations ``till_values``, ``till_value_set`` and ``till_value_remove``."""

    def __init__(self, desk: TillDesk) -> None:
        self._desk = desk

    async def till_values(self, subject: str) -> list[dict[str, Any]]:
        """Every value of ``branch``, ``device_group`` or ``number_pool``; ``tills`` are those that use it.

        Of a pool also ``blocks`` and ``given``, how many of them have been handed out.
        """
        known = await self._desk.known()
        rows = []
        for key, value in known.all(_kind(subject)).items():
            row = {"key": key, **msgspec.to_builtins(value), "tills": _using(known, subject, key)}
            if isinstance(value, NumberPool):
                given = await self._desk.look(EverAssigned(value.kind, value.prefix))
                inside = [each for each in given if value.start <= each.start and each.end <= value.end]
                row |= {"blocks": value.blocks, "given": len({each.start for each in inside})}
            rows.append(row)
        return rows

    async def till_value_set(self, subject: str, value: dict[str, Any], by: str = "") -> dict[str, Any]:
        """Set one; of what was said of the same key before, what ``value`` does not name stays."""
        kind = _kind(subject)
        async with self._desk.alone:
            known = await self._desk.known()
            before = known.get(kind, str(value.get(KEYS[subject], "")))
            made = read(subject, {**(msgspec.to_builtins(before) if before else {}), **value})
            await self._desk.write([setting(made, known)], by)
        return {"subject": subject, "key": made.key}

    async def till_value_remove(self, subject: str, key: str, by: str = "") -> dict[str, Any]:
        """Remove one that no till uses."""
        async with self._desk.alone:
            known = await self._desk.known()
            if known.get(_kind(subject), key) is None:
                raise Refused("unknown_setting", _("there is no {key}").format(key=key[:SHOWN_KEY]))
            if using := _using(known, subject, key):
                numbers = ", ".join(map(str, using))
                raise Refused(
                    "in_use", _("{key} is used by till {numbers}; change that first").format(key=key, numbers=numbers)
                )
            await self._desk.write([ReferenceSet(subject=subject, key=key, removed=True)], by)
        return {"subject": subject, "key": key}


def _kind(subject: str) -> type[Branch | DeviceGroup | NumberPool]:
    kind = KINDS.get(subject)
    if kind is None:
        raise Refused(
            "unknown_subject",
            _("there is no {subject}; known are {known}").format(subject=subject[:SHOWN_KEY], known=", ".join(KINDS)),
        )
    return kind


def _using(known: Reference, subject: str, key: str) -> list[int]:
    """The tills whose plans name it; a pool's blocks are ranges of their own, so nobody needs the pool itself."""
    plans = known.all(TillPlan).values()
    match subject:
        case "branch":
            return sorted(plan.till_no for plan in plans if plan.branch == key)
        case "device_group":
            return sorted(plan.till_no for plan in plans if key in plan.groups)
    return []
