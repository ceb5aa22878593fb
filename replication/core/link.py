"""One connection to a peer: its handshake, what the peer is known to have, one sync state per document.

The dialler says ``join`` and is answered with ``peer``; then the link is up on both sides. The
certificate has already said who the peer is, so a ``senderId`` that differs is a broken peer.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from replication.core import wire
from replication.core.limits import OWN_PER_S, SYNC_PER_S, Allowance
from replication.core.model import Feed, Member, is_assigned
from replication.core.wire import RemoteError
from replication.crdt import SyncState

HANDSHAKE_MS = 5_000
SILENT_MS = 6_000
"""A peer that has said nothing for this long is gone, whatever TCP believes."""

SUMMARY_BURST = 10
SUMMARY_PAUSE_MS = 60_000
"""So often what goes over a busy link is summed up: some 600 lines a day of sales and peer, not 36,000."""


class ToldAddresses:
    """What a peer has been told of where members listen (``whereabouts.py``)."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[str, ...]] = {}
        """By member; of mine too."""
        self.looked_at: tuple[int, bool, frozenset[str]] | None = None
        """Which state of what could be told has been looked at."""


class Link:
    """The state of one connection. ``their`` is what the peer said it has on disk."""

    def __init__(self, link_id: int, member: Member, initiator: str, target: str, now_ms: int) -> None:
        self.link_id = link_id
        self.member = member
        self.initiator = initiator
        self.target = target
        self.began_ms = now_ms
        self.heard_ms = now_ms
        self.told_ms = now_ms
        self.up = False
        self.session = ""
        """Which start of the peer's this is, once it has said so."""
        self.greeted = False
        """The peer's positions have arrived: from here on it is asked in claims."""
        self.newcomer = False
        """The peer says that it is itself still being provisioned."""
        self.their: dict[Feed, int] = {}
        self.strangers: dict[Feed, tuple[int, str]] = {}
        """What the peer said of feeds whose writers or audience we have not heard of yet: how far, the hash's start."""
        self.own_allowance = Allowance(OWN_PER_S, now_ms)
        self.sync_allowance = Allowance(SYNC_PER_S, now_ms)
        self.pushed: dict[Feed, int] = {}
        self.announced: dict[Feed, int] = {}
        self.leisure_ms = now_ms
        """When the peer was last told what it also hears from others."""
        self.their_peers: frozenset[str] = frozenset()
        """Whom the peer is connected with, as it says."""
        self.told_peers: frozenset[str] = frozenset()
        self.addresses: tuple[str, ...] = ()
        """Where the peer listens, as it says itself."""
        self.told_addresses = ToldAddresses()
        self.states: dict[str, SyncState] = {}
        self.owed: set[str] = set()
        """Documents the peer shall hear about as soon as they are no longer dirty."""
        self.thanks: set[str] = set()
        """Documents of which the peer has sent news unasked: a while later it is told that they have come. At once
        would be when the books, for which people wait, need the processor; and so one answer does for many. That they
        are on disk it hears from the position."""
        self.unthanked = 0
        """Messages that brought such news since it was told."""
        self.thanked_ms = now_ms
        self.served: dict[str, set[bytes]] = {}
        """Closed segments sent as they are on disk, and the heads that the peer may answer with."""
        self.skew_ms = 0
        """Its clock minus ours."""
        self.count = 0
        self.received: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.bytes_in = 0
        self.bytes_out = 0
        self._summaries = SUMMARY_BURST
        self._summed_up_ms = now_ms

    def shake_hands(self, message: wire.Message, me: str, session: str = "") -> wire.Message | None:
        """Take a message of the handshake; what to answer, if anything. ``RemoteError`` if it is none."""
        match message:
            case wire.Join() if self.initiator != me:
                if message.sender != self.member.member_id:
                    raise RemoteError("the certificate names another member than join does")
                if wire.PROTOCOL_VERSION not in message.versions:
                    raise RemoteError("no protocol version in common")
                self.up, self.session = True, message.session
                return wire.Peer(me, self.member.member_id, wire.PROTOCOL_VERSION, session=session)
            case wire.Peer() if self.initiator == me:
                if message.sender != self.member.member_id or message.version != wire.PROTOCOL_VERSION:
                    raise RemoteError("an answer to join that does not fit")
                self.up, self.session = True, message.session
                return None
        raise RemoteError("expected the handshake")

    def state(self, document: str, *, fresh: bool = False) -> SyncState:
        if fresh or document not in self.states:
            self.states[document] = SyncState()
        return self.states[document]

    def theirs_for_me(self) -> dict[Feed, int]:
        """What the peer has, with the feeds that it says are assigned to me though I have not heard of that yet."""
        assigned = {feed: seq for feed, (seq, _hash) in self.strangers.items() if is_assigned(feed.topic)}
        return self.their | assigned

    def knows(self, feed: Feed) -> int:
        """How far the peer has the feed, or will have it once it has read what we pushed."""
        return max(self.their.get(feed, 0), self.pushed.get(feed, 0))

    def ephemeral(self, me: str, session: str, document: str, body: dict[str, Any]) -> wire.Ephemeral:
        """Wrap a message of ours; ``document`` is the network's own id, which no feed has."""
        self.count += 1
        return wire.Ephemeral(me, self.member.member_id, self.count, session, document, body)

    def summary(self, now_ms: int, *, last: bool = False) -> list[tuple[str, dict[str, int], int]]:
        """What was sent and received since it was told before, for the sync protocol: (what, kinds, bytes).

        At first told as it happens, under lasting traffic every ``SUMMARY_PAUSE_MS``; ``last``: the link has ended.
        """
        refill = (now_ms - self._summed_up_ms) // SUMMARY_PAUSE_MS
        if refill:
            self._summaries = min(SUMMARY_BURST, self._summaries + refill)
            self._summed_up_ms += refill * SUMMARY_PAUSE_MS
        if not (self.received or self.sent) or not (self._summaries or last):
            return []
        self._summaries = max(0, self._summaries - 1)
        told = []
        if self.received:
            told.append(("received", dict(self.received), self.bytes_in))
            self.received.clear()
            self.bytes_in = 0
        if self.sent:
            told.append(("sent", dict(self.sent), self.bytes_out))
            self.sent.clear()
            self.bytes_out = 0
        return told
