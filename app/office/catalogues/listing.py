"""Travelling catalogues as people want to see them: what they hold, and whom they go to."""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.questions.catalogues import ArticleWords
from app.domain.branch import DeviceGroup, TillPlan
from app.domain.catalogue import CatalogueArticle, TravellingCatalogue, catalogues_for
from app.domain.money import format_minor
from app.domain.reference import Reference
from app.engine.control import Refused
from app.office.tills.desk import SHOWN_KEY, TillDesk
from app.text import gettext as _

_EMPTY = {"valid_from": "", "valid_until": "", "beside": False}


class Listing:
    """The operations ``catalogues`` and ``catalogue_shown``."""

    def __init__(self, desk: TillDesk) -> None:
        self._desk = desk

    async def catalogues(self) -> list[dict[str, Any]]:
        """Each with ``articles`` (how many), ``tills`` (those of its groups too), ``own_tills`` and ``groups``."""
        known = await self._desk.known()
        return [_row(known, each) for each in known.all(TravellingCatalogue).values()]

    async def catalogue_shown(self, catalogue: str) -> dict[str, Any]:
        """One, with its ``entries``: ``ident_no``, ``name``, ``price`` there (empty: its own), ``own_price``."""
        known = await self._desk.known()
        found = known.get(TravellingCatalogue, catalogue)
        if found is None:
            raise Refused(
                "unknown_setting",
                _("there is no catalogue {catalogue}; `catalogues list` lists them").format(
                    catalogue=catalogue[:SHOWN_KEY]
                ),
            )
        entries = [each for each in known.all(CatalogueArticle).values() if each.catalogue == catalogue]
        words = await self._desk.look(ArticleWords(tuple(each.ident_no for each in entries)))
        rows = []
        for entry in sorted(entries, key=lambda each: each.ident_no):
            word = words.get(entry.ident_no)
            currency = word.article.currency if word else self._desk.parts.desk.currency
            rows.append(
                {
                    "ident_no": entry.ident_no,
                    "name": word.article.name if word else "",
                    "price": "" if entry.price_minor is None else format_minor(entry.price_minor, currency),
                    "own_price": format_minor(word.article.price_minor, currency) if word else "",
                }
            )
        return _row(known, found) | {"entries": rows}


def _row(known: Reference, catalogue: TravellingCatalogue) -> dict[str, Any]:
    key = catalogue.key
    plans = known.all(TillPlan).values()
    return {
        **_EMPTY,
        **msgspec.to_builtins(catalogue),
        "articles": sum(each.catalogue == key for each in known.all(CatalogueArticle).values()),
        "tills": sorted(plan.till_no for plan in plans if key in catalogues_for(known, plan.till_no)),
        "own_tills": sorted(plan.till_no for plan in plans if key in plan.catalogues),
        "groups": sorted(group.group for group in known.all(DeviceGroup).values() if key in group.catalogues),
    }
