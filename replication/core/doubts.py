"""Who may have used something without anybody knowing of it: claimants whose lock ran out before their facts came.

1. A doubt is about one member and one resource. Whoever is promised that resource hears of it, until it is settled.
2. It is settled once all is applied here that the member can have written under that claim. How much that is it says
   when it comes back in a later session (its feed as it was found on its disk), or when it promises that resource
   itself, since its own claim must be over then.
3. Doubts outlive restarts. So does what a crash would make one: a lock that has lasted for ``LASTING_MS``; most are
   released long before, and cost no writing. Who crashed is silent for a ttl, and then it doubts.

What remains: a claimant that is lost for good with its disk, right after it used something, while everybody who had
promised it lost power within those ``LASTING_MS`` (and what their disks needed). Then nobody knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from replication.core.model import Feed

LASTING_MS = 100
MAX_DOUBTS = 1_000
UNKNOWN = -1
"""The member has not said yet how far its feed was."""


class Doubt(msgspec.Struct, frozen=True, array_like=True):
    """``session``: in which the claim was made, empty if a relay told of it; ``needed``: what must be applied."""

    session: str
    needed: int = UNKNOWN


class Doubts:
    """By resource and member. ``kept`` is what ``text`` gave."""

    def __init__(self, applied: Callable[[Feed], int], kept: str | None = None) -> None:
        self._applied = applied
        self._open: dict[str, dict[str, Doubt]] = _read(kept)

    def add(self, resource: str, member: str, doubt: Doubt) -> None:
        """A lock ran out."""
        self._open.setdefault(resource, {})[member] = doubt
        while len(self._open) > MAX_DOUBTS:
            del self._open[next(iter(self._open))]

    def came_back(self, member: str, session: str, position: int) -> None:
        """In this session its feed began behind what it had written before."""
        for members in self._open.values():
            doubt = members.get(member)
            if doubt is not None and doubt.needed == UNKNOWN and doubt.session not in ("", session):
                members[member] = Doubt(doubt.session, position)

    def promised(self, resources: Iterable[str], member: str, position: int) -> None:
        """It says itself that it uses none of these."""
        for resource in resources:
            if member in self._open.get(resource, ()):
                self._open[resource][member] = Doubt("", position)

    def about(self, resources: Iterable[str]) -> set[str]:
        """Who may have used one of these."""
        self._settle()
        return {member for resource in resources for member in self._open.get(resource, ())}

    def text(self, lasting: Iterable[tuple[str, str, str]]) -> str | None:
        """What is to be kept: doubts, and these locks (resource, member, session) as if they were; None if nothing."""
        lasting = list(lasting)
        if not self._open and not lasting:  # asked for with every tick, and hardly ever is there anything
            return None
        self._settle()
        kept = {resource: dict(members) for resource, members in self._open.items()}
        for resource, member, session in lasting:
            kept.setdefault(resource, {}).setdefault(member, Doubt(session))
        return msgspec.json.encode(kept, order="deterministic").decode() if kept else None

    def _settle(self) -> None:
        for resource, members in list(self._open.items()):
            for member, doubt in list(members.items()):
                if doubt.needed != UNKNOWN and self._applied(Feed(member, "circulation")) >= doubt.needed:
                    del members[member]
            if not members:
                del self._open[resource]


def _read(kept: str | None) -> dict[str, dict[str, Doubt]]:
    try:
        return msgspec.json.decode(kept, type=dict[str, dict[str, Doubt]]) if kept else {}
    except msgspec.MsgspecError:
        return {}  # a store that says something else is not to keep the till from starting
