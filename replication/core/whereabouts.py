"""Who can be dialled where, passed on: so that tills which know only one of them still all find each other.

Each member tells whom it is connected with where it listens itself; and each passes on what the members that it is
connected with have said of *themselves*. What was passed on is dialled, never passed on again. So a star becomes a full
mesh, within bounds: of a site only (in other sites' networks the addresses mean nothing), ``MAX_ADDRESSES`` a member,
``MAX_PASSED_ON`` members; and nobody is told of those it says it is connected with.

It travels in fields of ``positions``, which older members pass over: ``at`` is a list of addresses, ``others`` has such
a list for each member id; both only what has changed. An address proves nothing: TLS then says who is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from replication.core.dialer import Dialer
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Now
from replication.core.wire import RemoteError

MAX_ADDRESSES = 8
MAX_ADDRESS_CHARS = 80
MAX_PASSED_ON = 64

Addresses = tuple[str, ...]


class Whereabouts:
    """Addresses of members. ``me`` is my member id; ``quiet``: I neither tell nor use any."""

    def __init__(
        self, *, me: str, links: Mapping[int, Link], roster: Roster, dialer: Dialer, quiet: bool = False
    ) -> None:
        self._quiet = quiet
        self._me = me
        self._links = links
        self._roster = roster
        self._dialer = dialer
        self._own: Addresses = ()
        self._version = 0
        """Of all that could be told; so that a quiet tick costs a hub with hundreds of links nothing."""
        self._known: dict[str, Addresses] = {}
        """Of each member what was heard last, from itself or others."""

    def announced(self, addresses: Addresses) -> None:
        """Where I listen now."""
        self._own = addresses[:MAX_ADDRESSES]
        self._version += 1

    def membership_changed(self) -> None:
        """Members have got their sites."""
        self._version += 1

    def news(self, link: Link) -> dict[str, Any]:
        """The fields that the peer has not been told yet; empty if there is nothing to tell. They count as told."""
        if self._quiet:
            return {}
        looked_at = (self._version, link.greeted, link.their_peers)
        if link.told_addresses.looked_at == looked_at:
            return {}
        link.told_addresses.looked_at = looked_at
        told = link.told_addresses.of
        fields: dict[str, Any] = {}
        if told.get(self._me, ()) != self._own:
            told[self._me] = self._own
            fields["at"] = list(self._own)
        others = {}
        for other in self._links.values():
            member, addresses = other.member.member_id, other.addresses
            if not addresses or told.get(member) == addresses or not self._concerns(link, other):
                continue
            if member in told or len(told) < MAX_PASSED_ON:
                told[member] = addresses
                others[member] = list(addresses)
        if others:
            fields["others"] = others
        return fields

    def _concerns(self, link: Link, other: Link) -> bool:
        member = other.member.member_id
        same = member == link.member.member_id or member in link.their_peers
        return link.greeted and not same and other.member.site == link.member.site

    def hear(self, link: Link, body: Mapping[str, Any], now: Now) -> None:
        """The fields of a peer's ``positions``. ``RemoteError`` if they are malformed."""
        if self._quiet:
            return
        if "at" in body:
            link.addresses = _addresses(body["at"])
            self._version += 1
            self._learn(link.member.member_id, link.addresses, now)
        others = body.get("others", {})
        if not isinstance(others, dict) or len(others) > MAX_PASSED_ON:
            raise RemoteError("addresses of too many members")
        for member, found in others.items():
            addresses = _addresses(found)
            if member in self._roster.active() and member != self._me and not self._is_connected(member):
                self._learn(member, addresses, now)

    def _is_connected(self, member: str) -> bool:
        return any(link.member.member_id == member and link.addresses for link in self._links.values())

    def _learn(self, member: str, addresses: Addresses, now: Now) -> None:
        before = self._known.get(member, ())
        self._known[member] = addresses
        for address in before:
            if address not in addresses:
                self._dialer.lost(address)
        for address in addresses:
            if address not in before:
                self._dialer.sighted(address, member, False, now.mono_ms)


def _addresses(found: object) -> Addresses:
    if not isinstance(found, list) or len(found) > MAX_ADDRESSES:
        raise RemoteError("a list of addresses expected")
    if not all(isinstance(each, str) and 0 < len(each) <= MAX_ADDRESS_CHARS and each.isprintable() for each in found):
        raise RemoteError("a list of addresses expected")
    return tuple(found)
