"""What people are told of the network: the one place that makes up ``status``, and says when it has changed.

It only reads the parts of the hub. Keys are added here, never renamed: ``drive``, the screens and
people's own programs rely on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from replication.core import wire
from replication.core.acquaintance import Acquaintances
from replication.core.clocks import Clocks
from replication.core.clones import Clones
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Feed, Member, Now
from replication.core.presence import Presence
from replication.core.provisioning import Provisioning
from replication.core.recovery import Recovery
from replication.core.sync import Sync


class Status:
    """A view of the hub's parts."""

    def __init__(
        self,
        *,
        me: Member,
        roster: Roster,
        links: Mapping[int, Link],
        journal: Journal,
        sync: Sync,
        acquaintances: Acquaintances,
        clocks: Clocks,
        recovery: Recovery,
        clones: Clones,
        presence: Presence,
    ) -> None:
        self._me = me
        self._roster = roster
        self._links = links
        self._journal = journal
        self._sync = sync
        self._acquaintances = acquaintances
        self._clocks = clocks
        self.provisioning: Provisioning | None = None
        """A newcomer's first data, as long as they are coming."""
        self._recovery = recovery
        self._clones = clones
        self._presence = presence
        self._last: object = None
        self._pending = 0

    def changed(self, *, counting: bool) -> bool:
        """Whether something that people watch (connected, alarms, and if ``counting`` pending) differs from before.

        What is pending is not counted after every event: it changes with each, and costs more than most of them.
        """
        if counting:
            self._pending = self._sync.unconfirmed()
        seen = (
            [link.link_id for link in self._links.values() if link.greeted],
            self._pending,
            self.provisioning and self.provisioning.percent,
            self._clocks.changes,
            self._recovery.state,
            len(self._sync.forks.known),
            len(self._clones.doubles),
        )
        if seen == self._last:
            return False
        self._last = seen
        return True

    @property
    def synced(self) -> bool:
        """Connected peers have all that I have, and I have all that they have said they have."""
        return self._sync.unconfirmed() == 0 and not self._sync.behind() and self._journal.idle

    def tell(self, now: Now) -> dict[str, Any]:
        """As the `status` command tells it; JSON-able. Times are Unix ms, durations ms.

        ``pending`` counts my records that are still to be sent to whom I am connected with (without anybody: that
        nobody has), ``pending_anywhere`` those that some member does not have, as far as I know, be it away (but not
        signed off); and ``pending_since`` since when. ``clocks_off`` lists connected peers
        whose clock differs by more than a minute;
        ``provisioning`` tells how many records of a newcomer's first data are in the books, of how many, and since when
        it is a member; None once it may work.
        ``own_clock_off_ms`` is a number if most others say that it is ours that is wrong (positive: ahead).
        """
        self._acquaintances.observe(now)
        peers = [self._peer(link, now) for link in self._links.values() if link.greeted]
        members = self._members(now)
        awaiting = [member for member in members if member["pending"] and not member["signed_off"]]
        off = self._clocks.off()
        return {
            "online": bool(peers),
            "peers": peers,
            "pending": self._sync.unconfirmed(),
            "pending_anywhere": max((member["pending"] for member in awaiting), default=0),
            "pending_since": min((member["pending_since"] for member in awaiting), default=None),
            "synced": self.synced,
            "network": self._roster.network_name,
            "members": members,
            "recovery": self._recovery.state,
            "recovery_reason": self._recovery.reason,
            "stopped": self._stopped(),
            "clones": [
                {"member": member.member_id, "till_no": member.till_no, "name": member.name}
                for member in self._clones.doubles.values()
            ],
            "forks": [self._fork(feed, proof.seq) for feed, proof in sorted(self._sync.forks.known.items())],
            "positions": wire.positions_to_wire(self._journal.feeds.durable_positions()),
            "clocks_off": [
                {"member": peer["member"], "till_no": peer["till_no"], "name": peer["name"], "off_ms": off_ms}
                for peer in peers
                if (off_ms := off.get(peer["member"])) is not None
            ],
            "own_clock_off_ms": self._clocks.own_off_ms(),
            "provisioning": self._provisioning(),
        }

    def _provisioning(self) -> dict[str, int] | None:
        if self.provisioning is None:
            return None
        done, of = self.provisioning.progress
        return {"done": done, "of": of, "since": self.provisioning.since_ms}

    def _fork(self, feed: Feed, seq: int) -> dict[str, Any]:
        member = self._roster.members.get(feed.member)
        return {
            "member": feed.member,
            "till_no": member.till_no if member else 0,
            "name": member.name if member else "",
            "topic": feed.topic,
            "seq": seq,
        }

    def _stopped(self) -> dict[str, str] | None:
        """Why nothing may be written here until a supervisor has decided; None if it may be."""
        stopped = self._recovery.state == "stopped"
        return {"code": self._recovery.code, "reason": self._recovery.reason} if stopped else None

    def _peer(self, link: Link, now: Now) -> dict[str, Any]:
        return {
            "member": link.member.member_id,
            "till_no": link.member.till_no,
            "name": link.member.name,
            "since_ms": now.mono_ms - link.began_ms,
            "clock_off_ms": link.skew_ms,
        }

    def _members(self, now: Now) -> list[dict[str, Any]]:
        known: dict[str, dict[str, int]] = {}
        for feed, seq in self._journal.feeds.durable_positions().items():
            known.setdefault(feed.member, {})[feed.topic] = seq
        links = {link.member.member_id: link for link in self._links.values() if link.greeted}
        return [
            self._member(member, known.get(member.member_id, {}), links.get(member.member_id), now)
            for member in sorted(self._roster.members.values(), key=lambda each: (each.till_no, each.member_id))
        ]

    def _member(self, member: Member, known: dict[str, int], link: Link | None, now: Now) -> dict[str, Any]:
        """``known``: how far I have its feeds; ``has``: how far it has mine; ``pending``: what it lacks of mine.

        ``held``: records of its own that it has told of and I do not have; None if it is not connected.
        ``since``: since when it is connected, or was heard last; None if never. ``pending_since`` and, as a
        duration, ``since_ms``: how long something has been pending for it; None if nothing is.
        """
        me, revoked = member.member_id == self._me.member_id, member.member_id in self._roster.revoked
        met = self._acquaintances.of(member.member_id)
        pending = 0 if me or revoked else self._acquaintances.lacks(member)
        pending_since = (met.pending_since_ms or now.wall_ms) if pending else None
        return {
            "member": member.member_id,
            "till_no": member.till_no,
            "name": member.name,
            "role": member.role,
            "site": member.site,
            "revoked": revoked,
            "authority": member.member_id == self._roster.authority,
            "signed_off": not revoked and self._presence.is_off(member.member_id),
            "generation": self._roster.generation(member.member_id),
            "me": me,
            "online": me or link is not None,
            "known": known,
            "has": known if me else met.has,
            "held": self._held(link),
            "pending": pending,
            "pending_since": pending_since,
            "since_ms": None if pending_since is None else max(0, now.wall_ms - pending_since),
            "since": now.wall_ms - (now.mono_ms - link.began_ms) if link else met.last_heard_ms or None,
            "last_heard": now.wall_ms if me else met.last_heard_ms or None,
            "clock_off_ms": link.skew_ms if link else None,
        }

    def _held(self, link: Link | None) -> int | None:
        if link is None:
            return None
        feeds = self._journal.feeds
        its = ((feed, seq) for feed, seq in link.their.items() if feed.member == link.member.member_id)
        return sum(max(0, seq - feeds.durable(feed)) for feed, seq in its)
