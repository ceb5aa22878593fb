"""What each member is known to have of my records, and when it was last heard: remembered for those that are away.

While a member is connected its positions say so. When it goes, what it had then is kept here, and on disk over
restarts, so that ``status`` can tell what an absent till still lacks, and since when. Bounded: one entry for each
active member; written at most once a second, and for nothing but a newer ``last_heard`` once a minute.

Only a member itself says what it has: one that is met through the centre alone counts as having nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Member, Now

HEARD = "heard"
"""The kept value."""
KEEP_HEARD_MS = 60_000


class Acquaintance(msgspec.Struct, array_like=True):
    """One member. Times are Unix ms; 0: never, or nothing pending. ``has`` counts my records by topic."""

    last_heard_ms: int = 0
    pending_since_ms: int = 0
    has: dict[str, int] = {}


class Acquaintances:
    """All members but me. ``kept`` is the kept value of an earlier run."""

    def __init__(
        self, *, me: Member, roster: Roster, links: Mapping[int, Link], journal: Journal, kept: str | None = None
    ) -> None:
        self._me = me
        self._roster = roster
        self._links = links
        self._journal = journal
        self._all = _from_kept(kept)
        self._changed = False
        self._kept_ms: int | None = None

    def of(self, member_id: str) -> Acquaintance:
        """What is known of a member, up to date as far as it is connected; an empty one for a stranger."""
        return self._all.get(member_id) or Acquaintance()

    def lacks(self, member: Member) -> int:
        """How many of my records that it may see it has not confirmed."""
        has = self.of(member.member_id).has
        return sum(
            max(0, self._journal.feeds.durable(feed) - has.get(feed.topic, 0))
            for feed in self._journal.mine
            if self._roster.may_see(feed, member)
        )

    def observe(self, now: Now) -> None:
        """Look at all connections, and at what has come to be pending for whom."""
        for link in self._links.values():
            if link.greeted:
                self.meet(link, now)
        for member in self._others():
            lacking = self.lacks(member) > 0
            known = self._all.get(member.member_id)
            if known is None:
                if not lacking:
                    continue
                known = self._all[member.member_id] = Acquaintance()
            if lacking != bool(known.pending_since_ms):
                known.pending_since_ms = now.wall_ms if lacking else 0
                self._changed = True

    def meet(self, link: Link, now: Now, *, ended: bool = False) -> None:
        """Take over what a connected member (or one whose connection has just ended) said it has."""
        if not link.greeted or link.member.member_id not in self._roster.members:
            return
        known = self._all.setdefault(link.member.member_id, Acquaintance())
        known.last_heard_ms = now.wall_ms - (now.mono_ms - link.heard_ms)
        has = {feed.topic: seq for feed in self._journal.mine if (seq := link.their.get(feed, 0))}
        if has != known.has or ended:
            known.has = has
            self._changed = True

    def to_keep(self, now: Now) -> str | None:
        """The value to keep for the next start, if it is time to write it again."""
        if self._kept_ms is None:
            self._kept_ms = now.mono_ms
        heard = any(link.greeted for link in self._links.values())
        if not self._changed and not (heard and now.mono_ms - self._kept_ms >= KEEP_HEARD_MS):
            return None
        self._changed, self._kept_ms = False, now.mono_ms
        belonging = {member.member_id for member in self._others()}
        self._all = {member_id: known for member_id, known in self._all.items() if member_id in belonging}
        return msgspec.json.encode(self._all).decode()

    def _others(self) -> Iterable[Member]:
        return (member for member_id, member in self._roster.active().items() if member_id != self._me.member_id)


def _from_kept(text: str | None) -> dict[str, Acquaintance]:
    try:
        return msgspec.json.decode(text, type=dict[str, Acquaintance]) if text else {}
    except msgspec.DecodeError:
        return {}  # it only tells people what is away; members say it anew
