"""What a travelling catalogue holds and whom it is for: set, filled, assigned, removed. At the authority alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from app.books.questions.catalogues import ArticleWords
from app.domain.branch import MAX_CATALOGUES, DeviceGroup, TillPlan, plan_of
from app.domain.catalogue import MAX_ARTICLES, CatalogueArticle, TravellingCatalogue
from app.domain.money import MoneyError, parse_minor
from app.domain.reference import Reference
from app.engine.control import Refused
from app.facts.base import Fact
from app.facts.master import ReferenceSet
from app.office.catalogues.copying import ENTRY
from app.office.catalogues.keeping import Keeper
from app.office.rows import price_minor, read_rows, reason
from app.office.tills.desk import SHOWN_KEY, TillDesk, read, setting
from app.text import gettext as _

COLUMNS = ("ident_no",)


class Selling:
    """The operations ``catalogue_set``, ``…_put``, ``…_import``, ``…_take``, ``…_assign`` and ``…_remove``."""

    def __init__(self, desk: TillDesk, keeper: Keeper) -> None:
        self._desk = desk
        self._keeper = keeper

    async def catalogue_set(self, catalogue: str, value: dict[str, Any], by: str = "") -> dict[str, Any]:
        """Make a catalogue or change it: ``name``, ``valid_from``, ``valid_until``, ``beside``; the rest stays."""
        self._desk.parts.members.only_authority()
        async with self._desk.alone:
            known = await self._desk.known()
            before = known.get(TravellingCatalogue, catalogue)
            raw = msgspec.to_builtins(before) if before else {"catalogue": catalogue, "name": catalogue}
            made = read("travelling_catalogue", {**raw, **value, "catalogue": catalogue})
            fact = setting(made, known)
            await self._keeper.keep([catalogue])
            await self._desk.write([fact], by)
        return msgspec.to_builtins(made)  # type: ignore[no-any-return]

    async def catalogue_put(
        self, catalogue: str, articles: Sequence[Mapping[str, str]], groups: Sequence[str] = (), by: str = ""
    ) -> dict[str, Any]:
        """Put articles in: each ``ident_no`` and, if it costs something else there, ``price`` (text, like 4.99).

        ``groups``: all articles that are in any of these groups now, without a price of their own.
        """
        chosen = {str(each.get("ident_no", "")): self._price(str(each.get("price", ""))) for each in articles}
        if groups:
            everything = await self._all_of(groups)
            chosen = dict.fromkeys(everything) | chosen
        async with self._desk.alone:
            return await self._put(catalogue, chosen, by)

    async def catalogue_import(self, catalogue: str, text: str, skip_bad: bool = False, by: str = "") -> dict[str, Any]:
        """Put the articles of a CSV file in: ``ident_no`` and, if it has the column, ``price``.

        ``faults``: lines that are bad; nothing at all is put in then unless ``skip_bad``.
        """

        def one(_line: int, row: Mapping[str, str]) -> tuple[str, int | None]:
            price = row.get("price", "")
            return row["ident_no"], price_minor(price, self._desk.parts.desk.currency) if price else None

        found, faults = read_rows(text, COLUMNS, one)
        lines = [{"line": fault.line, "reason": reason(fault, _)} for fault in faults]
        if lines and not skip_bad:
            return {"catalogue": catalogue, "put": 0, "faults": lines}
        async with self._desk.alone:
            return await self._put(catalogue, dict(found), by) | {"faults": lines}

    async def catalogue_take(self, catalogue: str, idents: Sequence[str], by: str = "") -> dict[str, Any]:
        """Take articles out."""
        self._desk.parts.members.only_authority()
        async with self._desk.alone:
            await self._desk.ready()
            known = await self._desk.known()
            _existing(known, catalogue)
            keys = [f"{catalogue}/{ident}" for ident in dict.fromkeys(idents)]
            absent = [key for key in keys if known.get(CatalogueArticle, key) is None]
            if absent:
                raise Refused(
                    "unknown_article",
                    _("the catalogue {catalogue} does not have {ident}").format(
                        catalogue=catalogue, ident=absent[0].partition("/")[2][:SHOWN_KEY]
                    ),
                )
            await self._removed(keys, by)
        return {"catalogue": catalogue, "taken": len(keys)}

    async def catalogue_assign(
        self, catalogue: str, tills: Sequence[int] | None = None, groups: Sequence[str] | None = None, by: str = ""
    ) -> dict[str, Any]:
        """It goes to these tills and device groups and to no others; None: as it is."""
        self._desk.parts.members.only_authority()
        async with self._desk.alone:
            known = await self._desk.known()
            _existing(known, catalogue)
            facts: list[Fact] = []
            if tills is not None:
                facts += _plans(known, catalogue, frozenset(tills))
            if groups is not None:
                facts += _groups(known, catalogue, frozenset(groups))
            if facts:
                await self._desk.write(facts, by)
            await self._keeper.keep()
        return {"catalogue": catalogue}

    async def catalogue_remove(self, catalogue: str, by: str = "") -> dict[str, Any]:
        """Remove it: nobody sells by it any more, and its feed is for nobody."""
        self._desk.parts.members.only_authority()
        async with self._desk.alone:
            await self._desk.ready()
            known = await self._desk.known()
            _existing(known, catalogue)
            prefix = f"{catalogue}/"
            entries = [key for key in known.all(CatalogueArticle) if key.startswith(prefix)]
            facts: list[Fact] = [ReferenceSet(ENTRY, key, removed=True) for key in entries]
            facts.append(ReferenceSet("travelling_catalogue", catalogue, removed=True))
            facts += _plans(known, catalogue, frozenset())
            facts += _groups(known, catalogue, frozenset())
            await self._desk.write_all(facts, by, "catalogue")
        return {"catalogue": catalogue}

    async def _put(self, catalogue: str, chosen: Mapping[str, int | None], by: str) -> dict[str, Any]:
        self._desk.parts.members.only_authority()
        await self._desk.ready()
        known = await self._desk.known()
        _existing(known, catalogue)
        words = await self._desk.look(ArticleWords(tuple(chosen)))
        unknown = [ident for ident in chosen if ident not in words or words[ident].article.removed]
        if unknown:
            raise Refused(
                "unknown_article",
                _("there is no article {ident}; nothing was put into the catalogue").format(
                    ident=unknown[0][:SHOWN_KEY]
                ),
            )
        prefix = f"{catalogue}/"
        before = {
            key.removeprefix(prefix): each
            for key, each in known.all(CatalogueArticle).items()
            if key.startswith(prefix)
        }
        if len(before.keys() | chosen.keys()) > MAX_ARTICLES:
            raise Refused("too_many", _("a catalogue holds {most} articles at most").format(most=MAX_ARTICLES))
        entries = [
            CatalogueArticle(catalogue, ident, price, before[ident].of if ident in before else "")
            for ident, price in chosen.items()
        ]
        changed = [entry for entry in entries if before.get(entry.ident_no) != entry]
        for entry in changed:
            setting(entry, known)
        await self._keeper.put(changed, by)
        await self._keeper.keep()
        return {"catalogue": catalogue, "put": len(changed)}

    async def _removed(self, keys: Sequence[str], by: str) -> None:
        facts: list[Fact] = [ReferenceSet(ENTRY, key, removed=True) for key in keys]
        await self._desk.write_all(facts, by, "catalogue")

    async def _all_of(self, groups: Sequence[str]) -> list[str]:
        wanted = set(groups)
        found = await self._desk.off(self._desk.parts.desk.books.all_articles)
        idents = [each.ident_no for each in found if not wanted.isdisjoint(each.article_groups)]
        if not idents:
            raise Refused(
                "unknown_group", _("no article is in the group {group}").format(group=", ".join(groups)[:SHOWN_KEY])
            )
        return idents

    def _price(self, text: str) -> int | None:
        try:
            return parse_minor(text, self._desk.parts.desk.currency) if text else None
        except MoneyError:
            raise Refused(
                "bad_price", _("{text!r} is no price; write it like 4.99").format(text=text[:SHOWN_KEY])
            ) from None


def _existing(known: Reference, catalogue: str) -> TravellingCatalogue:
    found = known.get(TravellingCatalogue, catalogue)
    if found is None:
        raise Refused(
            "unknown_setting",
            _("there is no catalogue {catalogue}; set it first").format(catalogue=catalogue[:SHOWN_KEY]),
        )
    return found


def _plans(known: Reference, catalogue: str, tills: frozenset[int]) -> list[ReferenceSet]:
    """The plans that change, so that these tills name the catalogue and no others do."""
    numbers = tills | {plan.till_no for plan in known.all(TillPlan).values() if catalogue in plan.catalogues}
    changed = []
    for plan in (plan_of(known, no) for no in sorted(numbers)):
        named = _with(plan.catalogues, catalogue, plan.till_no in tills)
        if named != plan.catalogues:
            changed.append(setting(msgspec.structs.replace(plan, catalogues=named), known))
    return changed


def _groups(known: Reference, catalogue: str, groups: frozenset[str]) -> list[ReferenceSet]:
    existing = known.all(DeviceGroup)
    if unknown := sorted(groups - existing.keys()):
        raise Refused(
            "unknown_setting", _("there is no device group {group}; set it first").format(group=unknown[0][:SHOWN_KEY])
        )
    changed = []
    for group in existing.values():
        named = _with(group.catalogues, catalogue, group.group in groups)
        if named != group.catalogues:
            changed.append(setting(msgspec.structs.replace(group, catalogues=named), known))
    return changed


def _with(named: tuple[str, ...], catalogue: str, wanted: bool) -> tuple[str, ...]:
    others = tuple(each for each in named if each != catalogue)
    if not wanted:
        return others
    if len(others) >= MAX_CATALOGUES:
        raise Refused("too_many", _("a till has {most} catalogues at most").format(most=MAX_CATALOGUES))
    return named if catalogue in named else (*named, catalogue)
