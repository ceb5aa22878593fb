"""The fold of the authority's membership feed: slots, members, revocations.

Kinds and bodies:

* ``network.founded/1``  name, member (as in ``member.joined/1``)
* ``slot.released/1``    no, name, role, site, bootstrap_certificate (base64 DER), expires_at (ISO 8601)
* ``member.joined/1``    no, member_id, name, role, site, public_key (hex), certificate (base64 DER)
* ``member.revoked/1``   member_id
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any

import msgspec

from replication.core.model import Member, Record


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
    """Who belongs to the network."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.network_name = ""
        self.slots: dict[int, Slot] = {}
        self.members: dict[str, Member] = {}
        self.revoked: set[str] = set()
        for record in records:
            self.fold(record)

    def fold(self, record: Record) -> None:
        """Take one record in. Records of unknown kinds or with odd bodies change nothing: newer versions wrote them."""
        body = record.body
        try:
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
                case "member.revoked/1":
                    self.revoked.add(str(body["member_id"]))
        except (KeyError, TypeError, ValueError, binascii.Error):
            return

    def active(self) -> dict[str, Member]:
        """Members that count: enrolled and not revoked."""
        return {member_id: member for member_id, member in self.members.items() if member_id not in self.revoked}

    def claimants(self) -> set[str]:
        """Members that may use something up, and so must be asked; a ``node`` only replicates."""
        return {member_id for member_id, member in self.active().items() if member.role != "node"}

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
        slot = self.slots.get(member.till_no)
        if slot is not None:
            self.slots[slot.no] = msgspec.structs.replace(slot, member_id=member.member_id)
