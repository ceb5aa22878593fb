"""The fold of the membership feeds: the line of authorities, slots, members, revocations.

One member at a time is the *authority*, the only one that lets others in and shuts them out. It
begins with the founder, whom the root's certificate names. ``authority.passed/1`` hands it on and
closes the feed of whoever passes it; from there on the successor's membership feed counts, beginning
behind ``after``. So all membership records that count form one line, whatever order feeds arrive in:
a record that is not yet its turn waits, and everybody who has the same records has the same roster.

Kinds and bodies:

* ``network.founded/1``  name, member (as in ``member.joined/1``)
* ``slot.released/1``    no, name, role, site, bootstrap_certificate (base64 DER), expires_at (ISO 8601)
* ``member.joined/1``    no, member_id, name, role, site, public_key (hex), certificate (base64 DER)
* ``member.renamed/1``   member_id, name
* ``member.revoked/1``   member_id
* ``audience.set/1``     topic, tills (numbers), others: to whom the feeds on a topic with an audience go from now on
* ``authority.passed/1`` member_id, after (number of the last record in the successor's feed that counted already)

Slots that were released with one code name the same bootstrap certificate; each is a slot of its own.
A number whose member is revoked may be released anew: the new hardware is a new member with the same
number, of the next *generation*.

Feeds on a topic with an audience go to the tills with those numbers (``others``: to all but those), to centres and to
nodes. What went to a till
before it lost its place in the audience stays on its disk, but is not spoken of with anybody: it is sent nothing more,
takes nothing more and passes nothing on. Whoever gets a place is sent the whole feed.
"""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from replication.core.model import Entry, Feed, Member, Record, is_assigned, is_topic

JOINED = "member.joined/1"
PASSED = "authority.passed/1"
AUDIENCE = "audience.set/1"
MAX_AUDIENCES = 1_000
"""Topics with an audience; later ones are not known to anybody."""
MAX_AUDIENCE = 10_000
"""Tills of one audience."""
SUCCESSOR_ROLES = ("till", "centre")
"""Who can be the authority: a ``node`` writes nothing."""


class Audience(NamedTuple):
    """Whom the feeds on a topic are for: the tills with these numbers, or all others but these."""

    tills: frozenset[int] = frozenset()
    others: bool = False

    def has(self, till_no: int) -> bool:
        """Whether they are for the till with that number."""
        return (till_no in self.tills) != self.others


NOBODY = Audience()


class Slot(msgspec.Struct, frozen=True):
    """A released place for a till; ``member_id`` is empty until somebody is bound to it."""

    no: int
    name: str
    role: str
    site: str
    bootstrap_certificate: bytes
    expires_at: str
    member_id: str = ""


class Roster:
    """Who belongs to the network. ``founder`` is the first authority's member id."""

    def __init__(self, founder: str, records: Iterable[Record] = ()) -> None:
        self.network_name = ""
        self.slots: dict[int, Slot] = {}
        self.members: dict[str, Member] = {}
        self.revoked: set[str] = set()
        self.authorities: list[str] = [founder]
        """The whole line, oldest first; who was the authority twice is in it twice."""
        self.passings: list[Record] = []
        """What made the line: the records that hand authority on, oldest first."""
        self.audiences: dict[str, Audience] = {}
        """By topic the tills that its feeds go to."""
        self._numbers: dict[int, list[str]] = {}
        self._counted: dict[str, int] = {}
        self._waiting: dict[str, deque[Record]] = {}
        for record in records:
            self.fold(record)

    @property
    def authority(self) -> str:
        """The member that may let in and shut out, as far as the feeds are known here."""
        return self.authorities[-1]

    def fold(self, record: Record) -> None:
        """Take one membership record in; those of one feed come in order, the feeds in any.

        Records of unknown kinds or with odd bodies change nothing: newer versions wrote them.
        """
        self._waiting.setdefault(record.feed.member, deque()).append(record)
        while waiting := self._waiting.get(self.authority):
            self._count(waiting.popleft())

    def takes(self, feed: Feed, staged: int) -> bool:
        """Whether more than ``staged`` records of a feed are to be taken: of membership feeds, only those of the line.

        Of a member whose term has ended, only up to the end of that term. News of others may just not have come yet.
        """
        if feed.topic != "membership" or feed.member == self.authority:
            return True
        return feed.member in self.authorities and staged < self._counted.get(feed.member, 0)

    def knows_topic(self, topic: str) -> bool:
        """Whether feeds on the topic are for anybody, as far as is known here."""
        return not is_assigned(topic) or topic in self.audiences

    def may_see(self, feed: Feed, peer: Member) -> bool:
        """Whether a feed goes to a peer: ``sales`` to its writer's site, a topic with an audience to that, both to
        centres and nodes; the rest to everyone.
        """
        if peer.role != "till" or feed.member == peer.member_id:
            return True
        if feed.topic == "sales":
            writer = self.members.get(feed.member)
            return writer is not None and writer.site == peer.site
        return not is_assigned(feed.topic) or self.audiences.get(feed.topic, NOBODY).has(peer.till_no)

    def audience(self, topic: str, tills: Iterable[int], *, others: bool = False) -> Entry:
        """What the authority journals to assign a topic to these tills and to no others, or to all ``others``."""
        body = {"topic": topic, "tills": sorted(set(tills))}
        return Entry("membership", AUDIENCE, {**body, "others": True} if others else body)

    def is_closed(self, member_id: str) -> bool:
        """Whether the member was the authority and has handed it on."""
        return member_id in self.authorities and member_id != self.authority

    def passing_to(self, member_id: str) -> Entry:
        """What the authority journals to hand authority on to that member."""
        return Entry("membership", PASSED, {"member_id": member_id, "after": self._counted.get(member_id, 0)})

    def active(self) -> dict[str, Member]:
        """Members that count: enrolled and not revoked."""
        return {member_id: member for member_id, member in self.members.items() if member_id not in self.revoked}

    def claimants(self) -> set[str]:
        """Members that may use something up, and so must be asked; a ``node`` only replicates."""
        return {member_id for member_id, member in self.active().items() if member.role != "node"}

    def numbered(self, no: int) -> Member | None:
        """The active member with that till number."""
        return next((member for member in self.active().values() if member.till_no == no), None)

    def generation(self, member_id: str) -> int:
        """How many members have had this member's number, up to it; 1 for the first, and for who is not known yet."""
        for holders in self._numbers.values():
            if member_id in holders:
                return holders.index(member_id) + 1
        return 1

    def _count(self, record: Record) -> None:
        """A record of the authority's whose turn it is, unless it was counted in an earlier term."""
        author = record.feed.member
        if record.seq <= self._counted.get(author, 0):
            return
        self._counted[author] = record.seq
        try:
            self._change(record, record.body)
        except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
            return

    def _change(self, record: Record, body: dict[str, Any]) -> None:
        match record.kind:
            case "network.founded/1":
                self.network_name = str(body["name"])
                self._join(body["member"])
            case "slot.released/1":
                slot = Slot(
                    no=int(body["no"]),
                    name=str(body["name"]),
                    role=str(body["role"]),
                    site=str(body["site"]),
                    bootstrap_certificate=base64.b64decode(body["bootstrap_certificate"]),
                    expires_at=str(body["expires_at"]),
                )
                self.slots[slot.no] = slot
            case "member.joined/1":
                self._join(body)
            case "member.renamed/1":
                member = self.members[str(body["member_id"])]
                self.members[member.member_id] = msgspec.structs.replace(member, name=str(body["name"]))
            case "member.revoked/1":
                if body["member_id"] != self.authority:  # a network without any authority could never have one again
                    self.revoked.add(str(body["member_id"]))
            case "audience.set/1":
                tills = frozenset(int(no) for no in body["tills"])
                self._assign(str(body["topic"]), Audience(tills, body.get("others") is True))
            case "authority.passed/1":
                self._pass(record, str(body["member_id"]), int(body["after"]))

    def _pass(self, record: Record, successor: str, after: int) -> None:
        """Authority goes on to the successor, if it can have it: otherwise the network would be left without any."""
        joined = any(successor in holders for holders in self._numbers.values())
        if not joined or successor in self.revoked or self.members[successor].role not in SUCCESSOR_ROLES:
            return
        if successor == self.authority:
            return
        self._counted[successor] = max(after, self._counted.get(successor, 0))
        self.authorities.append(successor)
        self.passings.append(record)

    def _assign(self, topic: str, audience: Audience) -> None:
        known = topic in self.audiences or len(self.audiences) < MAX_AUDIENCES
        if known and is_assigned(topic) and is_topic(topic) and len(audience.tills) <= MAX_AUDIENCE:
            self.audiences[topic] = audience

    def _join(self, body: dict[str, Any]) -> None:
        member = Member(
            member_id=str(body["member_id"]),
            till_no=int(body["no"]),
            name=str(body["name"]),
            role=str(body["role"]),
            site=str(body["site"]),
            public_key=bytes.fromhex(body["public_key"]),
            certificate=base64.b64decode(body["certificate"]),
        )
        self.members[member.member_id] = member
        holders = self._numbers.setdefault(member.till_no, [])
        if member.member_id not in holders:
            holders.append(member.member_id)
        slot = self.slots.get(member.till_no)
        if slot is not None:
            self.slots[slot.no] = msgspec.structs.replace(slot, member_id=member.member_id)
