"""What may be done to the network's membership from this home: release, replace, rename, revoke, hand over.

Each is refused with one sentence where it cannot be; what is journalled is one durable step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from app.engine.control import Refused
from app.text import gettext as _
from app.till.ports import JournalRefused
from receipts.enrolment import EnrolmentSlip
from replication.certificates import check_description
from replication.core.membership import Audience, Roster
from replication.core.model import Entry, Member, Record
from replication.enrolment import EnrolmentRefused, Offer, has_expired, release_slots, unbound
from replication.identity import Identity
from replication.tickets import AppendRefused

NO_IN_NAME = "{no}"


class Network(Protocol):
    """What is needed of ``replication.node.Node``."""

    @property
    def roster(self) -> Roster: ...

    async def append(
        self, entries: Sequence[Entry], *, keep: Mapping[str, str | None] | None = None
    ) -> tuple[Record, ...]: ...

    async def hand_over(self, member_id: str) -> None: ...


class Spooling(Protocol):
    """What is needed of the print spool."""

    def entries_for(self, document: EnrolmentSlip) -> dict[str, str | None]: ...

    def enqueue(self, document: EnrolmentSlip) -> None: ...


class Members:
    """Changes of the membership. ``address`` tells where this till is reached, for the enrolment code."""

    def __init__(
        self,
        identity: Identity,
        network: Network,
        address: Callable[[], str],
        wall_ms: Callable[[], int],
        spool: Spooling | None = None,
    ) -> None:
        self._identity = identity
        self._me = identity.member_id
        self._network = network
        self._address = address
        self._wall_ms = wall_ms
        self._spool = spool

    def slot(self, no: int, name: str, role: str = "till", site: str = "", *, replacing: str = "") -> tuple[str, Entry]:
        """The code of a new slot and what is to be journalled for it; looks at routes and files, so off the loop."""
        code, (entry,) = self._slots([Offer(no, name, site, role)], replacing=replacing)
        return code, entry

    def _slots(self, slots: Sequence[Offer], *, replacing: str = "") -> tuple[str, tuple[Entry, ...]]:
        try:
            return release_slots(
                self._identity,
                self._network.roster,
                slots,
                now_wall_ms=self._wall_ms(),
                address=self._address(),
                replacing=replacing,
            )
        except EnrolmentRefused as error:
            raise JournalRefused(error.code, error.reason) from None

    async def release(self, nos: Sequence[int], name: str, role: str, site: str, *, on_paper: bool) -> dict[str, Any]:
        """Numbers for new members, with one code for all; ``on_paper``: it is printed as well.

        ``{no}`` in the name stands for the number.
        """
        self.only_authority()
        if len(nos) > 1 and NO_IN_NAME not in name:
            raise Refused("bad_slot", _("the name is for several tills: put {no} into it, as in 'Till {no}'"))
        self._can_print(on_paper)
        slots = [Offer(no, name.replace(NO_IN_NAME, str(no)), site, role) for no in nos]
        code, entries = await asyncio.to_thread(self._slots, slots)
        await self._journal(*entries, slip=self._slip(code, entries) if on_paper else None)
        said = {"code": code, "site": site, "role": role, "expires_at": entries[0].body["expires_at"]}
        one = {"no": slots[0].no, "name": slots[0].name} if len(slots) == 1 else {}
        return {**said, **one, "slots": [{"no": slot.no, "name": slot.name} for slot in slots]}

    async def slots(self) -> list[dict[str, Any]]:
        """What is released and nobody is bound to, by number; ``expired``: its code does not open it any more."""
        now_ms = self._wall_ms()
        return [
            {
                "no": slot.no,
                "name": slot.name,
                "role": slot.role,
                "site": slot.site,
                "expires_at": slot.expires_at,
                "expired": has_expired(slot, now_ms),
            }
            for slot in unbound(self._network.roster)
        ]

    async def replace(self, no: int, name: str | None, site: str | None, *, on_paper: bool) -> dict[str, Any]:
        """New hardware for a number: whoever has it is shut out, and the number released anew, in one step."""
        self.only_authority()
        roster = self._network.roster
        holder, slot = roster.numbered(no), roster.slots.get(no)
        if holder is not None and holder.member_id == self._me:
            raise Refused("own_member", _("the authority cannot be replaced; hand authority on first (hand-over)"))
        before = holder or slot
        if before is None:
            raise self._nobody(no)
        self._can_print(on_paper)
        called, at = before.name if name is None else name, before.site if site is None else site
        replaced = holder.member_id if holder is not None else ""
        code, entry = await asyncio.to_thread(self.slot, no, called, before.role, at, replacing=replaced)
        revoked = [Entry("membership", "member.revoked/1", {"member_id": replaced})] if replaced else []
        await self._journal(*revoked, entry, slip=self._slip(code, [entry]) if on_paper else None)
        return {"code": code, "no": no, "name": called, "site": at, "role": before.role, "replaced": replaced}

    async def rename(self, no: int, name: str) -> dict[str, Any]:
        self.only_authority()
        member = self._numbered(no)
        try:
            check_description(no, name, member.role, member.site)
        except ValueError:
            raise Refused("bad_name", _("a name has 1 to 64 printable characters; choose another")) from None
        await self._journal(Entry("membership", "member.renamed/1", {"member_id": member.member_id, "name": name}))
        return {"no": no, "name": name, "member": member.member_id}

    async def revoke(self, no: int) -> dict[str, Any]:
        """Shut a member out for good."""
        self.only_authority()
        member = self._numbered(no)
        if member.member_id == self._me:
            raise Refused("own_member", _("the authority cannot shut itself out; hand authority on first (hand-over)"))
        await self._journal(Entry("membership", "member.revoked/1", {"member_id": member.member_id}))
        return {"no": no, "member": member.member_id}

    async def hand_over(self, no: int) -> dict[str, Any]:
        """Hand authority on to a member that is connected."""
        self.only_authority()
        member = self._numbered(no)
        try:
            await self._network.hand_over(member.member_id)
        except AppendRefused as error:
            raise Refused(error.code, _why(error, member)) from None
        return {"no": no, "name": member.name, "member": member.member_id}

    def inherits(self, member_id: str) -> bool:
        """Whether what that member had still to do is ours: it is gone for good, and we are the authority."""
        roster = self._network.roster
        return self._identity.may_enrol(roster) and (member_id in roster.revoked or member_id not in roster.members)

    @property
    def audiences(self) -> Mapping[str, Audience]:
        """By topic whom its feeds are for."""
        return self._network.roster.audiences

    @property
    def is_authority(self) -> bool:
        """Whether this home lets in, shuts out and assigns."""
        return self._identity.may_enrol(self._network.roster)

    async def begin(self, topics: Sequence[str]) -> None:
        """Make topics known, for nobody yet; nothing at a member that may not: what it writes there is refused."""
        if self.is_authority:
            await self.assign(dict.fromkeys(topics, Audience()))

    async def assign(self, audiences: Mapping[str, Audience]) -> None:
        """Say whom the feeds on these topics are for from now on, in one durable step."""
        self.only_authority()
        roster = self._network.roster
        entries = [roster.audience(topic, each.tills, others=each.others) for topic, each in audiences.items()]
        if entries:
            await self._journal(*entries)

    def only_authority(self) -> None:
        """``Refused`` unless this home is the network's authority."""
        roster = self._network.roster
        if self._identity.may_enrol(roster):
            return
        authority = roster.members.get(roster.authority)
        if authority is None or roster.authority == self._me:
            raise Refused("not_authority", _("the root's key is not in this home; restore it from its backup"))
        raise Refused(
            "not_authority",
            _("only {name} (till {no}) can do this: it is the network's authority; do it there").format(
                name=authority.name, no=authority.till_no
            ),
        )

    def _numbered(self, no: int) -> Member:
        member = self._network.roster.numbered(no)
        if member is None:
            raise self._nobody(no)
        return member

    def _nobody(self, no: int) -> Refused:
        return Refused(
            "unknown_member", _("no active member has number {no}; `network members` lists them").format(no=no)
        )

    async def _journal(self, *entries: Entry, slip: EnrolmentSlip | None = None) -> None:
        """Journal, and what is to be printed in the same step; then print."""
        keep = self._spool.entries_for(slip) if slip is not None and self._spool is not None else {}
        try:
            await self._network.append(entries, keep=keep)
        except AppendRefused as error:
            raise JournalRefused(error.code, error.reason) from error
        if slip is not None and self._spool is not None:
            self._spool.enqueue(slip)

    def _can_print(self, on_paper: bool) -> None:
        if on_paper and self._spool is None:
            raise Refused(
                "no_printer",
                _("there is no printer at hand: open this till first, and name its printer in till.toml"),
            )

    def _slip(self, code: str, slots: Sequence[Entry]) -> EnrolmentSlip:
        body, now = slots[0].body, datetime.fromtimestamp(self._wall_ms() / 1000, UTC)
        return EnrolmentSlip(
            slots=tuple((slot.body["no"], slot.body["name"]) for slot in slots),
            site=body["site"],
            network=self._identity.network_name,
            code=code,
            expires_at=body["expires_at"],
            released_at=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        )


def _why(error: AppendRefused, member: Member) -> str:
    """Why authority stays where it is, in the user's language."""
    named = {"name": member.name, "no": member.till_no}
    sentences = {
        "not_connected": _("{name} (till {no}) is not connected to this till; bring both on line and try again"),
        "bad_role": _("{name} (till {no}) is a node; authority goes to a till or a centre"),
        "own_member": _("{name} (till {no}) is the authority already"),
        "unanswered": _("{name} (till {no}) has not confirmed in time; try again"),
        "busy": _("authority is being handed on already; wait a moment"),
    }
    return sentences[error.code].format(**named) if error.code in sentences else error.reason
