"""The operations about article groups: a group is a name that articles carry, up to three each.

So renaming one is a change of every value that names it: articles, promotions, campaigns, assortments. It is one
change, taken back as a whole like an import.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from app.domain.article import is_name
from app.domain.instant import iso
from app.engine.control import Refused
from app.facts.base import Edit, said_by
from app.office.history.versions import ARTICLE
from app.office.master.desk import SHOWN, MasterDesk
from app.office.master.editing import Editing
from app.office.master.kinds import KINDS
from app.text import gettext as _
from app.till.refusals import sentence

FIELD = "article_groups"


@cache
def naming() -> tuple[str, ...]:
    """Kinds whose values name article groups. Looked for when it is asked: every till has these operations."""
    return tuple(name for name, kind in KINDS.items() if kind.field(FIELD) is not None)


class Groups:
    """Each public coroutine is an operation."""

    def __init__(self, desk: MasterDesk, editing: Editing) -> None:
        self._desk = desk
        self._editing = editing

    async def master_groups(self) -> list[dict[str, Any]]:
        """Every article group by name, with how many articles, and how many other values, name it."""
        return await self._desk.look(self._counted)

    async def master_regroup(self, old: str, new: str, dry_run: bool = False, by: str = "") -> dict[str, Any]:
        """Give a group another name, or (``new`` empty) take it off; a name that is there already unites the two."""
        if new and not is_name(new):
            raise Refused("article_name_bad", sentence("article_name_bad", {}, _))
        async with self._desk.alone:
            facts = await self._desk.look(lambda: self._regrouped(old, new))
            if not facts:
                raise Refused("unknown_value", _("no article has the group {group}").format(group=old[:SHOWN]))
            if not dry_run:
                change = f"regroup {old} {iso(self._desk.parts.wall_ms())}"
                await self._desk.write([said_by(fact, by, change) for fact in facts])
        return {"old": old, "new": new, "values": len(facts)}

    def _counted(self) -> list[dict[str, Any]]:
        articles: Counter[str] = Counter()
        others: Counter[str] = Counter()
        for kind in naming():
            for version in self._desk.history.values(kind):
                (articles if kind == ARTICLE else others).update(version.value.get(FIELD, ()))
        return [
            {"group": group, "articles": articles[group], "others": others[group]}
            for group in sorted(articles | others)
        ]

    def _regrouped(self, old: str, new: str) -> list[Edit]:
        facts = []
        for kind in naming():
            for version in self._desk.history.values(kind):
                groups = version.value.get(FIELD, ())
                if old not in groups or old == new:
                    continue
                renamed = list(dict.fromkeys(new if each == old else each for each in groups if each != old or new))
                fact, _key = self._editing.edit(KINDS[kind], {FIELD: renamed}, version.key, None)
                if fact is not None:
                    facts.append(fact)
        return facts
