"""Whom each feed with an audience is for: reckoned out of plans and groups, said by the authority when it has changed.

A catalogue is for the tills whose plans, or whose groups, name it. A kind of data is for all but those from which it is
withheld; it has no topic of its own before it is withheld from somebody, and keeps it from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.branch import WITHHELD, TillPlan
from app.domain.catalogue import TravellingCatalogue, catalogues_for
from app.domain.reference import Reference
from app.facts.flows import CATALOGUE, topic_of_catalogue, topic_of_kind
from app.office.tills.desk import TillDesk
from replication.core.membership import Audience


def audiences_of(known: Reference, topics: Iterable[str], more: Iterable[str] = ()) -> dict[str, Audience]:
    """By topic whom it is for. ``topics`` have an audience already; ``more`` are catalogues that are about to begin."""
    plans = known.all(TillPlan).values()
    tills: dict[str, set[int]] = {each: set() for each in (*known.all(TravellingCatalogue), *more)}
    had = [topic for topic in topics if topic.startswith(CATALOGUE)]
    tills |= {name: set() for topic in had if (name := topic.removeprefix(CATALOGUE)) not in tills}
    for plan in plans:
        for each in catalogues_for(known, plan.till_no):
            tills.setdefault(each, set()).add(plan.till_no)
    wanted = {topic_of_catalogue(each): Audience(frozenset(numbers)) for each, numbers in tills.items()}
    for kind in WITHHELD:
        without = frozenset(plan.till_no for plan in plans if kind in plan.withheld)
        if without or topic_of_kind(kind) in topics:
            wanted[topic_of_kind(kind)] = Audience(without, others=True)
    return wanted


class Assigning:
    """Says it. Called with the desk's lock held."""

    def __init__(self, desk: TillDesk) -> None:
        self._desk = desk

    async def reconcile(self, more: Iterable[str] = ()) -> Mapping[str, Audience]:
        """Assign whatever is assigned otherwise than it should be; what was said."""
        members = self._desk.parts.members
        had = members.audiences
        wanted = audiences_of(await self._desk.known(), tuple(had), more)
        changed = {topic: each for topic, each in wanted.items() if had.get(topic) != each}
        if changed:
            await members.assign(changed)
        return changed
