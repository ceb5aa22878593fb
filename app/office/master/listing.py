"""The operations that only look at master data: kinds, lists, one value with its fields, its past."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from app.domain.instant import iso
from app.office.history.versions import CUSTOMER, USER, Version, same
from app.office.master.desk import MasterDesk, kind_of, unknown
from app.office.master.differences import differences
from app.office.master.fields import shown
from app.office.master.kinds import KINDS, Kind

MOST_VALUES = 5_000
MOST_VERSIONS = 5_000
MAX_WORDS = 8
PERSONS = (CUSTOMER, USER)


class Listing:
    """Each public coroutine is an operation."""

    def __init__(self, desk: MasterDesk) -> None:
        self._desk = desk

    async def master_kinds(self) -> list[dict[str, Any]]:
        """Every kind with how many values there are, and its fields."""
        counts = await self._desk.look(self._desk.history.counts)
        return [
            {"kind": name, "values": counts.get(name, 0), "fields": [field.name for field in kind.fields]}
            for name, kind in KINDS.items()
        ]

    async def master_list(self, kind: str, search: str = "", limit: int = MOST_VALUES) -> dict[str, Any]:
        """Values that hold every word of ``search``, by key: at most ``limit``; ``more``: there are others."""
        found = kind_of(kind)
        limit = max(1, min(limit, MOST_VALUES))
        words = search.casefold().split()[:MAX_WORDS]
        rows = await self._desk.look(lambda: self._listed(found, words, limit))
        return {"kind": kind, "values": rows[:limit], "more": len(rows) > limit}

    def _listed(self, kind: Kind, words: list[str], limit: int) -> list[dict[str, Any]]:
        if kind.name not in PERSONS or not words:
            return [self._desk.shown(each) for each in self._desk.history.values(kind.name, words, limit + 1)]
        # Names are sealed, so all are opened to search among them.
        rows = []
        for each in self._desk.history.values(kind.name):
            row = self._desk.shown(each)
            text = " ".join([each.key, *map(str, (row["value"] or {}).values())]).casefold()
            if all(word in text for word in words):
                rows.append(row)
            if len(rows) > limit:
                break
        return rows

    async def master_form(self, kind: str, key: str = "") -> dict[str, Any]:
        """A kind's fields with what a value has in them as text; without a key those of a new one."""
        found = kind_of(kind)
        version = await self._desk.look(lambda: self._desk.history.newest(kind, key)) if key else None
        if key and (version is None or version.removed):
            raise unknown(kind, key)
        value = await asyncio.to_thread(self._desk.clear, version) or {}
        currency = self._desk.currency
        return {
            "kind": kind,
            "key": key,
            "version": version.stamp if version else "",
            "at": iso(version.at_ms) if version else "",
            "by": version.by if version else "",
            "value": value,
            "fields": [
                {
                    "name": field.name,
                    "sort": field.sort,
                    "required": field.required,
                    "options": list(field.options),
                    "text": shown(field, value.get(field.name, field.default), currency),
                    "key": field.name in found.keys,
                }
                for field in found.fields
                if field.name != "currency" or kind not in OWN_CURRENCY
            ],
        }

    async def master_show(self, kind: str, key: str) -> dict[str, Any]:
        """One value as it is: ``version`` names it for whoever wants to change it."""
        kind_of(kind)
        version = await self._desk.look(lambda: self._desk.history.newest(kind, key))
        if version is None or version.removed:
            raise unknown(kind, key)
        return await asyncio.to_thread(self._desk.shown, version)

    async def master_history(
        self,
        kind: str = "",
        key: str = "",
        by: str = "",
        change: str = "",
        limit: int = 100,
        until: str = "",
        crossed: bool = False,
    ) -> list[dict[str, Any]]:
        """The newest versions, newest first, each with what it changed; ``until``: only those before this version;
        ``crossed``: only those whose writer had not seen the one before.
        """
        limit = max(1, min(limit, MOST_VERSIONS))
        history = self._desk.history

        def looked() -> list[dict[str, Any]]:
            found = history.versions(limit, kind=kind, key=key, by=by, change=change, until=until, crossed=crossed)
            return [self._with_before(each) for each in found]

        return await self._desk.look(looked)

    async def master_changes(self, limit: int = 50) -> list[dict[str, Any]]:
        """Changes of several values together (imports, what took one back), newest first."""
        found = await self._desk.look(lambda: self._desk.history.changes(max(1, min(limit, MOST_VERSIONS))))
        return [
            {
                "change": each.change,
                "at": iso(each.at_ms),
                "by": each.by,
                "values": each.values,
                "kinds": list(each.kinds),
            }
            for each in found
        ]

    def _with_before(self, version: Version) -> dict[str, Any]:
        before = self._desk.history.before(version.kind, version.key, version.stamp)
        kind, clear = KINDS.get(version.kind), self._desk.clear
        changed = differences(kind, clear(before), clear(version), self._desk.currency)
        return {
            **self._desk.shown(version),
            "before": before.stamp if before else "",
            "what": _what(before, version),
            "crossed": bool(version.saw and before and before.stamp > version.saw),
            "changed": [msgspec.to_builtins(each) for each in changed],
        }


OWN_CURRENCY = ("article",)
"""Kinds whose currency is the network's own."""


def _what(before: Version | None, version: Version) -> str:
    if same(before, version):
        return "same"
    if version.removed:
        return "removed"
    return "new" if before is None or before.removed else "changed"
