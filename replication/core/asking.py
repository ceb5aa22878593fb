"""Claims on the hub's links: whom to ask, how messages travel, and what coverage a claim has in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from replication.core import effects, events, wire
from replication.core.claims import Claims, Done, Outcome
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Coverage, Feed, Now, Randomness
from replication.core.presence import Presence
from replication.core.sync import Sync
from replication.core.wire import RemoteError

SIGN_ON_MS = 2_000
"""How long a claim waits for the disk to take my sign-on."""
UNASKED = 0
"""The ticket of what I journal without anybody waiting for it."""


class Asking:
    """The claims of a hub, with everything around them that ``Claims`` does not know."""

    def __init__(
        self,
        *,
        me: str,
        rng: Randomness,
        journal: Journal,
        sync: Sync,
        links: dict[int, Link],
        roster: Roster,
        presence: Presence,
        emit: Callable[[effects.Effect], None],
        append: Callable[[Now, events.Append], None],
    ) -> None:
        self._me = me
        self._rng = rng
        self._journal = journal
        self._sync = sync
        self._links = links
        self._roster = roster
        self._presence = presence
        self._emit = emit
        self._append = append
        self._signing_on: list[tuple[int, events.ClaimWanted]] = []
        """Claims that wait until I have signed on, with the time at which they give up."""
        self._claims = Claims(me, journal.feeds.applied, self._circulation_positions)

    # --- mine ----------------------------------------------------------------

    def wanted(self, now: Now, event: events.ClaimWanted) -> None:
        """A claim; who has signed off signs on first, so that nobody's coverage is complete without it any more."""
        if not self._presence.is_off(self._me):
            self.start(now, event.ticket, event.resource)
            return
        if not self._signing_on:
            self._append(now, events.Append(UNASKED, (self._presence.sign_on(),)))
        self._signing_on.append((now.mono_ms + SIGN_ON_MS, event))

    def _after_sign_on(self, now: Now) -> None:
        waiting, self._signing_on = self._signing_on, []
        for deadline_ms, event in waiting:
            if not self._presence.is_off(self._me):
                self.start(now, event.ticket, event.resource)
            elif now.mono_ms >= deadline_ms:
                nobody = Coverage((), tuple(sorted(self._roster.claimants() - {self._me})))
                self._emit(effects.ClaimDone(event.ticket, "", granted=False, coverage=nobody, reason="unanswered"))
            else:
                self._signing_on.append((deadline_ms, event))

    def start(self, now: Now, ticket: int, resource: str, *, began_ms: int | None = None) -> None:
        """Ask every till that is connected; ``began_ms``: the claim takes the place of one that began then."""
        claim_id = self._rng.randbytes(12).hex()
        asked = frozenset(
            link.member.member_id for link in self._links.values() if link.greeted and link.member.role != "node"
        )
        hlc = self._journal.hybrid.next(now)
        outcomes = self._claims.start(
            now.mono_ms, ticket=ticket, claim_id=claim_id, resource=resource, hlc=hlc, asked=asked
        )
        if began_ms is not None:
            self._claims.restarted(claim_id, began_ms)
        self._carry(outcomes, now)

    def release(self, now: Now, claim_id: str) -> None:
        self._carry(self._claims.release(now.mono_ms, claim_id), now)

    def may_write(self, now: Now, claim_id: str) -> bool:
        """Whether facts may still be written under the claim."""
        return self._claims.may_write(now.mono_ms, claim_id)

    def writing(self, claim_id: str | None, change: int) -> None:
        """Batches under the claim that are on their way to disk: one more or one less."""
        if claim_id is not None:
            self._claims.writing(claim_id, change)

    # --- the others ----------------------------------------------------------

    def on_message(self, link: Link, body: dict[str, Any], now: Now) -> None:
        """A message of the claims protocol; ``RemoteError`` if it is malformed."""
        if body.get("t") == "claim":
            try:
                self._journal.hybrid.see(wire.text(body, "hlc"), now)
            except ValueError:
                raise RemoteError("a claim without a hybrid time") from None
        self._carry(self._claims.on_message(now.mono_ms, link.member.member_id, body), now)

    def link_gone(self, link: Link, now: Now) -> None:
        """Claims that waited for this peer begin anew without it."""
        for ticket, claim_id, resource, began_ms in self._claims.interrupted_by(link.member.member_id):
            self.release(now, claim_id)
            self.start(now, ticket, resource, began_ms=began_ms)

    def progress(self, now: Now) -> None:
        """Time has passed, or something has been applied."""
        if self._signing_on:
            self._after_sign_on(now)
        self._carry(self._claims.progress(now.mono_ms), now)

    # --- between -------------------------------------------------------------

    def _carry(self, outcomes: Sequence[Outcome], now: Now) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Done):
                missing = self._roster.claimants() - {self._me, *outcome.promised} - self._presence.left_out()
                coverage = Coverage(outcome.promised, tuple(sorted(missing)))
                self._emit(
                    effects.ClaimDone(outcome.ticket, outcome.claim_id, outcome.granted, coverage, outcome.reason)
                )
                continue
            for link in self._links.values():
                if link.up and link.member.member_id == outcome.member:
                    self._sync.tell(link, outcome.body, now)

    def _circulation_positions(self) -> dict[Feed, int]:
        positions = self._journal.feeds.durable_positions()
        return {feed: seq for feed, seq in positions.items() if feed.topic == "circulation"}
