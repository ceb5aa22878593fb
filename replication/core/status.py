"""What people are told of the network: the one place that makes up ``status``, and says when it has changed.

It only reads the parts of the hub. Keys are added here, never renamed: ``drive``, the screens and
people's own programs rely on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from replication.core import wire
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Member, Now
from replication.core.sync import Sync


class Status:
    """A view of the hub's parts."""

    def __init__(self, *, me: Member, roster: Roster, links: Mapping[int, Link], journal: Journal, sync: Sync) -> None:
        self._me = me
        self._roster = roster
        self._links = links
        self._journal = journal
        self._sync = sync
        self._last: object = None

    def changed(self) -> bool:
        """Whether something that people watch (who is connected, what is pending) differs from the last call."""
        peers = tuple(link.link_id for link in self._links.values() if link.greeted)
        last, self._last = self._last, (peers, self._sync.unconfirmed())
        return self._last != last

    @property
    def synced(self) -> bool:
        """Connected peers have all that I have, and I have all that they have said they have."""
        return self._sync.unconfirmed() == 0 and not self._sync.behind() and self._journal.idle

    def tell(self, now: Now) -> dict[str, Any]:
        """As the `status` command tells it: online, peers, pending, members, positions."""
        peers = [self._peer(link, now) for link in self._links.values() if link.greeted]
        return {
            "online": bool(peers),
            "peers": peers,
            "pending": self._sync.unconfirmed(),
            "synced": self.synced,
            "network": self._roster.network_name,
            "members": self._members(),
            "positions": wire.positions_to_wire(self._journal.feeds.durable_positions()),
        }

    def _peer(self, link: Link, now: Now) -> dict[str, Any]:
        return {
            "member": link.member.member_id,
            "till_no": link.member.till_no,
            "name": link.member.name,
            "since_ms": now.mono_ms - link.began_ms,
            "clock_off_ms": link.skew_ms,
        }

    def _members(self) -> list[dict[str, Any]]:
        return [
            {
                "member": member.member_id,
                "till_no": member.till_no,
                "name": member.name,
                "role": member.role,
                "revoked": member.member_id in self._roster.revoked,
            }
            for member in sorted(self._roster.members.values(), key=lambda each: (each.till_no, each.member_id))
        ]
