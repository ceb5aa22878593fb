"""What is asked of the hub and answered later: a ticket goes out with the question, the answer is awaited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from replication import certificates
from replication.core import effects, events
from replication.core.model import Entry, Record
from replication.identity import Identity
from replication.standing import Standing
from replication.tickets import AppendRefused, Tickets


class Requests:
    """Whoever runs a hub can be asked these; ``handle`` takes events."""

    def __init__(
        self, identity: Identity, tickets: Tickets, standing: Standing, handle: Callable[[events.Event], None]
    ) -> None:
        self._identity = identity
        self._tickets = tickets
        self._standing = standing
        self._handle = handle
        self._claiming: dict[int, Callable[[effects.ClaimProgress], None] | None] = {}

    async def append(
        self, entries: Sequence[Entry], *, keep: Mapping[str, str | None] | None = None, claim_id: str | None = None
    ) -> tuple[Record, ...]:
        """Journal the entries and kept values in one step; the records, once they are on disk.

        ``AppendRefused`` when nothing was written.
        """
        ticket, answer = self._tickets.issue()
        self._handle(events.Append(ticket, tuple(entries), dict(keep or {}), claim_id))
        records: tuple[Record, ...] = await answer
        if any(entry.topic == "membership" for entry in entries):
            await self._standing.renewed()
        return records

    async def keep(self, values: Mapping[str, str | None]) -> None:
        """Set kept values (None removes one) durably; ``AppendRefused`` when nothing was written."""
        await self.append((), keep=values)

    async def claim(
        self, *resources: str, told: Callable[[effects.ClaimProgress], None] | None = None
    ) -> effects.ClaimDone:
        """Ask every reachable member before the ``resources`` are used up; ends within about a second.

        ``told`` hears how far it is, unless everybody answers at once.
        """
        ticket, answer = self._tickets.issue()
        self._claiming[ticket] = told
        try:
            self._handle(events.ClaimWanted(ticket, resources))
            done: effects.ClaimDone = await answer
            return done
        finally:
            del self._claiming[ticket]

    def claim_progress(self, progress: effects.ClaimProgress) -> None:
        """A claim is not answered at once."""
        told = self._claiming.get(progress.ticket)
        if told is not None:
            told(progress)

    def cancel_claims(self) -> None:
        """Claims that still wait are not wanted any more: they end not granted."""
        for ticket in list(self._claiming):
            self._handle(events.ClaimCancelled(ticket))

    def release_claim(self, claim_id: str) -> None:
        """The claim is done with."""
        self._handle(events.ClaimReleased(claim_id))

    async def sign_off(self) -> None:
        """Say durably that this till is put away; its next claim says that it is back."""
        ticket, answer = self._tickets.issue()
        self._handle(events.SignOff(ticket))
        await answer

    async def hand_over(self, member_id: str) -> None:
        """Hand authority on to a member that is connected. ``AppendRefused`` if it stays here."""
        root_key = self._identity.root_key
        if root_key is None:
            raise AppendRefused("not_authority", "the root's key is not in this home; hand over at the authority")
        ticket, answer = self._tickets.issue()
        self._handle(events.HandOver(ticket, member_id, certificates.raw_private(root_key)))
        await answer
        await self._standing.renewed()

    async def confirm(self) -> None:
        """A supervisor says that this till may write again; ``AppendRefused`` (``forked``) if it never may."""
        ticket, answer = self._tickets.issue()
        self._handle(events.Confirmed(ticket))
        await answer

    async def keep_evidence(self, source: str, reason: str, evidence: str) -> None:
        """Put what was refused into quarantine; ``AppendRefused`` if the disk does not take it."""
        ticket, answer = self._tickets.issue()
        self._handle(events.Refused(ticket, source, reason, evidence))
        await answer
